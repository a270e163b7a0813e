"""What a fan has begun is never out of sight: seats are named as the map names them, own seats are
shown as one's own, and what waits elsewhere stands at the foot of every page and in the tab."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import PHONE, NewConcert, NewFan, Opener
from e2e.fans import choose_seats, enter, hold, list_seats, seat
from e2e.test_waiting_room import wait_in

CLOCK = re.compile(r"\d:\d\d")
PLACES = {
    "ko-KR": ("앞 A열 3번", "앞 A열 4번"),
    "en-GB": ("앞, row A, seat 3", "앞, row A, seat 4"),
}


def foot(page: Page) -> Locator:
    """What waits for the fan elsewhere."""
    return page.get_by_role("complementary", name="진행 중인 예매")


@pytest.mark.parametrize("locale", ["ko-KR", "en-GB"])
def test_review_order_ticket_door_and_history_say_where_the_seat_is(
    new_concert: NewConcert, open_page: Opener, locale: str
) -> None:
    page = open_page(viewport=PHONE, locale=locale)
    enter(page, new_concert())
    choose_seats(page, "3", "4")
    for place in PLACES[locale]:
        expect(page.locator("main dl")).to_contain_text(place)
    page.locator(".actions button").first.click()
    expect(page.get_by_role("article")).to_have_count(2)
    for path in (None, "/tickets", "/orders", "/wallet"):
        if path is not None:
            page.goto(path)
        for place in PLACES[locale]:
            expect(page.locator("main")).to_contain_text(place)
    page.goto("/orders")
    expect(page.locator("main li")).to_contain_text(
        "2030년 5월 3일 (금)" if locale == "ko-KR" else "Fri, 3 May 2030"
    )
    page.goto("/tickets")
    page.get_by_role("article").first.get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_contain_text(PLACES[locale][0])


def test_seats_that_the_fan_has_are_shown_as_their_own(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    concert = new_concert()
    enter(page, concert)
    choose_seats(page, "3")
    page.goto(f"/concerts/{concert}/dates")
    page.locator("main ul a").first.click()
    list_seats(page)
    own = seat(page, "3")
    expect(own).to_have_accessible_name(re.compile("예매한 내 좌석$"))
    own.click(force=True)
    expect(page.get_by_role("alert")).to_contain_text("이미 내 좌석이에요")
    expect(page.get_by_role("region", name="선택한 좌석")).to_contain_text("0/3매")
    expect(page.get_by_role("listitem").filter(has_text="예매한 내 좌석").first).to_be_attached()


def test_held_seats_are_shown_with_their_time_on_every_other_page(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = open_page(viewport=PHONE)
    concert = new_concert()
    enter(page, concert)
    choose_seats(page, "3", "4")
    order = page.url
    expect(page).to_have_title(re.compile(r"^\(\d:\d\d\) 예매 내용을 확인해 주세요 · Yemae$"))
    expect(foot(page).get_by_role("link")).to_have_count(0)
    for path in ("/", f"/concerts/{concert}", f"/concerts/{concert}/dates", "/tickets", "/wallet"):
        page.goto(path)
        held = foot(page).get_by_role("link")
        expect(held).to_contain_text("첫눈이 오기 전에 2매를 잡아 뒀어요")
        expect(held.locator("time")).to_have_text(CLOCK)
        expect(page).to_have_title(re.compile(r"^\(\d:\d\d\) "))
    accessible(page)
    foot(page).get_by_role("link").click()
    page.wait_for_url(order)
    page.get_by_role("button", name="좌석 취소").click()
    page.get_by_role("dialog").get_by_role("button", name="취소하기").click()
    expect(page).to_have_title("좌석을 취소했어요 · Yemae")
    page.goto("/")
    expect(foot(page)).not_to_contain_text("잡아 뒀어요")


def test_a_place_in_line_is_kept_and_shown_on_other_pages_and_the_turn_is_called_there(
    api_fan: NewFan, new_concert: NewConcert, open_page: Opener
) -> None:
    concert = new_concert(active_limit=1)
    inside = api_fan()
    inside.get_in(concert)
    page = open_page()
    wait_in(page, concert)
    expect(page.locator(".position")).to_have_text("1번째")
    page.goto("/wallet")
    expect(foot(page)).to_contain_text("첫눈이 오기 전에 대기 중")
    expect(foot(page)).to_contain_text("1번째")
    inside.leave()
    expect(page).to_have_title("입장할 차례! 내 잔액 · Yemae")
    expect(page.locator("body > [role=status].for-readers")).to_contain_text("입장할 차례예요!")
    page.get_by_role("link", name="이어서 예매하기").click()
    page.wait_for_url(f"**/concerts/{concert}/dates")
    expect(page).to_have_title("날짜를 골라 주세요 · 첫눈이 오기 전에 · Yemae")


def test_of_several_things_begun_one_is_in_sight_and_the_others_open_on_demand(
    api_fan: NewFan,
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
) -> None:
    page = open_page(viewport={"width": 320, "height": 640})
    enter(page, new_concert())
    dates = page.url
    for _ in range(3):
        crowded = new_concert(active_limit=1)
        api_fan().get_in(crowded)
        page.goto(f"/concerts/{crowded}/queue")
        expect(page.locator(".position")).to_be_visible()
    page.goto(dates)
    rows = foot(page).get_by_role("link")
    expect(rows).to_have_count(1)
    others = foot(page).get_by_role("button", name="외 2건")
    others.click()
    expect(rows).to_have_count(3)
    accessible(page)
    foot(page).get_by_role("button", name="접기").click()
    expect(rows).to_have_count(1)
    # What a fan aims at is never behind it.
    choose_seats(page, "3")
    page.goto("/")
    expect(rows).to_contain_text("1매를 잡아 뒀어요")
    expect(foot(page).get_by_role("button", name="외 3건")).to_be_visible()


def test_the_tab_says_that_it_is_the_turn_until_the_fan_does_something(
    api_fan: NewFan, new_concert: NewConcert, open_page: Opener
) -> None:
    concert = new_concert(active_limit=1)
    inside = api_fan()
    inside.get_in(concert)
    page = open_page()
    wait_in(page, concert)
    expect(page).to_have_title(re.compile("^1번째 대기 중"))
    inside.leave()
    page.wait_for_url("**/dates")
    expect(page).to_have_title("입장할 차례! 날짜를 골라 주세요 · 첫눈이 오기 전에 · Yemae")
    page.mouse.click(5, 5)
    expect(page).to_have_title("날짜를 골라 주세요 · 첫눈이 오기 전에 · Yemae")


def test_a_payment_is_said_aloud_and_the_heading_has_the_focus(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert())
    choose_seats(page, "3")
    page.locator(".actions button").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("예매가 완료됐어요!")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    said = page.locator("body > [role=status].for-readers")
    expect(said).to_have_text("예매가 완료됐어요! 공연장 입구에서 QR 코드를 보여 주세요.")


def test_back_from_a_paid_ticket_says_that_it_is_paid(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert())
    choose_seats(page, "3")
    page.locator(".actions button").first.click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.go_back()
    expect(page.get_by_text("이 공연은 예매를 마쳤어요")).to_be_visible()
    page.get_by_role("link", name="내 티켓 보기").click()
    expect(page.get_by_role("article")).to_have_count(1)


def test_chosen_seats_are_still_chosen_after_a_reload(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert())
    page.locator("main ul a").first.click()
    list_seats(page)
    seat(page, "3").click()
    seat(page, "8").click()
    page.reload()
    chosen = page.get_by_role("region", name="선택한 좌석")
    expect(chosen).to_contain_text("A열 3번")
    expect(chosen).to_contain_text("A열 8번")
    hold(page)
    page.wait_for_url("**/orders/*")
    expect(page.locator("main")).to_contain_text("132,000원")


def test_the_list_is_where_it_was_when_the_fan_comes_back(
    new_concert: NewConcert, open_page: Opener
) -> None:
    for _ in range(3):
        new_concert()
    page = open_page(viewport={"width": 390, "height": 500})
    page.goto("/")
    last = page.locator("main ul a").last
    last.scroll_into_view_if_needed()
    page.wait_for_function("() => scrollY > 100 && history.state?.scroll === scrollY")
    before = page.evaluate("scrollY")
    last.click()
    expect(page.locator("main dl")).to_be_visible()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.wait_for_function("(before) => Math.abs(scrollY - before) < 2", arg=before)
    page.reload()
    page.wait_for_function("(before) => Math.abs(scrollY - before) < 2", arg=before)


def test_sign_in_of_the_header_opens_sign_in(open_page: Opener) -> None:
    page = open_page()
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="로그인").click()
    expect(page.get_by_role("button", name="로그인").first).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.get_by_label("이름")).to_have_count(0)


def test_korean_names_are_marked_as_korean_in_the_english_page(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page(locale="en-GB")
    concert = new_concert()
    page.goto("/")
    card = page.locator(f'a[href="/concerts/{concert}"]')
    for text in ("첫눈이 오기 전에", "서윤별", "작은숲 소극장, 서울"):
        expect(card.locator("[lang=ko]", has_text=text)).to_have_count(1)


def test_a_ticket_on_paper_has_its_code_and_no_menus(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert())
    choose_seats(page, "3")
    page.locator(".actions button").first.click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.emulate_media(media="print")
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()
    expect(page.get_by_role("banner")).to_be_hidden()
    expect(page.get_by_role("button", name="티켓 인쇄하기")).to_be_hidden()
    page.emulate_media(media="screen")
    expect(page.get_by_role("button", name="티켓 인쇄하기")).to_be_visible()
