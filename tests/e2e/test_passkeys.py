"""Passkeys of a fan, with the virtual device of Chromium: on both sizes and in both languages."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import DESKTOP, PHONE, Opener
from e2e.test_account import OLD, part, sign_up
from helpers.server import Server
from helpers.virtual_authenticator import give_device

PASSKEYS = "^(패스키|Passkeys)$"
WITH_PASSKEY = re.compile("패스키로 로그인|Sign in with a passkey")
ORDERS = re.compile("내 계정|My account")


def named(server: Server) -> str:
    """The server by its name: at an address without one browsers make no passkeys."""
    return server.url.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize(
    ("locale", "viewport", "scheme", "suggests"),
    [("ko-KR", PHONE, "dark", False), ("en-US", DESKTOP, "light", True)],
)
def test_a_fan_adds_a_passkey_signs_in_with_it_and_removes_it(
    server: Server,
    open_page: Opener,
    accessible: Callable[[Page], None],
    locale: str,
    viewport: dict[str, int],
    scheme: str,
    suggests: bool,
) -> None:
    # The device needs no touch, so it takes a suggestion as soon as the page makes one; without
    # suggestions the button is pressed.
    page = open_page(url=named(server), locale=locale, viewport=viewport, color_scheme=scheme)
    give_device(page)
    if not suggests:
        page.add_init_script("delete PublicKeyCredential.isConditionalMediationAvailable")
    email = f"keys-{locale}@example.com".lower()
    sign_up(page, email)
    keys = part(page, PASSKEYS)
    keys.locator("input").nth(0).fill("Phone")
    keys.locator("input").nth(1).fill(OLD)
    keys.locator("button[type=submit]").click()
    expect(keys.locator("li")).to_contain_text("Phone")
    accessible(page)
    keys.get_by_role("button", name=re.compile("Phone (이름 바꾸기)|Rename Phone")).click()
    keys.locator("li input").fill("Pixel")
    keys.locator("li button[type=submit]").click()
    expect(keys.locator("li")).to_contain_text("Pixel")
    page.evaluate("localStorage.clear()")
    page.goto("/sign-in?way=in&next=/account")
    if not suggests:
        button = page.get_by_role("button", name=WITH_PASSKEY)
        expect(button).to_be_visible()
        accessible(page)
        button.click()
    expect(page.get_by_role("heading", name=ORDERS, level=1)).to_be_visible()
    expect(page.get_by_text(email)).to_be_visible()
    keys.get_by_role("button", name=re.compile("Pixel 삭제하기|Remove Pixel")).click()
    dialog = page.get_by_role("dialog")
    accessible(page)
    dialog.get_by_role("button", name=re.compile("^(삭제하기|Remove)$")).click()
    expect(keys.locator("li")).to_have_count(0)


def test_without_a_name_no_passkey_is_offered(open_page: Opener) -> None:
    page = open_page()
    sign_up(page, "no-keys@example.com")
    expect(part(page, "^(비밀번호|Password)$")).to_be_visible()
    expect(part(page, PASSKEYS)).to_have_count(0)
