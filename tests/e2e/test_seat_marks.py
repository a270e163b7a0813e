"""What is special about a seat, in a real browser: in the list, in the tray and on the order."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from e2e.conftest import PHONE, NewConcert, Opener
from e2e.fans import choose_seats, enter, hold, list_seats, seat

MARKS = """
[[marks]]
mark = "wheelchair"
seats = ["3"]

[[marks]]
mark = "companion"
seats = ["4"]

[[marks]]
mark = "restricted_view"
seats = ["9"]
note = "기둥"
note_en = "A pillar"
"""


def test_marks_are_in_the_list_the_tray_and_the_order(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = open_page(viewport=PHONE, locale="en-GB")
    enter(page, new_concert(more=MARKS))

    def look() -> None:
        tray = page.get_by_role("region", name="Your seats")
        expect(tray).to_contain_text("restricted view: A pillar")
        accessible(page)

    page.locator("main ul a").first.click()
    list_seats(page)
    for number, mark in (
        ("3", "wheelchair space"),
        ("4", "companion seat for a wheelchair space"),
        ("9", "restricted view: A pillar"),
    ):
        expect(seat(page, number)).to_have_accessible_name(re.compile(mark))
    expect(seat(page, "9")).to_contain_text("restricted view")
    accessible(page)
    page.go_back()
    choose_seats(page, "9", on_the_way=look)
    expect(page.locator("main dl")).to_contain_text("restricted view: A pillar")


def test_a_companion_seat_alone_is_refused_with_what_to_do(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert(more=MARKS))
    page.locator("main ul a").first.click()
    list_seats(page)
    seat(page, "4").click()
    hold(page)
    expect(page.get_by_text("휠체어석과 함께 예매하는 좌석이에요")).to_be_visible()
    seat(page, "3").click()
    hold(page)
    page.wait_for_url("**/orders/*")
    expect(page.locator("main dl")).to_contain_text("휠체어 동반석")
