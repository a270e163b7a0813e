"""A fan who has forgotten the password: the mail's link sets another one, and a guest stays."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import DESKTOP, PHONE, Opener
from e2e.fans import continue_as_guest
from helpers.dev_mail import link_in_mail

PATH = "/new-password"
FORGOT = re.compile("비밀번호를 잊으셨나요|Forgot your password")
MAIL = re.compile("^(이메일|Email)")


def account(page: Page, email: str) -> None:
    """An account, made with a browser that has nothing of it afterwards."""
    body = {"name": "김예매", "email": email, "password": "correct horse"}
    assert page.request.post("/v1/users", data=body).status == 201


def ask(page: Page, email: str, done: re.Pattern[str]) -> None:
    """Ask for a link on the page."""
    page.get_by_label(MAIL).fill(email)
    page.locator("form button[type=submit]").click()
    expect(page.get_by_text(done)).to_be_visible()


@pytest.mark.parametrize(("locale", "viewport"), [("ko-KR", PHONE), ("en-US", DESKTOP)])
def test_the_link_of_the_mail_sets_a_new_password_and_signs_in(
    open_page: Opener,
    accessible: Callable[[Page], None],
    locale: str,
    viewport: dict[str, int],
) -> None:
    page = open_page(locale=locale, viewport=viewport)
    email = f"forgot-{locale}@example.com".lower()
    account(page, email)
    page.goto("/sign-in?way=in")
    page.get_by_role("link", name=FORGOT).click()
    ask(page, email, re.compile("보냈어요|On its way"))
    accessible(page)
    page.goto(link_in_mail(page, email, PATH))
    page.reload()
    accessible(page)
    page.locator("input[type=password]").fill("battery staple")
    page.locator("form button[type=submit]").click()
    expect(page).to_have_url(re.compile("/tickets$"))
    assert email in page.evaluate("localStorage.getItem('yemae:session')")
    page.goto("/new-password#" + "A" * 43)
    page.locator("input[type=password]").fill("battery staple")
    page.locator("form button[type=submit]").click()
    expect(page.get_by_text(re.compile("더 이상 쓸 수 없어요|no longer valid"))).to_be_visible()
    expect(page.get_by_label(MAIL)).to_be_visible()


def test_a_guest_who_sets_a_password_stays_the_guest(open_page: Opener) -> None:
    page = open_page()
    account(page, "two@example.com")
    page.goto("/sign-in")
    continue_as_guest(page)
    kept = page.evaluate("localStorage.getItem('yemae:session')")
    page.goto("/new-password")
    ask(page, "two@example.com", re.compile("보냈어요"))
    page.goto(link_in_mail(page, "two@example.com", PATH))
    page.reload()
    page.locator("input[type=password]").fill("battery staple")
    page.locator("form button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("비밀번호를 바꿨어요")
    assert page.evaluate("localStorage.getItem('yemae:session')") == kept
