"""However many tabs of a browser show seats, one has a stream: a browser opens six connections to
a server, and the seventh tab must not wait for one. A tab that the fan does not see has none."""

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Request, expect

from e2e.conftest import NewConcert, NewRival, Opener
from e2e.fans import enter
from e2e.test_list import hide

STREAM = re.compile("/availability/stream")
TABS = 7


def open_streams(context: BrowserContext) -> list[Request]:
    """The streams that are open now, kept true from now on."""
    streams: list[Request] = []

    def begun(request: Request) -> None:
        if STREAM.search(request.url):
            streams.append(request)

    def ended(request: Request) -> None:
        if request in streams:
            streams.remove(request)

    context.on("request", begun)
    context.on("requestfinished", ended)
    context.on("requestfailed", ended)
    return streams


def grades(page: Page) -> Locator:
    """Where the map says what is left."""
    return page.get_by_role("group", name="등급별 가격과 남은 좌석")


@pytest.mark.parametrize("covered", [True, False], ids=["behind one another", "side by side"])
def test_seven_tabs_have_one_stream_and_the_seventh_shows_what_others_take(
    new_concert: NewConcert, open_page: Opener, new_rival: NewRival, covered: bool
) -> None:
    concert = new_concert()
    first = open_page()
    streams = open_streams(first.context)
    enter(first, concert)
    first.locator("main ul a").first.click()
    expect(grades(first)).to_contain_text("10석")
    tabs = [first]
    while len(tabs) < TABS:
        if covered:
            hide(tabs[-1], "hidden")
        tabs.append(open_page(like=first))
        tabs[-1].goto(first.url)
        expect(grades(tabs[-1])).to_contain_text("10석")
    new_rival(concert).hold("8", "9")
    expect(grades(tabs[-1])).to_contain_text("8석")
    assert [stream.frame.page for stream in streams] == [tabs[-1]]
    if covered:
        hide(tabs[-1], "hidden")
        hide(first, "visible")
    expect(grades(first)).to_contain_text("8석")


def test_a_hidden_tab_opens_no_stream_until_it_is_seen(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    streams = open_streams(page.context)
    page.clock.install()
    enter(page, new_concert())
    hide(page, "hidden")
    page.locator("main ul a").first.click()
    expect(page.get_by_role("application")).to_be_visible()
    page.clock.run_for(10_000)
    assert streams == []
    hide(page, "visible")
    page.clock.run_for(1_000)
    expect(grades(page)).to_contain_text("10석")
    assert len(streams) == 1
