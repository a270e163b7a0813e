"""A fan pays by card: leaves for the bank's page, comes back, and learns what became of it."""

import re

from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, Opener
from e2e.fans import choose_seats, enter

PAID = "예매가 완료됐어요!"


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


def test_a_fan_who_comes_back_another_way_finds_the_order_paid(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    at_the_bank(page, new_concert())
    press(page, "돌아오지 않음")
    expect(page.get_by_text("이 창을 닫아도 됩니다.")).to_be_visible()
    page.goto("/orders")
    expect(page.locator(".status")).to_have_text("결제 완료")
