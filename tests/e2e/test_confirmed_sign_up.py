"""A sign-up by the link of a mail, and another address of an account."""

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import DESKTOP, PHONE, POLITE, Opener
from helpers.dev_mail import link_in_mail
from helpers.server import Server

PATH = "/confirm"
PASSWORD = "correct horse"
SENT = re.compile("메일을 보냈어요|A mail is on its way")


@pytest.fixture(scope="module")
def confirmed(kept_database_url: str, kept_valkey_url: str) -> Iterator[Server]:
    """A second node of the same server, where accounts are made by the link of a mail."""
    urls = {"YEMAE_DATABASE_URL": kept_database_url, "YEMAE_VALKEY_URL": kept_valkey_url}
    with tempfile.TemporaryDirectory(prefix="yemae-e2e-", ignore_cleanup_errors=True) as folder:
        started = Server(Path(folder), **POLITE, **urls, YEMAE_SIGN_UP="confirmed")
        started.start()
        try:
            yield started
        finally:
            started.stop()


def fill(page: Page, *texts: str) -> None:
    """Fill the last form of the page, and send it."""
    form = page.locator("form").last
    for number, text in enumerate(texts):
        form.locator("input").nth(number).fill(text)
    form.locator("button[type=submit]").click()


@pytest.mark.parametrize(("locale", "viewport"), [("ko-KR", PHONE), ("en-US", DESKTOP)])
def test_the_link_of_the_mail_makes_the_account_and_another_gives_it_a_new_address(
    open_page: Opener,
    confirmed: Server,
    accessible: Callable[[Page], None],
    locale: str,
    viewport: dict[str, int],
) -> None:
    page = open_page(url=confirmed.url, locale=locale, viewport=viewport)
    email = f"confirmed-{locale}@example.com".lower()
    page.goto("/sign-in")
    page.get_by_role("link", name=re.compile("회원 가입|Sign up")).click()
    expect(page).to_have_url(re.compile("/confirm$"))
    fill(page, "Kim", email, PASSWORD)
    expect(page.get_by_text(SENT)).to_be_visible()
    accessible(page)
    page.goto(link_in_mail(page, email, PATH))
    page.reload()
    fill(page, "wrong password")
    expect(page.get_by_text(re.compile("맞지 않아요|not the password"))).to_be_visible()
    accessible(page)
    fill(page, PASSWORD)
    expect(page).to_have_url(re.compile("/tickets$"))
    page.goto("/account")
    section = page.locator("section").filter(
        has=page.get_by_role("heading", name=re.compile("이메일 바꾸기|Another email address"))
    )
    for number, text in enumerate((f"new-{email}", PASSWORD)):
        section.locator("input").nth(number).fill(text)
    section.locator("button[type=submit]").click()
    expect(section.get_by_role("status")).to_be_visible()
    page.goto(link_in_mail(page, f"new-{email}", PATH))
    page.reload()
    fill(page, PASSWORD)
    expect(page.get_by_text(f"new-{email}")).to_be_visible()
    accessible(page)
    page.goto("/account")
    expect(page.get_by_text(f"new-{email}")).to_be_visible()
    page.goto("/confirm#" + "A" * 43)
    page.reload()
    fill(page, PASSWORD)
    expect(page.get_by_text(re.compile("더 이상 쓸 수 없어요|no longer valid"))).to_be_visible()
