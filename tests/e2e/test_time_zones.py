"""Fans in any time zone read the venue's time, and see its zone where theirs is another."""

import re

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewConcert, Opener
from e2e.fans import choose_seats, enter

FANS = [
    ("Asia/Seoul", "ko-KR", "2030년 5월 3일", r"오후\s8:00(?! \()"),
    ("America/New_York", "en-US", "3 May 2030", r"20:00 \(venue time, UTC\+9\)"),
    ("America/New_York", "ko-KR", "2030년 5월 3일", r"오후\s8:00 \(현지 시각, UTC\+9\)"),
]


@pytest.mark.parametrize(("zone", "locale", "day", "hour"), FANS)
def test_list_concert_and_ticket_tell_the_time_of_the_venue(
    new_concert: NewConcert, open_page: Opener, zone: str, locale: str, day: str, hour: str
) -> None:
    concert = new_concert()
    page = open_page(timezone_id=zone, locale=locale)
    page.goto("/")
    expect(page.locator(f'a[href="/concerts/{concert}"]')).to_contain_text(day)
    page.goto(f"/concerts/{concert}")
    expect(page.locator("main section")).to_contain_text(re.compile(hour))
    enter(page, concert)
    choose_seats(page, "3")
    page.locator(".actions button").first.click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.goto("/tickets")
    expect(page.get_by_role("article")).to_contain_text(re.compile(hour))
