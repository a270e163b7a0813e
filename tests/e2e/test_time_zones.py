"""Fans in any time zone read the venue's time; where theirs is another they read both, and whose
clocks the venue's are."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, Opener
from e2e.fans import choose_seats, enter

IN_SEOUL = 'time_zone = "Asia/Seoul"\nsale_opens_at = 2026-01-01T11:00:00'
CURTAIN = "2030-05-03T20:00:00"
FANS = [
    ("Asia/Seoul", "ko-KR", "2030년 5월 3일", r"오후\s8:00(?!\sKST)"),
    ("Asia/Seoul", "en-US", "3 May 2030", r"20:00(?!\sKST)"),
    ("America/New_York", "en-US", "3 May 2030", r"20:00\sKST · 7:00 your time"),
    ("America/New_York", "ko-KR", "2030년 5월 3일", r"오후\s8:00\sKST · 내 시간 오전\s7:00"),
]


@pytest.mark.parametrize(("zone", "locale", "day", "hour"), FANS)
def test_every_page_tells_the_time_of_the_venue(
    new_concert: NewConcert, open_page: Opener, zone: str, locale: str, day: str, hour: str
) -> None:
    concert = new_concert(opening=IN_SEOUL, starts_at=CURTAIN)
    page = open_page(timezone_id=zone, locale=locale)
    page.goto("/")
    expect(page.locator(f'a[href="/concerts/{concert}"]')).to_contain_text(day)
    page.goto(f"/concerts/{concert}")
    tells(page, "main section", day, hour)
    enter(page, concert)
    tells(page, f'a[href*="{concert}-1"]', day, hour)
    choose_seats(page, "3", on_the_way=lambda: tells(page, "main", day, hour))
    tells(page, "main section", day, hour)
    page.goto("/orders")
    tells(page, 'a[href^="/orders/"]', day, hour)
    page.locator('a[href^="/orders/"]').first.click()
    page.locator(".actions button").first.click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.goto("/tickets")
    tells(page, "article", day, hour)


def tells(page: Page, where: str, day: str, hour: str) -> None:
    """Expect the day and the hour of the performance."""
    expect(page.locator(where).first).to_contain_text(re.compile(rf"{day}.*{hour}", re.DOTALL))


@pytest.mark.parametrize(
    ("locale", "hour"),
    [
        ("en-US", r"20:00\sUTC\+9 · 7:00 your time"),
        ("ko-KR", r"오후\s8:00\sUTC\+9 · 내 시간 오전\s7:00"),
    ],
)
def test_an_offset_is_named_where_the_file_has_no_time_zone(
    new_concert: NewConcert, open_page: Opener, locale: str, hour: str
) -> None:
    page = open_page(timezone_id="America/New_York", locale=locale)
    page.goto(f"/concerts/{new_concert()}")
    expect(page.locator("main section").first).to_contain_text(re.compile(hour))


def test_an_opening_on_another_day_of_the_reader_s_tells_that_day(
    new_concert: NewConcert, open_page: Opener
) -> None:
    """An opening at nine in the morning in Seoul is on the evening before in New York."""
    opening = IN_SEOUL.replace("2026-01-01T11:00", "2029-07-02T09:00")
    concert = new_concert(opening=opening, starts_at=CURTAIN)
    page = open_page(timezone_id="America/New_York", locale="en-US")
    page.goto(f"/concerts/{concert}")
    said = r"2 Jul 2029 9:00\sKST · Sun,?\s1\sJul 20:00 your time"
    expect(page.locator("main dl")).to_contain_text(re.compile(said))
