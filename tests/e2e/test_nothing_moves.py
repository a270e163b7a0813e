"""Nothing that a fan aims at moves by itself: not when seats are chosen, nor when the page has
something to say."""

import itertools
import os
from typing import NamedTuple

import pytest
from playwright.sync_api import CDPSession, FloatRect, Page, Route, expect

from e2e.conftest import PHONE, NewConcert, NewRival, Opener, put_on_sale
from e2e.fans import continue_as_guest, enter, hold
from e2e.test_seat_map import open_map, tray
from helpers.server import Server

TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
# Eight seats across are large enough for a finger on a phone; the rows near them are of another
# grade, so a tap that misses costs another price.
HALL = """
id = "{id}"
title = "첫눈이 오기 전에"
artist = "서윤별"
venue = "작은숲 소극장, 서울"
currency = "KRW"
sale_opens_at = 2026-01-01T11:00:00+09:00
seat_limit = 4
numbering = "{{row}}-{{seat}}"

[queue]
active_limit = 100
admit_per_minute = 60000
entry_ttl_s = 600
absent_after_s = 45

[stage]
x = 0
y = 0
width = 70
height = 10

[[grades]]
name = "R"
price = 66000

[[grades]]
name = "S"
price = 44000

[[sections]]
name = "앞"
grade = "R"
rows = ["A:1-8"]
layout = {{ x = 0, y = 20 }}

[[sections]]
name = "뒤"
grade = "S"
rows = ["B-D:1-8"]
layout = {{ x = 0, y = 40 }}

[[performances]]
id = "{id}-1"
starts_at = 2030-05-03T20:00:00+09:00
"""
# How the map shows a whole plan: this far from its edges, with room for the row names and the
# buttons below; see web/src/hall/viewport.ts and pilot.ts.
MARGIN_PX, TOOLS_PX, EDGE_SEATS = 12, 56, 1.2

_numbers = itertools.count(1)


class Spot(NamedTuple):
    """A point of the screen."""

    x: float
    y: float


@pytest.fixture(scope="module")
def hall(server: Server) -> str:
    """A hall with two grades, one row behind the other."""
    name = f"hall-{os.getpid()}-{next(_numbers)}"
    put_on_sale(server, HALL.format(id=name), name)
    return name


def spots(page: Page, concert: str) -> dict[str, Spot]:
    """Where each seat is on the screen while the whole plan is shown."""
    plan = page.request.get(f"/v1/performances/{concert}-1/plan").json()
    seats, stage = plan["seats"], plan["stage"]
    points = [point for section in plan["sections"] for point in section["outline"]]
    across = [x for x, _ in points] + [stage["x"], stage["x"] + stage["width"]]
    down = [y for _, y in points] + [stage["y"], stage["y"] + stage["height"]]
    pitch = seats["x"][1] - seats["x"][0]
    edge = pitch * EDGE_SEATS
    left, right, top, bottom = (
        *(min(across) - edge, max(across) + edge),
        *(min(down) - edge, max(down) + edge),
    )
    box = page.get_by_role("application").bounding_box()
    assert box is not None
    wide = (box["width"] - 2 * MARGIN_PX) / (right - left)
    # First the buttons' room is found, then the plan with that room below is shown whole.
    high = (box["height"] - TOOLS_PX - 2 * MARGIN_PX) / (bottom - top)
    bottom += TOOLS_PX / min(wide, high)
    scale = min(wide, (box["height"] - 2 * MARGIN_PX) / (bottom - top))
    middle = Spot((left + right) / 2, (top + bottom) / 2)
    return {
        number: Spot(
            box["x"] + box["width"] / 2 + (x - middle.x) * scale,
            box["y"] + box["height"] / 2 + (y - middle.y) * scale,
        )
        for number, x, y in zip(seats["number"], seats["x"], seats["y"], strict=True)
    }


def touch(finger: CDPSession, at: Spot) -> None:
    """A tap as a phone reports it; nothing is waited for."""
    points = [{"x": at.x, "y": at.y}]
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_two_seats_tapped_at_once_are_those_two_seats(hall: str, open_page: Opener) -> None:
    page = open_page(**TOUCH)
    open_map(page, hall)
    seats = spots(page, hall)
    finger = page.context.new_cdp_session(page)
    began = page.evaluate("performance.now()")
    touch(finger, seats["A-6"])
    touch(finger, seats["A-7"])
    took = page.evaluate("performance.now()") - began
    expect(tray(page)).to_contain_text("A열 6번")
    expect(tray(page)).to_contain_text("A열 7번")
    expect(tray(page)).to_contain_text("132,000원")
    print(f"both taps within {took:.0f} ms")  # noqa: T201
    # Every later tap meets the seat that it is aimed at, too: one there is taken back.
    touch(finger, seats["A-6"])
    expect(tray(page)).not_to_contain_text("A열 6번")
    touch(finger, seats["B-3"])
    expect(tray(page)).to_contain_text("B열 3번")
    expect(tray(page)).to_contain_text("110,000원")


