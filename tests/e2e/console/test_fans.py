"""The console's screen for one fan: found by what they say, masked, and helped."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, NewRival, Opener
from e2e.console.operators import PHONE, client_of, sign_in
from helpers.server import Server

Accessible = Callable[[Page], None]
IN_SEOUL = 'sale_opens_at = 2026-01-01T11:00:00\ntime_zone = "Asia/Seoul"'


def sold(server: Server, concert: str, **more: object) -> dict[str, Any]:
    """An order that the box office has sold."""
    body = {"performance_id": f"{concert}-1", "seats": ["1"], "tender": "cash", "name": "Ben Lee"}
    with client_of(server.url, "admin") as client:
        answer = client.post("/v1/admin/orders", json={**body, **more})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


def search(page: Page, text: str) -> None:
    page.get_by_role("searchbox").fill(text)
    page.get_by_role("searchbox").press("Enter")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_an_order_is_found_by_its_booking_number_and_cancelled(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Accessible, size: str
) -> None:
    order = sold(server, new_concert(opening=IN_SEOUL))
    more = {"timezone_id": "Europe/London", **(PHONE if size == "phone" else {})}
    page = sign_in(open_page(locale="en-GB", **more), server.url, "admin")
    page.goto("/console/fans")
    expect(page.get_by_role("heading", level=1)).to_have_text("Find a fan")
    accessible(page)
    search(page, order["booking_number"].lower())
    expect(page.get_by_role("region", name="Fans found")).to_contain_text("KST")
    card = page.get_by_role("region", name=f"Booking {order['booking_number']}")
    expect(card).to_contain_text("Paid")
    expect(card).to_contain_text(re.compile(r"KST · .*your time"))
    expect(page.get_by_role("region", name="What happened")).to_contain_text("KST")
    assert page.get_by_text("Ben Lee").count() == 0
    accessible(page)
    page.get_by_role("button", name="Show name and address").click()
    dialog = page.get_by_role("dialog")
    accessible(page)
    dialog.get_by_label("Reason (for the log)").fill("At the counter")
    dialog.get_by_role("button", name="Show name and address").click()
    expect(page.get_by_role("heading", level=2, name="Ben Lee")).to_be_visible()
    card.get_by_role("button", name="Cancel order").click()
    dialog.get_by_label("Reason (for the log)").fill("The seat is broken")
    # What was done is done, also where the look after it fails.
    page.route("**/v1/admin/fans/timeline*", lambda route: route.abort("internetdisconnected"))
    dialog.get_by_role("button", name="Cancel order").click()
    expect(page.get_by_text("The order is cancelled.")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("The server cannot be reached.")).to_be_visible()
    page.unroute("**/v1/admin/fans/timeline*")
    page.get_by_role("button", name="Try again").click()
    expect(card).to_contain_text("Cancelled")
    expect(page.get_by_role("region", name="What happened")).to_contain_text("The seat is broken")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    accessible(page)
    with client_of(server.url, "admin") as client:
        lines = client.get("/v1/admin/log", params={"who": "ann"}).json()["lines"]
    assert [line["action"] for line in lines[:2]] == ["cancel", "reveal"]


def test_a_fan_inside_is_found_by_queue_number_and_gets_more_time(
    server: Server, open_page: Opener, new_concert: NewConcert, new_rival: NewRival
) -> None:
    concert = new_concert()
    order = new_rival(concert).hold("2")
    page = sign_in(open_page(locale="ko-KR"), server.url, f"support:{concert}")
    page.goto("/console/fans")
    search(page, order["id"])
    expect(page.get_by_text("입장 중")).to_be_visible()
    page.get_by_role("button", name="시간 더 주기").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("사유").fill("은행 확인을 기다림")
    dialog.get_by_role("button", name="시간 더 주기").click()
    expect(page.get_by_text("까지 잡아 두어요.")).to_be_visible()
    # What the role does not open is not there.
    expect(page.get_by_role("button", name="좌석 옮기기")).to_be_visible()
    assert page.get_by_role("button", name="환불").count() == 0
    page.get_by_role("button", name="입장 끝내기").click()
    dialog.get_by_role("button", name="입장 끝내기").click()
    expect(page.get_by_text("끝난 순번")).to_be_visible()
    page.get_by_role("button", name="순번 되돌려 주기").click()
    dialog.get_by_label("사유").fill("실수로 끝냄")
    dialog.get_by_role("button", name="순번 되돌려 주기").click()
    expect(page.get_by_text("순번을 되돌려 주었어요.")).to_be_visible()
    expect(page.get_by_text("자리 비움")).to_be_visible()


def test_who_is_not_there_is_said_and_a_viewer_has_no_such_screen(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    new_concert()
    page = sign_in(open_page(locale="en-GB"), server.url, "support")
    page.goto("/console/fans")
    search(page, "unknown@example.com")
    expect(page.get_by_text("No such fan.")).to_be_visible()
    viewer = sign_in(open_page(locale="en-GB"), server.url, "viewer")
    viewer.goto("/console")
    expect(viewer.get_by_role("heading", level=1)).to_have_text("Overview")
    assert viewer.get_by_role("link", name="Find a fan").count() == 0
