"""Price types in a real browser: chosen for each seat, paid, and on the ticket with their proof."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import DESKTOP, PHONE, NewConcert, Opener
from e2e.fans import choose_seats, enter

PRICES = """
[booking_fee]
amount = 1000

[[price_types]]
id = "child"
name = "어린이"
name_en = "Child"
prices = { R = 30000 }
proof = "생년월일이 적힌 서류"
proof_en = "a document with your date of birth"

[[price_types]]
id = "early"
name = "지난 조기예매"
percent_off = 10
until = 2026-02-01T00:00:00+09:00
"""
KOREAN = {"locale": "ko-KR", "color_scheme": "dark", "viewport": PHONE, "has_touch": True}
ENGLISH = {"locale": "en-GB", "color_scheme": "light", "viewport": DESKTOP}
PROOF = re.compile("생년월일이 적힌 서류|a document with your date of birth")
CHILD = re.compile("어린이|Child")
SCROLLS_BY_PX = "document.scrollingElement.scrollHeight - innerHeight"


@pytest.mark.parametrize("kind", [KOREAN, ENGLISH], ids=["phone", "desktop"])
def test_a_price_type_is_chosen_paid_and_on_the_ticket_with_its_proof(
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
    kind: dict[str, object],
) -> None:
    page = open_page(**kind)
    enter(page, new_concert(more=PRICES))
    tray = page.get_by_role("region", name=re.compile("^(선택한 좌석|Your seats)$"))

    def choose_child() -> None:
        # Two seats and the fee of two tickets.
        expect(tray).to_contain_text("134,000")
        types = tray.get_by_role("combobox")
        expect(types).to_have_count(2)
        # What is not sold any more cannot be chosen.
        expect(types.first.locator("option")).to_have_count(2)
        types.first.select_option("child")
        expect(tray).to_contain_text(PROOF)
        expect(tray).to_contain_text("98,000")
        assert page.evaluate(SCROLLS_BY_PX) <= 0, "the button is on the first screen"
        accessible(page)

    choose_seats(page, "3", "4", on_the_way=choose_child)
    sheet = page.locator("main dl")
    for part in (CHILD, PROOF, "30,000", "66,000", "2,000", "98,000"):
        expect(sheet).to_contain_text(part)
    accessible(page)
    page.get_by_role("button", name=re.compile("98,000(원 충전하고 결제하기| and pay)")).click()
    tickets = page.get_by_role("article")
    expect(tickets).to_have_count(2)
    expect(tickets.first).to_contain_text(CHILD)
    expect(tickets.first).to_contain_text(PROOF)
    expect(tickets.last).not_to_contain_text(PROOF)
    accessible(page)
    tickets.first.get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_contain_text(PROOF)


def test_the_best_seats_are_asked_for_with_their_price_types(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = open_page()
    enter(page, new_concert(more=PRICES))
    page.locator("main ul a").first.click()
    page.get_by_role("button", name="추천 좌석 (자동 배정)").click()
    dialog = page.get_by_role("dialog")
    types = dialog.get_by_role("combobox")
    expect(types).to_have_count(2)
    types.last.select_option("child")
    accessible(page)
    dialog.get_by_role("button", name="추천 좌석 2매 잡기").click()
    page.wait_for_url("**/orders/*")
    for part in ("66,000", "30,000", "98,000"):
        expect(page.locator("main dl")).to_contain_text(part)


@pytest.mark.parametrize("kind", [KOREAN, ENGLISH], ids=["phone", "desktop"])
def test_prices_proofs_and_the_fee_are_said_before_the_queue(
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
    kind: dict[str, object],
) -> None:
    page = open_page(**kind)
    page.goto(f"/concerts/{new_concert(more=PRICES)}")
    table = page.get_by_role("table")
    for part in ("66,000", CHILD, "30,000", PROOF):
        expect(table).to_contain_text(part)
    expect(table).not_to_contain_text("지난 조기예매")
    expect(page.locator("main")).to_contain_text(
        re.compile("예매 수수료 1매당 1,000원|of ₩1,000 a ticket")
    )
    accessible(page)