def places(page: Page) -> list[FloatRect | None]:
    """Where the map and the button below it are, while the page has a live connection."""
    expect(page.locator(".freshness")).to_be_empty()
    return [
        page.get_by_role("application").bounding_box(),
        page.locator(".hold").bounding_box(),
    ]


@pytest.mark.parametrize("viewport", [PHONE, {"width": 844, "height": 390}], ids=["tall", "wide"])
@pytest.mark.parametrize("locale", ["ko-KR", "en-GB"])
def test_the_map_keeps_its_place_while_seats_are_chosen(
    hall: str, open_page: Opener, viewport: dict[str, int], locale: str
) -> None:
    page = open_page(**{**TOUCH, "viewport": viewport, "locale": locale})
    open_map(page, hall)
    before = places(page)
    surface = page.get_by_role("application")
    for key in ("Enter", "Enter", "ArrowRight", "Enter"):
        surface.press(key)
    expect(page.locator(".tray .remove")).to_have_count(2)
    assert places(page) == before


def test_a_strip_that_comes_up_leaves_every_seat_where_it_is(hall: str, open_page: Opener) -> None:
    page = open_page(**TOUCH)
    open_map(page, hall)
    seats = spots(page, hall)
    finger = page.context.new_cdp_session(page)
    touch(finger, seats["A-2"])

    def away(route: Route) -> None:
        problem = {"type": "/problems/store-unavailable", "status": 503, "detail": ""}
        route.fulfill(status=503, json=problem)

    page.route("**/v1/orders", away)
    hold(page)
    expect(page.get_by_role("button", name="다시 시도")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("인터넷 연결이 끊겼어요.")).to_be_visible()
    touch(finger, seats["C-5"])
    expect(tray(page)).to_contain_text("C열 5번")
    page.context.set_offline(False)


def test_a_notice_takes_no_tap_that_was_meant_for_the_seat_below(
    hall: str, open_page: Opener, new_rival: NewRival
) -> None:
    page = open_page(**TOUCH)
    open_map(page, hall)
    seats = spots(page, hall)
    finger = page.context.new_cdp_session(page)
    touch(finger, seats["D-1"])
    expect(tray(page)).to_contain_text("D열 1번")
    # The finger comes down at the moment when the notice is there.
    page.evaluate(
        """() => {
          const seen = new MutationObserver(() => {
            const accept = document.querySelector("[role=alert] .accept");
            if (!accept) return;
            seen.disconnect();
            const box = accept.getBoundingClientRect();
            const at = [box.x + box.width / 2, box.y + box.height / 2];
            window.under = document.elementFromPoint(...at)?.tagName;
          });
          seen.observe(document.body, { childList: true, subtree: true });
        }"""
    )
    new_rival(hall).hold("D-1")
    page.wait_for_function("() => window.under !== undefined")
    assert page.evaluate("window.under") == "CANVAS"
    # Once it has been seen, it is a button like any other.
    page.get_by_role("button", name="이 좌석으로 바꾸기").tap()
    expect(page.locator(".tray .remove")).to_have_count(1)


def test_the_dates_stay_where_they_are_when_the_title_comes(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page(viewport=PHONE)
    concert = new_concert()
    enter(page, concert)
    late: list[Route] = []
    page.route(f"**/v1/concerts/{concert}", lambda route: late.append(route))  # noqa: PLW0108
    page.reload()
    date = page.locator("main ul a")
    expect(date).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("첫눈이 오기 전에")
    before = date.bounding_box()
    for route in late:
        route.continue_()
    expect(page.locator("main")).to_contain_text("첫눈이 오기 전에")
    assert date.bounding_box() == before


def test_adding_money_twice_adds_the_same_amount_twice(open_page: Opener) -> None:
    page = open_page(**TOUCH)
    page.goto("/wallet")
    continue_as_guest(page)
    button = page.get_by_role("button", name="+50,000원")
    before = button.bounding_box()
    button.tap()
    expect(page.get_by_text("50,000원을 충전했어요")).to_be_visible()
    assert button.bounding_box() == before
