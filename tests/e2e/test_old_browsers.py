"""The page in browsers that lack what newer ones have, and on a host without TLS."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, NewFan, Opener
from e2e.fans import choose_seats, continue_as_guest, enter, position
from helpers.browser import PLAIN_HOST
from helpers.server import Server

PAY = re.compile("결제하기$")
# Each feature that a browser of the page's list lacks, or that needs TLS.
ABSENT = {
    "locks": "delete Navigator.prototype.locks",
    "AbortSignal.any": "delete AbortSignal.any; delete AbortSignal.timeout",
    "BroadcastChannel": "delete globalThis.BroadcastChannel",
    "findLast": "delete Array.prototype.findLast; delete Array.prototype.toSorted",
    "TextDecoderStream": "delete globalThis.TextDecoderStream",
    "roundRect": "delete CanvasRenderingContext2D.prototype.roundRect",
    "Notification": "delete globalThis.Notification",
    "storage": "delete Navigator.prototype.storage",
    "randomUUID": "delete Crypto.prototype.randomUUID; delete Crypto.prototype.subtle",
    "localStorage": "Object.defineProperty(globalThis, 'localStorage', "
    "{ get() { throw new DOMException('no', 'SecurityError') } })",
}


@pytest.mark.parametrize("script", ABSENT.values(), ids=ABSENT.keys())
def test_a_fan_gets_to_a_ticket_without(
    new_concert: NewConcert, open_page: Opener, script: str
) -> None:
    page = open_page()
    page.context.add_init_script(script)
    enter(page, new_concert())
    choose_seats(page, "3")
    page.get_by_role("button", name=PAY).click()
    expect(page.get_by_role("article")).to_have_count(1)


@pytest.mark.parametrize("missing", ["locks", "BroadcastChannel"])
def test_two_tabs_show_one_place_without(
    api_fan: NewFan, new_concert: NewConcert, open_page: Opener, missing: str
) -> None:
    concert = new_concert(active_limit=1)
    inside = api_fan()
    inside.get_in(concert)
    page = open_page()
    page.context.add_init_script(ABSENT[missing])
    page.goto(f"/concerts/{concert}/queue")
    continue_as_guest(page)
    assert position(page) == 1
    second = open_page(like=page)
    second.goto(f"/concerts/{concert}/queue")
    assert position(second) == 1
    inside.leave()
    for tab in (page, second):
        tab.wait_for_url("**/dates")


def test_by_plain_http_a_fan_solves_the_challenge_and_gets_in(
    new_concert: NewConcert, open_page: Opener, server: Server
) -> None:
    concert = new_concert(queue="proof_of_work = true")
    # As a phone in the same network has it: no TLS, and not localhost.
    page = open_page(url=f"http://{PLAIN_HOST}:{server.port}")
    page.goto(f"/concerts/{concert}/queue")
    assert page.evaluate("[isSecureContext, 'locks' in navigator, 'subtle' in crypto]") == [
        False,
        False,
        False,
    ]
    continue_as_guest(page)
    page.wait_for_url("**/dates")


def test_below_the_list_of_browsers_one_sentence_says_so(
    open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = open_page()
    page.goto("/")
    expect(page.locator("#too-old")).to_be_hidden()
    old = open_page()
    old.context.add_init_script("delete globalThis.structuredClone")
    old.goto("/")
    expect(old.locator("#too-old")).to_be_visible()
    expect(old.locator("#too-old")).to_contain_text("브라우저를 업데이트해 주세요.")
    expect(old.locator("#too-old")).to_contain_text("Please update it")
    accessible(old)


def test_a_mistake_of_the_page_is_not_blamed_on_the_network(open_page: Opener) -> None:
    # A page that nothing listens to but this test.
    page = open_page().context.new_page()
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    page.context.add_init_script(
        "const clear = Headers.prototype.get; Headers.prototype.get = function (name) {"
        " if (name === 'Date' && globalThis.broken) throw new TypeError('a mistake');"
        " return clear.call(this, name) }"
    )
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("공연"))
    page.evaluate("globalThis.broken = true")
    page.get_by_role("link", name="로그인").click()
    continue_as_guest(page)
    expect(page.get_by_text("화면에 문제가 생겼어요")).to_be_visible()
    expect(page.get_by_text("서버에 연결할 수 없어요")).to_have_count(0)
    expect(page.get_by_role("button", name="화면 새로 고침")).to_be_visible()
    # Every call that comes meanwhile meets the same mistake.
    assert set(mistakes) == {"a mistake"}
