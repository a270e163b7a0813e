"""A guest who gives an address, and whose browser is cleared: the mail opens the tickets."""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import DESKTOP, PHONE, NewConcert, Opener
from e2e.fans import choose_seats, enter
from helpers.dev_mail import link_in_mail

Language = Literal["ko-KR", "en-US"]
PATH = "/my-tickets"
FIELD = re.compile("티켓을 받을 이메일|Email for your tickets")
PAY = re.compile("결제|[Pp]ay")
PAID = re.compile("예매가 완료됐어요|You’re going|You're going")


def paid(page: Page, concert: str, address: str) -> None:
    """A guest's paid order, with an address."""
    enter(page, concert)
    choose_seats(page, "7", "8")
    field = page.get_by_label(FIELD)
    expect(field).to_have_attribute("autocomplete", "email")
    field.fill(address)
    page.locator("form button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(PAID)


@pytest.mark.parametrize(
    ("locale", "viewport"), [("ko-KR", PHONE), ("en-US", DESKTOP), ("en-US", PHONE)]
)
def test_the_link_of_the_mail_opens_the_tickets_in_another_browser(
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
    locale: Language,
    viewport: dict[str, int],
) -> None:
    page = open_page(locale=locale, viewport=viewport)
    address = f"{locale}-{viewport['width']}@example.com".lower()
    paid(page, new_concert(), address)
    link = link_in_mail(page, address, PATH)
    # Nothing of the first browser is there.
    other = open_page(locale=locale, viewport=viewport)
    other.goto(link)
    expect(other.locator("article figure svg")).to_have_count(2)
    accessible(other)
    assert other.evaluate("localStorage.getItem('yemae:session')") is None
    # The next payment of this guest has the address already.
    assert address in page.evaluate("localStorage.getItem('yemae:session')")


def test_a_lost_link_is_sent_again_to_who_knows_number_and_address(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = open_page(viewport=PHONE)
    paid(page, new_concert(), "lost@example.com")
    number = page.locator("article dd[translate=no]").first.inner_text()
    other = open_page(viewport=PHONE)
    other.goto("/tickets")
    other.get_by_role("link", name="예매번호로 티켓 찾기").click()
    other.get_by_label("예매번호").fill(number)
    other.get_by_label("결제할 때 적은 이메일").fill("lost@example.com")
    other.get_by_role("button", name="티켓 다시 받기").click()
    expect(other.get_by_text("예매번호와 이메일이 맞으면")).to_be_visible()
    accessible(other)
    other.goto(link_in_mail(other, "lost@example.com", PATH))
    expect(other.locator("article figure svg")).to_have_count(2)


def test_a_fan_who_gave_no_address_has_the_tickets_sent_afterwards(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = open_page(viewport=PHONE)
    enter(page, new_concert())
    choose_seats(page, "7")
    page.locator("form button[type=submit]").click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_label(FIELD).fill("later@example.com")
    page.get_by_role("button", name="이 주소로 티켓 보내기").click()
    expect(page.get_by_text("later@example.com 주소로 메일을")).to_be_visible()
    accessible(page)
    other = open_page(viewport=PHONE)
    other.goto(link_in_mail(other, "later@example.com", PATH))
    expect(other.get_by_role("article")).to_have_count(1)


def test_a_link_that_is_not_good_offers_to_send_another(open_page: Opener) -> None:
    page = open_page()
    page.goto(f"/my-tickets#{'A' * 46}")
    expect(page.get_by_text("이 링크는 더 이상 쓸 수 없어요")).to_be_visible()
    expect(page.get_by_label("예매번호")).to_be_visible()


def test_an_address_that_is_none_is_not_sent(new_concert: NewConcert, open_page: Opener) -> None:
    page = open_page()
    enter(page, new_concert())
    choose_seats(page, "7")
    field = page.get_by_label(FIELD)
    field.fill("nowhere")
    page.locator("form button[type=submit]").click()
    assert field.evaluate("field => !field.validity.valid")
    page.get_by_role("button", name="카드로 결제").click()
    expect(page).to_have_url(re.compile("/orders/"))
    field.fill("")
    page.locator("form button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(PAID)
