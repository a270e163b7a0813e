"""The operator's terms on the page: they are shown, and a sign-up and a payment take a consent.

A server of its own: once terms are published, every payment of a server has to agree to them.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import DESKTOP, PHONE, POLITE, Opener
from e2e.fans import choose_seats, enter
from helpers.pages import ROOT, blocks, read
from helpers.server import Server
from helpers.terms import publish_terms

KINDS = [
    {"locale": "ko-KR", "viewport": PHONE, "has_touch": True},
    {"locale": "en-GB", "viewport": DESKTOP, "color_scheme": "dark"},
]
PAY = re.compile("결제하기|pay")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that sells the small hall under the terms of the guide."""
    (example,) = [block for block in blocks(read("docs/operations.md")) if block.language == "toml"]
    with tempfile.TemporaryDirectory(prefix="yemae-e2e-", ignore_cleanup_errors=True) as folder:
        hall = ROOT / "examples" / "small-hall.toml"
        started = Server(Path(folder), "--load", str(hall), **POLITE)
        started.start()
        try:
            publish_terms(started, Path(folder), example.text)
            yield started
        finally:
            started.stop()


@pytest.mark.parametrize("kind", KINDS, ids=["korean-phone", "english-desktop"])
def test_a_payment_takes_a_consent(
    open_page: Opener, accessible: Callable[[Page], None], kind: dict[str, object]
) -> None:
    page = open_page(**kind)
    enter(page, "small-hall")
    choose_seats(page, "3" if kind is KINDS[0] else "5")
    box = page.get_by_role("checkbox", name=re.compile("약관|terms"))
    expect(box).not_to_be_checked()
    accessible(page)
    pay = page.get_by_role("button", name=PAY)
    pay.click()
    # The browser asks for the box itself.
    expect(box).to_be_focused()
    expect(page.get_by_role("article")).to_have_count(0)
    box.check()
    pay.click()
    expect(page.get_by_role("article")).to_have_count(1)


def test_an_account_takes_a_consent(open_page: Opener) -> None:
    page = open_page(locale="en-GB")
    page.goto("/sign-in")
    page.get_by_label("Name").fill("Fan")
    page.get_by_label("Email").fill("fan@example.com")
    page.get_by_label("Password").fill("correct horse battery")
    box = page.get_by_role("checkbox", name=re.compile("terms"))
    sign_up = page.locator("form button[type=submit]")
    sign_up.click()
    expect(box).to_be_focused()
    box.check()
    sign_up.click()
    page.wait_for_url("**/")


@pytest.mark.parametrize(
    ("kind", "words"),
    [(KINDS[0], "티켓은 본인만"), (KINDS[1], "admits its buyer only")],
    ids=["korean", "english"],
)
def test_the_terms_can_be_read_from_every_page(
    open_page: Opener, accessible: Callable[[Page], None], kind: dict[str, object], words: str
) -> None:
    page = open_page(**kind)
    page.goto("/")
    page.get_by_role("contentinfo").get_by_role("link", name=re.compile("약관|Terms")).click()
    expect(page.locator("main")).to_contain_text(words)
    accessible(page)
