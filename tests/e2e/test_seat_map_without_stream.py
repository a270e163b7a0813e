"""The seat map where no stream comes through: it asks, says so, and stays right."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import NewConcert, NewRival, Opener
from e2e.fans import enter, list_seats, seat

STREAM = re.compile("/availability/stream")
ASKING = "몇 초마다 좌석 현황을 새로 확인하고 있어요."


def open_map_without_stream(page: Page, concert: str) -> Locator:
    """The map, when it has begun to ask; returns where it says what is left."""
    page.clock.install()
    enter(page, concert)
    page.locator("main ul a").first.click()
    expect(page.get_by_role("application")).to_be_visible()
    grades = page.get_by_role("group", name="등급별 가격과 남은 좌석")
    ask_until(page, grades, "10석")
    expect(page.get_by_text(ASKING)).to_be_visible()
    return grades


def ask_until(page: Page, shown: Locator, text: str) -> None:
    """Let the page's clock run fast, so that it polls, until it shows this text."""
    for _ in range(2000):
        page.clock.fast_forward(5_000)
        if text in shown.inner_text():
            return
    raise AssertionError(f"{text} was never shown")


def test_the_map_stays_right_where_a_proxy_cuts_every_stream(
    new_concert: NewConcert,
    open_page: Opener,
    new_rival: NewRival,
    accessible: Callable[[Page], None],
) -> None:
    concert = new_concert()
    page = open_page()
    page.route(STREAM, lambda route: route.abort("internetdisconnected"))
    grades = open_map_without_stream(page, concert)
    list_seats(page)
    seat(page, "3").click()
    new_rival(concert).hold("3", "4")
    ask_until(page, grades, "8석")
    expect(page.get_by_role("alert")).to_contain_text(
        "A열 3번 좌석을 방금 다른 분이 먼저 잡았어요."
    )

    accessible(page)

    # Without answers the picture is old, and says so; a stream that comes through makes it live.
    page.context.set_offline(True)
    expect(page.get_by_text("지금 보이는 좌석은 조금 전 상태예요.")).to_be_visible()
    page.unroute(STREAM)
    page.context.set_offline(False)
    expect(page.locator(".freshness")).to_be_empty()


def test_the_map_stays_right_where_a_proxy_keeps_the_stream_back(
    new_concert: NewConcert, open_page: Opener, new_rival: NewRival
) -> None:
    concert = new_concert()
    page = open_page()
    # Neither passed on nor refused: the page waits for its first word.
    page.route(STREAM, lambda _: None)
    grades = open_map_without_stream(page, concert)
    new_rival(concert).hold("3", "4")
    ask_until(page, grades, "8석")
    page.unroute(STREAM)
