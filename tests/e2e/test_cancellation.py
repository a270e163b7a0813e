"""Cancelling in a real browser: the policy before paying, the fee, and the refund."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, Opener
from e2e.fans import choose_seats, enter
from e2e.looked_at import KINDS, LOOKED_AT, LookedAt

POLICY = """
[cancellation]
preset = "kr-performance"
"""
CANCEL = re.compile("^(예매 취소|Cancel booking)$")
GET_BACK = re.compile(r"^(취소하고 .*66,000원 환불받기|Cancel and get .*66,000 back)$")
RULES = re.compile("^(취소 규정|Cancellation policy)$")


def pay(page: Page) -> None:
    page.get_by_role("button", name=re.compile("결제하기$|pay$")).click()


@pytest.mark.parametrize("kind", LOOKED_AT)
def test_a_seat_and_then_the_rest_of_an_order_are_cancelled(
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
    kind: str,
) -> None:
    page = open_page(**KINDS[kind])
    fan = LookedAt(page, accessible, kind)
    enter(page, new_concert(more=POLICY))
    choose_seats(page, "3", "4")
    page.get_by_text(RULES).click()
    rules = page.locator("details table")
    for part in ("4,000", "10%", "30%"):
        expect(rules).to_contain_text(part)
    accessible(page)
    pay(page)
    tickets = page.get_by_role("article")
    expect(tickets).to_have_count(2)
    page.get_by_role("button", name=CANCEL).click()
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    expect(page.get_by_role("button", name=re.compile("132,000"))).to_be_enabled()
    boxes.first.uncheck()
    ask = page.get_by_role("button", name=GET_BACK)
    expect(ask).to_be_enabled()
    accessible(page)
    ask.click()
    page.get_by_role("dialog").get_by_role("button", name=GET_BACK).click()
    expect(tickets).to_have_count(1)
    cancelled = page.get_by_role("listitem").filter(has_text="66,000")
    expect(cancelled).to_have_count(1)
    expect(cancelled).to_contain_text(re.compile("환불 완료|Refunded"))
    fan.sees("cancelled-in-part", cancelled)
    page.get_by_role("button", name=CANCEL).click()
    expect(ask).to_be_enabled()
    ask.click()
    page.get_by_role("dialog").get_by_role("button", name=GET_BACK).click()
    expect(tickets).to_have_count(0)
    expect(cancelled).to_have_count(2)
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(re.compile("취소된 예매예요|This order was cancelled"))
    fan.sees("cancelled", title)


def test_a_concert_without_a_policy_says_so_and_has_nothing_to_press(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page(**KINDS["phone-ko-dark"])
    enter(page, new_concert())
    choose_seats(page, "3")
    page.get_by_text(RULES).click()
    expect(page.get_by_text("직접 취소할 수 없는 공연이에요")).to_be_visible()
    pay(page)
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("button", name=CANCEL)).to_have_count(0)
