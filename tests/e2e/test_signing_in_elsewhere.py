"""Signing in with an account at a real provider of OpenID Connect, in a browser."""

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import DESKTOP, PHONE, POLITE, Opener
from e2e.fans import continue_as_guest
from helpers.login_provider import provider
from helpers.server import Server

MIN, BEA, MOVER, LINKER = "min-1", "bea-1", "mo-1", "link-1"
BUTTON = re.compile("팬클럽 계정으로 계속하기|Continue with Fan club")
ORDERS = re.compile("예매 내역|Orders")
FAILED = re.compile("로그인하지 못했어요|We couldn't sign you in")


def person(sub: str, name: str) -> dict[str, object]:
    return {"sub": sub, "name": name, "email": f"{sub}@example.com", "email_verified": True}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider with four people."""
    with (
        tempfile.TemporaryDirectory(prefix="yemae-e2e-", ignore_cleanup_errors=True) as folder,
        provider(
            Path(folder),
            person(MIN, "김민서"),
            person(BEA, "Bea"),
            person(MOVER, "Mo"),
            person(LINKER, "Lin"),
        ) as url,
    ):
        yield url


@pytest.fixture(scope="module")
def club(issuer: str, kept_database_url: str, kept_valkey_url: str) -> Iterator[Server]:
    """A second node of the same server, with the provider."""
    setting = {
        "kind": "oidc", "id": "club", "issuer": issuer, "client_id": "yemae",
        "client_secret": "secret", "name": {"ko": "팬클럽", "en": "Fan club"},
    }  # fmt: skip
    urls = {"YEMAE_DATABASE_URL": kept_database_url, "YEMAE_VALKEY_URL": kept_valkey_url}
    with tempfile.TemporaryDirectory(prefix="yemae-e2e-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "logins.json"
        file.write_text(json.dumps({"providers": [setting]}), encoding="utf-8")
        started = Server(Path(folder), **POLITE, **urls, YEMAE_SIGN_IN_PROVIDERS_FILE=str(file))
        started.start()
        try:
            yield started
        finally:
            started.stop()


def at_the_club(open_page: Opener, club: Server, issuer: str, **options: Any) -> Page:
    """A browser, which gets no styles for the provider's page from a third place."""
    page = open_page(url=club.url, also=issuer, **options)
    page.route(re.compile("^https://"), lambda route: route.fulfill(content_type="text/css"))
    return page


def agree(page: Page, sub: str) -> None:
    """On the provider's page."""
    page.get_by_role("button", name=re.compile(f"^{sub}")).first.click()


@pytest.mark.parametrize(
    ("locale", "viewport", "sub", "name"),
    [("ko-KR", PHONE, MIN, "김민서"), ("en-US", DESKTOP, BEA, "Bea")],
)
def test_a_fan_signs_in_at_the_provider_and_comes_back_to_where_they_were(
    open_page: Opener,
    club: Server,
    issuer: str,
    accessible: Callable[[Page], None],
    locale: str,
    viewport: dict[str, int],
    sub: str,
    name: str,
) -> None:
    page = at_the_club(open_page, club, issuer, locale=locale, viewport=viewport)
    page.goto("/orders")
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    accessible(page)
    page.get_by_role("button", name=BUTTON).click()
    agree(page, sub)
    expect(page.get_by_role("heading", level=1)).to_have_text(ORDERS)
    assert page.url == f"{club.url}/orders"
    known = page.evaluate("JSON.parse(localStorage['yemae:session'])")
    assert known["name"] == name
    # What the provider has given is in no entry of the browser's history.
    page.go_back()
    assert "code=" not in page.url


