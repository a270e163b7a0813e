"""What a fan knows before the queue: prices, seats left, dates, the seat map, that it is a demo."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import PHONE, NewConcert, NewRival, Opener
from e2e.fans import choose_seats, enter
from helpers.server import Server
from helpers.serving import until

LANGUAGES = ["ko-KR", "en-GB"]
DEMO = re.compile("데모: 실제 결제가 이루어지지 않아요|Demo: no real payment")
FILTERS_FROM = 12
PRESALE = """
[[sales]]
id = "{id}"
name = "팬클럽 선예매"
name_en = "Fan club presale"
opens_at = 2026-01-01T11:00:00+09:00
codes = ["STAR-2030"]
group = "fanclub"
"""


def many_dates(number: int) -> str:
    """The start of the first date, and after it those of the others: every third day."""
    name = uuid.uuid4().hex
    starts = [
        f"2030-{5 + day // 28:02}-{day % 28 + 1:02}T20:00:00+09:00" for day in range(2, 80, 3)
    ]
    first, *others = starts[:number]
    return first + "".join(
        f'\n\n[[performances]]\nid = "{name}-{i}"\nstarts_at = {start}'
        for i, start in enumerate(others)
    )


@pytest.mark.parametrize("locale", LANGUAGES)
def test_prices_and_seats_left_are_shown_before_the_queue(
    new_concert: NewConcert,
    new_rival: NewRival,
    open_page: Opener,
    accessible: Callable[[Page], None],
    locale: str,
) -> None:
    concert = new_concert()
    page = open_page(locale=locale, viewport=PHONE)
    page.goto(f"/concerts/{concert}")
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text(re.compile("R석|R"))
    expect(row).to_contain_text("66,000")
    expect(row).to_contain_text(re.compile("10석 이상|10 or more"))
    expect(page.get_by_text(DEMO)).to_be_visible()
    accessible(page)
    for seats in (("1", "2", "3", "4"), ("5", "6", "7", "8"), ("9", "10")):
        new_rival(concert).buy(*seats)
    expect(row).to_contain_text(re.compile("매진|Sold out"))
    accessible(page)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_concert_in_presale_shows_which_it_is_and_who_may_take_part(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None], locale: str
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    concert = new_concert(
        opening=f"sale_opens_at = {tomorrow:%Y-%m-%dT%H:%M:%SZ}",
        more=PRESALE.format(id=f"club-{uuid.uuid4().hex}"),
    )
    page = open_page(locale=locale, viewport=PHONE)
    page.goto(f"/concerts/{concert}")
    way_in = page.locator(".way-in")
    for shown in (
        "팬클럽 선예매|Fan club presale",
        "코드가 있거나 초대받은|a presale code, and invited",
        "일반예매 시작까지|The general sale opens in",
        "선예매 중|Presale",
    ):
        expect(way_in).to_contain_text(re.compile(shown))
    expect(way_in.get_by_role("link")).to_have_text(re.compile("예매하기|Get tickets"))
    accessible(page)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_grades_are_called_by_their_names_in_the_reader_s_language(
    new_concert: NewConcert, open_page: Opener, locale: str
) -> None:
    more = '\n[[grades]]\nname = "발코니"\nname_en = "Balcony"\nprice = 44000\n'
    more += '\n[[sections]]\nname = "뒤"\ngrade = "발코니"\nrows = ["B:11-20"]\n'
    page = open_page(locale=locale)
    page.goto(f"/concerts/{new_concert(more=more)}")
    head = page.get_by_role("row").nth(2).get_by_role("rowheader")
    expect(head).to_have_text("발코니석" if locale == "ko-KR" else "Balcony")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_concert_that_sells_out_while_its_queue_is_empty_says_so_within_seconds(
    new_concert: NewConcert, new_rival: NewRival, open_page: Opener, locale: str
) -> None:
    concert = new_concert()
    page = open_page(locale=locale)
    page.goto(f"/concerts/{concert}")
    expect(page.locator("main .now")).to_contain_text(re.compile("예매 중|On sale"))
    for seats in (("1", "2", "3", "4"), ("5", "6", "7", "8"), ("9", "10")):
        new_rival(concert).buy(*seats)
    expect(page.locator("main .now")).to_contain_text(re.compile("매진|Sold out"))
    page.goto("/")
    card = page.locator(f'a[href="/concerts/{concert}"]')
    expect(card).to_contain_text(re.compile("매진|Sold out"))


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_seat_map_can_be_looked_at_without_a_place(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None], locale: str
) -> None:
    concert = new_concert()
    page = open_page(locale=locale)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/concerts/{concert}")
    page.get_by_role("link", name=re.compile("좌석 배치도 보기|See the seat map")).click()
    seats = page.get_by_role("application")
    expect(seats).to_be_visible()
    expect(page.get_by_text(re.compile("입장한 뒤에|Once you are in"))).to_be_visible()
    accessible(page)
    seats.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    about = page.get_by_text(re.compile(r"(A열 \d+번|row A, seat \d+), .*66,000"))
    expect(about.first).to_be_visible()
    expect(about.first).not_to_contain_text(re.compile("선택|available"))
    expect(page).to_have_title(re.compile("^(좌석 배치도|Seat map) · 첫눈이 오기 전에 · Yemae$"))
    assert not [url for url in asked if "availability" in url or "queue-tokens" in url]
    page.get_by_role("link", name=re.compile("공연으로 돌아가기|Back to the concert")).click()
    page.wait_for_url(f"**/concerts/{concert}")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_more_than_eight_dates_are_in_a_calendar(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None], locale: str
) -> None:
    concert = new_concert(starts_at=many_dates(12))
    page = open_page(locale=locale, viewport=PHONE)
    page.goto(f"/concerts/{concert}")
    calendar = page.get_by_role("region", name=re.compile("공연 달력|Calendar"))
    expect(calendar).to_contain_text(re.compile("2030년 5월|May 2030"))
    expect(calendar.get_by_role("button", pressed=True)).to_have_text(re.compile("^3"))
    accessible(page)
    calendar.get_by_role("button", name=re.compile("다음 달|Next month")).click()
    expect(calendar).to_contain_text(re.compile("2030년 6월|June 2030"))
    calendar.get_by_role("button", name=re.compile("6월 2일|2 Jun")).click()
    expect(page.locator("main .day")).to_contain_text(re.compile("6월 2일|2 Jun"))
    link = page.get_by_role("link", name=re.compile("좌석 배치도 보기|See the seat map"))
    assert not (link.get_attribute("href") or "").endswith(f"{concert}-1"), "of the chosen date"
    enter(page, concert)
    inside = page.get_by_role("region", name=re.compile("공연 달력|Calendar"))
    inside.get_by_role("button", name=re.compile("5월 6일|6 May")).click()
    expect(page.locator("main ul a")).to_have_count(1)
    expect(page.locator("main ul a")).to_contain_text(re.compile("5월 6일|6 May"))
    accessible(page)


def test_up_to_eight_dates_are_a_list(new_concert: NewConcert, open_page: Opener) -> None:
    concert = new_concert(starts_at=many_dates(8))
    page = open_page()
    page.goto(f"/concerts/{concert}")
    dates = page.locator("main section ul button")
    expect(dates).to_have_count(8)
    expect(page.get_by_role("region", name="공연 달력")).to_have_count(0)
    dates.nth(2).click()
    expect(dates.nth(2)).to_have_attribute("aria-pressed", "true")


def listed(server: Server) -> list[str]:
    """The ids of the concerts that fans see."""
    found = httpx.get(f"{server.url}/v1/concerts", trust_env=False).json()
    return [concert["id"] for concert in found["concerts"]]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_twelve_concerts_can_be_searched_filtered_and_sorted(
    server: Server,
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
    locale: str,
) -> None:
    soon = new_concert(opening="sale_opens_at = 2029-05-03T20:00:00+09:00")
    july = new_concert(starts_at="2030-07-03T20:00:00+09:00")
    # Those of the test before are over, and leave the list soon.
    until(lambda: {name for name in listed(server) if name.startswith("e2e-")} == {soon, july})
    page = open_page(locale=locale, viewport=PHONE)
    page.goto("/")
    expect(page.locator(f'a[href="/concerts/{soon}"]')).to_be_visible()
    cards = page.locator("main li a")
    # Those of other tests are in the list as well.
    every = cards.count() - 2 + FILTERS_FROM
    expect(page.get_by_role("searchbox")).to_have_count(0)
    for _ in range(FILTERS_FROM - 2):
        new_concert()
    page.goto("/")
    expect(cards).to_have_count(every)
    accessible(page)
    page.get_by_label(re.compile("^(월|Month)$")).select_option("2030-07")
    expect(cards).to_have_count(1)
    expect(cards).to_have_attribute("href", f"/concerts/{july}")
    assert page.url.endswith("?month=2030-07")
    page.reload()
    expect(cards).to_have_count(1)
    page.get_by_label(re.compile("^(상태|State)$")).select_option("soon")
    expect(page.get_by_text(re.compile("맞는 공연이 없어요|No concert matches"))).to_be_visible()
    accessible(page)
    page.get_by_role("button", name=re.compile("조건 지우기|Clear filters")).click()
    expect(cards).to_have_count(every)
    page.get_by_label(re.compile("^(정렬|Sort by)$")).select_option("date")
    expect(cards.last).to_have_attribute("href", f"/concerts/{july}")
    page.get_by_role("searchbox").fill("nothing of the kind")
    expect(cards).to_have_count(0)
    page.get_by_role("searchbox").fill("작은숲")
    expect(cards).to_have_count(every)


def test_money_that_is_not_real_is_called_so_where_it_is_paid(
    new_concert: NewConcert, open_page: Opener
) -> None:
    concert = new_concert()
    page = open_page()
    enter(page, concert)
    choose_seats(page, "3")
    expect(page.get_by_text(DEMO)).to_be_visible()
    page.goto("/wallet")
    expect(page.get_by_text(DEMO)).to_be_visible()


def test_a_concert_s_head_is_read_without_running_the_page(
    new_concert: NewConcert, open_page: Opener
) -> None:
    """The browser complains of nothing, and leaves the data as it is."""
    concert = new_concert()
    page = open_page(java_script_enabled=False)
    page.goto(f"/concerts/{concert}")
    assert page.title() == "첫눈이 오기 전에 · 서윤별 · Yemae"
    data = page.locator('script[type="application/ld+json"]').text_content()
    (event,) = json.loads(data or "")
    assert event["location"]["name"] == "작은숲 소극장, 서울"
    assert event["startDate"] == "2030-05-03T20:00:00.000+09:00"
    shown = open_page()
    shown.goto(f"/concerts/{concert}")
    expect(shown).to_have_title("첫눈이 오기 전에 · Yemae")
