"""Go or no-go in the console: what is in the way, and signing off by name."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, Opener
from e2e.console.operators import PHONE, client_of, sign_in
from helpers.server import Server


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_a_sale_is_signed_off_until_a_price_changes(
    server: Server,
    open_page: Opener,
    new_concert: NewConcert,
    accessible: Callable[[Page], None],
    size: dict[str, object],
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="en-GB", **size), server.url, "operator")
    page.goto(f"/console/{concert}/ready")
    expect(page.get_by_text("There was no rehearsal on this server.")).to_be_visible()
    form = page.get_by_role("form", name="Sign off")
    form.get_by_label("Name").fill("Ann Kim")
    form.get_by_label("Expected fans").fill("3000")
    form.get_by_role("button", name="Sign off").click()
    signed = page.get_by_role("listitem").filter(has_text="Ann Kim")
    expect(signed).to_contain_text("stands")
    expect(signed).to_contain_text("for 3,000 fans")
    expect(page.get_by_text("Nothing is signed off")).to_have_count(0)
    checks = page.get_by_role("region", name="Checks")
    expect(checks.get_by_text("free_space")).to_be_visible(timeout=20_000)
    accessible(page)
    with client_of(server.url, "operator") as api:
        path = "/v1/admin/concert-files"
        file = api.get(f"/v1/admin/concerts/{concert}/file").raise_for_status().json()
        document = file["document"]
        document["grades"][0]["price"] += 1000
        shown = api.post(f"{path}/comparison", json={"document": document}).json()
        body = {"document": document, "digest": shown["digest"], "agreed": True}
        api.post(path, json=body).raise_for_status()
    page.reload()
    expect(signed).to_contain_text("plans or prices changed")
    signed.get_by_role("button", name="Take back the sign-off of Ann Kim").click()
    expect(signed).to_contain_text("taken back")


def test_a_viewer_sees_it_in_korean_and_does_not_sign(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="ko-KR"), server.url, "viewer")
    page.goto(f"/console/{concert}/ready")
    expect(page.get_by_role("heading", name="판매 전 점검")).to_be_visible()
    expect(page.get_by_text("지금의 좌석과 가격에 승인한 사람이 없어요.")).to_be_visible()
    expect(page.get_by_role("form", name="승인하기")).to_have_count(0)
    accessible(page)
