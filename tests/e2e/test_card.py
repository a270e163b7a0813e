"""A fan pays by card: leaves for the bank's page, comes back, and learns what became of it."""

import re

from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, Opener
from e2e.fans import choose_seats, enter

PAID = "예매가 완료됐어요!"
POLICY = """
[cancellation]
preset = "kr-performance"
"""
# The server asks the bank within seconds.
RELOADS_MAX = 200


def at_the_bank(page: Page, concert: str) -> None:
    """From nothing to the bank's page, with a held seat."""
    enter(page, concert)
    choose_seats(page, "7")
    pay_by_card(page)


def pay_by_card(page: Page) -> None:
    page.get_by_role("button", name="카드로 결제").click()
    page.wait_for_url("**/test-bank/pay/*")


def press(page: Page, beginning: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{beginning}")).click()


def expect_paid(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(PAID)
    expect(page).not_to_have_url(re.compile("checkout="))


def test_a_fan_pays_by_card_and_comes_back_to_the_tickets(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    at_the_bank(page, new_concert())
    press(page, "결제 ·")
    expect_paid(page)
    page.goto("/wallet")
    expect(page.locator(".amount")).to_have_text("0원")
    expect(page.locator("section li")).to_have_count(2)


def test_a_declined_card_is_said_and_another_one_pays(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    at_the_bank(page, new_concert())
    press(page, "거절: 한도 초과")
    expect(page.get_by_text("결제되지 않았어요")).to_be_visible()
    pay_by_card(page)
    press(page, "결제 ·")
    expect_paid(page)


def test_a_payment_whose_answer_was_lost_settles_by_itself(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    at_the_bank(page, new_concert())
    press(page, "결제되지만 오류 응답")
    expect_paid(page)


def test_a_fan_who_comes_back_another_way_finds_the_order_paid(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    at_the_bank(page, new_concert())
    press(page, "돌아오지 않음")
    expect(page.get_by_text("이 창을 닫아도 됩니다.")).to_be_visible()
    page.goto("/orders")
    expect(page.locator(".status")).to_have_text("결제 완료")


def test_a_cancelled_order_says_that_its_money_goes_back_to_the_card(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    at_the_bank(page, new_concert(more=POLICY))
    page.get_by_role("combobox").select_option("decline")
    press(page, "환불 시험")
    expect_paid(page)
    page.get_by_role("button", name="예매 취소").click()
    get_back = re.compile("환불받기$")
    page.get_by_role("button", name=get_back).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("결제한 카드로")
    dialog.get_by_role("button", name=get_back).click()
    refund = page.get_by_role("listitem").filter(has_text="결제한 카드로")
    expect(refund).to_contain_text("환불하는 중")
    for _ in range(RELOADS_MAX):
        page.reload()
        expect(refund).to_have_count(1)
        if "환불하지 못했어요" in refund.inner_text():
            break
    expect(refund).to_contain_text("환불하지 못했어요")