def test_a_fan_who_cancels_there_can_try_again(
    open_page: Opener, club: Server, issuer: str, accessible: Callable[[Page], None]
) -> None:
    page = at_the_club(open_page, club, issuer)
    page.goto("/sign-in?next=/wallet")
    page.get_by_role("button", name=BUTTON).click()
    page.locator("button[value=deny]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(FAILED)
    accessible(page)
    page.get_by_role("link", name="로그인 화면으로").click()
    assert page.url == f"{club.url}/sign-in?next=%2Fwallet"
    page.get_by_role("button", name=BUTTON).click()
    agree(page, BEA)
    page.wait_for_url(f"{club.url}/wallet")
    # A way back that another browser has begun signs no one in here.
    other = open_page(url=club.url)
    other.goto(f"/sign-in/club?state={'A' * 43}&code=x")
    expect(other.get_by_role("heading", level=1)).to_have_text(FAILED)
    assert other.evaluate("localStorage['yemae:session']") is None


def test_what_a_guest_has_moves_into_the_account(
    open_page: Opener, club: Server, issuer: str, accessible: Callable[[Page], None]
) -> None:
    page = at_the_club(open_page, club, issuer)
    page.goto("/sign-in?next=/wallet")
    continue_as_guest(page)
    page.wait_for_url(f"{club.url}/wallet")
    token = page.evaluate("JSON.parse(localStorage['yemae:session']).accessToken")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "guest"}
    topped = page.request.post("/v1/wallet/top-ups", data={"amount": 12_000}, headers=headers)
    assert topped.status == 201
    page.goto("/sign-in?next=/wallet")
    page.get_by_role("button", name=BUTTON).click()
    agree(page, MOVER)
    move = page.get_by_role("button", name="계정으로 옮기기")
    expect(move).to_be_visible()
    accessible(page)
    move.click()
    page.wait_for_url(f"{club.url}/wallet")
    expect(page.get_by_text("12,000").first).to_be_visible()
    assert page.evaluate("JSON.parse(localStorage['yemae:session']).name") == "Mo"


def test_a_guest_who_has_nothing_becomes_the_account(
    open_page: Opener, club: Server, issuer: str
) -> None:
    page = at_the_club(open_page, club, issuer)
    page.goto("/sign-in?next=/orders")
    continue_as_guest(page)
    page.wait_for_url(f"{club.url}/orders")
    page.goto("/sign-in?next=/orders")
    page.get_by_role("button", name=BUTTON).click()
    agree(page, BEA)
    expect(page.get_by_role("heading", level=1)).to_have_text(ORDERS)
    assert page.evaluate("JSON.parse(localStorage['yemae:session']).name") == "Bea"


@pytest.mark.parametrize(("locale", "viewport"), [("ko-KR", PHONE), ("en-US", DESKTOP)])
def test_an_account_links_a_login_and_removes_it(
    open_page: Opener,
    club: Server,
    issuer: str,
    accessible: Callable[[Page], None],
    locale: str,
    viewport: dict[str, int],
) -> None:
    page = at_the_club(open_page, club, issuer, locale=locale, viewport=viewport)
    page.goto("/sign-in?next=/account")
    form = page.locator("form").first
    email = f"linker-{locale}@example.com".lower()
    for number, text in enumerate(("Linker", email, "correct horse")):
        form.locator("input").nth(number).fill(text)
    form.locator("button[type=submit]").click()
    link = page.get_by_role("button", name=re.compile("팬클럽 계정 연결하기|Link Fan club"))
    section = page.locator("section").filter(has=link)
    section.locator("input").fill("correct horse")
    accessible(page)
    link.click()
    agree(page, LINKER)
    remove = page.get_by_role("button", name=re.compile("팬클럽 연결 끊기|Remove Fan club"))
    expect(remove).to_be_visible()
    expect(page).to_have_url(re.compile("/account$"))
    accessible(page)
    remove.click()
    expect(link).to_be_visible()


def test_where_guests_are_off_the_page_offers_none_and_the_server_makes_none(
    open_page: Opener, kept_database_url: str, kept_valkey_url: str
) -> None:
    urls = {"YEMAE_DATABASE_URL": kept_database_url, "YEMAE_VALKEY_URL": kept_valkey_url}
    with tempfile.TemporaryDirectory(prefix="yemae-e2e-", ignore_cleanup_errors=True) as folder:
        started = Server(Path(folder), **POLITE, **urls, YEMAE_GUESTS="off")
        started.start()
        try:
            page = open_page(url=started.url, locale="en-US")
            page.goto("/tickets")
            expect(page.locator("form").first).to_be_visible()
            expect(
                page.get_by_role("button", name=re.compile("guest", re.IGNORECASE))
            ).to_have_count(0)
            made = page.request.post("/v1/guests", data={})
            assert (made.status, made.json()["type"]) == (403, "/problems/guests-closed")
            for number, text in enumerate(("Ann", "no-guest@example.com", "correct horse")):
                page.locator("form input").nth(number).fill(text)
            page.locator("form button[type=submit]").first.click()
            expect(page.get_by_role("heading", name="My tickets")).to_be_visible()
        finally:
            started.stop()
