"""The screen of the seats: what has each seat, and what operators do with those they choose."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import NewConcert, NewRival, Opener
from e2e.console.operators import PHONE, client_of, sign_in
from helpers.server import Server

Accessible = Callable[[Page], None]
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


def choose(page: Page, text: str) -> None:
    """Choose seats by what is typed."""
    page.get_by_label("Seat numbers or rows").fill(text)
    page.get_by_role("button", name="Choose", exact=True).click()


def chosen(page: Page) -> Locator:
    return page.get_by_role("region", name="Chosen seats")


def seats_of(server: Server, concert: str) -> dict[str, Any]:
    with client_of(server.url, "viewer") as api:
        return dict(api.get(f"/v1/admin/performances/{concert}-1/seats").json())


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_seats_are_shown_by_state_blocked_and_released(
    server: Server,
    open_page: Opener,
    new_concert: NewConcert,
    new_rival: NewRival,
    accessible: Accessible,
    size: dict[str, Any],
) -> None:
    concert = new_concert()
    new_rival(concert).buy("1", "2")
    new_rival(concert).hold("4")
    page = sign_in(open_page(locale="en-GB", **size), server.url, "operator")
    page.goto(f"/console/{concert}/seats")
    totals = page.get_by_role("region", name="Total")
    expect(totals).to_contain_text(re.compile(r"Free\s*7\s*of 10 seats"))
    expect(totals).to_contain_text(re.compile(r"Held\s*1\s*the oldest for \d+ s"))
    expect(totals).to_contain_text(re.compile(r"Sold\s*2"))
    expect(totals).to_contain_text(re.compile(r"Largest block\s*6"))
    expect(totals).to_contain_text(re.compile(r"Orphans\s*1"))
    expect(page.get_by_role("row", name=re.compile(r"^R 7 1 2 0 6 1"))).to_be_visible()
    accessible(page)
    choose(page, "9 10 77")
    expect(page.get_by_text("Not in the plan: 77")).to_be_visible()
    expect(chosen(page)).to_contain_text("2 seats")
    chosen(page).get_by_role("button", name="Block", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Takes 2 seats out of the sale.")
    dialog.get_by_role("combobox", name="Reason").select_option("press")
    dialog.get_by_label("Note").fill("Reviewers")
    accessible(page)
    # What was done is done, also where the look after it fails.
    page.route("**/seats", lambda route: route.abort("internetdisconnected"))
    dialog.get_by_role("button", name="Block", exact=True).click()
    expect(dialog).to_have_count(0)
    page.unroute("**/seats")
    expect(totals).to_contain_text(re.compile(r"Blocked\s*2"))
    expect(page.get_by_text("press · Press (2)")).to_be_visible()
    (block,) = seats_of(server, concert)["blocked"]
    assert (block["note"], block["places"]) == ("Reviewers", [8, 9])
    choose(page, "10")
    chosen(page).get_by_role("button", name="Release block").click()
    dialog.get_by_role("button", name="Release block").click()
    expect(totals).to_contain_text(re.compile(r"Blocked\s*1"))
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_seats_are_chosen_by_keys_by_row_and_by_a_line_round_them(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="en-GB", **DESKTOP), server.url, "operator")
    page.goto(f"/console/{concert}/seats")
    surface = page.get_by_role("application", name="Operators' seat map")
    surface.focus()
    # To the section, into it, and choose its first seat.
    for key in ("ArrowRight", "Enter", "Enter"):
        page.keyboard.press(key)
    expect(chosen(page)).to_contain_text("1 seat")
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Lasso").click()
    box = surface.bounding_box()
    assert box is not None
    left, top = box["x"] + 4, box["y"] + 4
    right, bottom = box["x"] + box["width"] - 4, box["y"] + box["height"] - 80
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom)):
        page.mouse.move(x, y, steps=4)
    page.mouse.up()
    expect(chosen(page)).to_contain_text("10 seats")
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Row", exact=True).click()
    surface.focus()
    page.keyboard.press("Enter")
    expect(chosen(page)).to_contain_text(re.compile(r"\d+ seats? · Free"))


def test_a_hold_is_freed_and_seats_are_sold_at_the_counter(
    server: Server, open_page: Opener, new_concert: NewConcert, new_rival: NewRival
) -> None:
    concert = new_concert()
    order = new_rival(concert).hold("4", "5")
    page = sign_in(open_page(locale="ko-KR"), server.url, f"box_office:{concert}")
    page.goto(f"/console/{concert}/seats")
    page.get_by_label("좌석 번호나 줄").fill("4")
    page.get_by_role("button", name="고르기", exact=True).click()
    page.get_by_role("button", name="선점 해제").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("주문 1건의 2석")
    dialog.get_by_label("사유").fill("탭을 열어 둔 채 떠남")
    dialog.get_by_role("button", name="선점 해제").click()
    expect(page.get_by_text("주문 1건의 선점을 풀었어요.")).to_be_visible()
    with client_of(server.url, "admin") as api:
        found = api.get(f"/v1/admin/orders/{order['id']}").json()
    assert found["status"] == "released"
    page.get_by_label("좌석 번호나 줄").fill("4, 5")
    page.get_by_role("button", name="고르기", exact=True).click()
    page.get_by_role("button", name="현장 판매").click()
    dialog.get_by_label("받는 사람 이름").fill("이예매")
    dialog.get_by_role("button", name="현장 판매").click()
    expect(page.get_by_text("팔았어요.")).to_be_visible()
    expect(page.get_by_role("region", name="합계")).to_contain_text(re.compile(r"판매\s*2"))


def test_the_order_of_a_seat_moves_to_seats_that_are_chosen(
    server: Server, open_page: Opener, new_concert: NewConcert, new_rival: NewRival
) -> None:
    concert = new_concert()
    new_rival(concert).buy("1", "2")
    page = sign_in(open_page(locale="en-GB"), server.url, "operator")
    page.goto(f"/console/{concert}/seats")
    choose(page, "2")
    page.get_by_role("button", name="Show order").click()
    page.get_by_role("button", name="Move to other seats").click()
    here = page.get_by_role("button", name="Move here")
    expect(here).to_be_disabled()
    choose(page, "7 8")
    here.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Moves 1, 2 to 7, 8.")
    dialog.get_by_role("button", name="Move here").click()
    expect(page.get_by_text("Moved.")).to_be_visible()
    expect(page.get_by_role("region", name="Total")).to_contain_text(re.compile(r"Orphans\s*0"))


def test_a_viewer_sees_and_does_not_touch(
    server: Server, open_page: Opener, new_concert: NewConcert, new_rival: NewRival
) -> None:
    concert = new_concert()
    new_rival(concert).hold("4")
    page = sign_in(open_page(locale="en-GB"), server.url, "viewer")
    page.goto(f"/console/{concert}/seats")
    choose(page, "3 4")
    expect(chosen(page)).to_contain_text("2 seats · Free 1 · Held 1")
    for name in ("Block", "Sell", "Free hold", "Release block", "Show order"):
        assert page.get_by_role("button", name=name, exact=True).count() == 0
