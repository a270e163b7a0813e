"""The shell of the console: signing in, getting about by keyboard and on a phone, and roles."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, Opener
from e2e.console.operators import PASSWORD, PHONE, new_account, run_users, sign_in, type_in
from helpers.server import Server

# What the console does every minute, it does every second.
MINUTES_ARE_SECONDS = """
const real = window.setInterval;
window.setInterval = (act, ms, ...more) => real(act, ms === 60_000 ? 1_000 : ms, ...more);
"""


@pytest.fixture
def account(server: Server) -> str:
    """The address of an account without any role."""
    return new_account(server).email


def test_an_account_signs_in_once_it_has_a_role(
    server: Server,
    account: str,
    open_page: Opener,
    new_concert: NewConcert,
    accessible: Callable[[Page], None],
) -> None:
    concert = new_concert()
    page = open_page(locale="en-GB")
    page.goto(f"/console/{concert}/line")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to the console")
    accessible(page)
    type_in(page, account, "wrong")
    expect(page.get_by_role("status")).to_contain_text("password")
    type_in(page, account, PASSWORD)
    expect(page.get_by_role("status")).to_contain_text("This account has no role")
    run_users(server, "grant", "viewer", account)
    type_in(page, account, PASSWORD)
    # The address that was asked for.
    expect(page.get_by_role("heading", level=1)).to_have_text("Line")
    expect(page.get_by_text("Ann Lee")).to_be_visible()
    expect(page.get_by_text("Viewer", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Line")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to the console")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to the console")


def test_a_role_that_is_taken_back_ends_the_session(
    server: Server, account: str, open_page: Opener
) -> None:
    run_users(server, "grant", "viewer", account)
    page = open_page(locale="en-GB")
    page.clock.install()
    page.goto("/console")
    type_in(page, account, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    run_users(server, "revoke", "viewer", account)
    page.clock.fast_forward(61_000)
    expect(page.get_by_text("Your sign-in has ended")).to_be_visible()


def test_the_keyboard_leads_everywhere(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="en-GB"), server.url, "viewer")
    page.goto("/console")
    expect(page.get_by_role("link", name="첫눈이 오기 전에").first).to_be_visible()
    accessible(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("c")
    expect(page.get_by_label("Concert", exact=True)).to_be_focused()
    page.get_by_label("Concert", exact=True).select_option(concert)
    page.wait_for_url(f"**/console/{concert}/line")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/console")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Line")


def test_a_phone_has_the_screens_at_its_foot(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="ko-KR", **PHONE), server.url, "operator")
    page.goto(f"/console/{concert}/line")
    expect(page.get_by_role("navigation").get_by_role("link", name="대기열")).to_have_attribute(
        "aria-current", "page"
    )
    accessible(page)
    page.get_by_role("button", name="더 보기").click()
    page.get_by_role("dialog").get_by_role("link", name="전체").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("전체")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_role_for_one_concert_shows_that_one(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    own, other = new_concert(), new_concert()
    page = sign_in(open_page(locale="en-GB"), server.url, f"viewer:{own}")
    page.goto(f"/console/{other}/line")
    expect(page.get_by_text("None of your roles opens this concert")).to_be_visible()
    page.goto(f"/console/{own}/line")
    expect(page.get_by_text("Seats left")).to_be_visible()
    assert page.locator("#concert option").count() == 1


def test_figures_say_how_old_they_are_and_come_again_after_a_break(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="en-GB"), server.url, "viewer")
    page.goto(f"/console/{concert}/line")
    expect(page.get_by_text("Seats left")).to_be_visible()
    page.clock.install()
    page.reload()
    expect(page.get_by_text("Seats left")).to_be_visible()
    page.context.set_offline(True)
    page.clock.fast_forward(30_000)
    expect(page.get_by_text("Connection lost, connecting again")).to_be_visible()
    expect(page.locator(".stale").first).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Connection lost, connecting again")).to_have_count(0)


@pytest.mark.parametrize(
    ("screen", "call"),
    [
        ("{}/sales", "/sales/minutes"),
        ("webhooks", "/v1/admin/webhooks"),
        ("trouble", "/v1/admin/trouble"),
        ("log", "/v1/admin/log"),
        ("settings", "/v1/admin/settings"),
    ],
)
def test_a_screen_asks_once_and_not_again_because_the_answer_has_come(
    server: Server, open_page: Opener, new_concert: NewConcert, screen: str, call: str
) -> None:
    concert = new_concert()
    page = open_page(locale="en-GB")
    sign_in(page, server.url, "admin")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response(lambda response: call in response.url):
        page.goto(f"/console/{screen.format(concert)}")
    # Some round trips later an answer that causes a call has caused several.
    for _ in range(10):
        page.evaluate("() => fetch('/healthz').then((answer) => answer.text())")
    assert len([url for url in asked if call in url]) == 1


def test_what_is_typed_stays_and_the_stream_goes_on_when_the_session_is_looked_at_again(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="en-GB"), server.url, "operator")
    page.add_init_script(MINUTES_ARE_SECONDS)
    streams: list[str] = []
    page.on("request", lambda request: streams.append(request.url))
    page.goto(f"/console/{concert}/line")
    rate = page.get_by_label("Rate per minute")
    rate.fill("900")
    for _ in range(2):
        page.wait_for_event("response", lambda response: response.url.endswith("/v1/admin/me"))
    # Some round trips later an effect that ran again has asked again.
    for _ in range(10):
        page.evaluate("() => fetch('/healthz').then((answer) => answer.text())")
    expect(rate).to_have_value("900")
    assert len([url for url in streams if url.endswith(f"/{concert}/live")]) == 1
