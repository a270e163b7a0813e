"""Tickets are shown whole, without a network too, and numbers change in a translated page."""

import re

from playwright.sync_api import Page, Route, expect

from e2e.conftest import NewConcert, NewFan, NewRival, Opener
from e2e.fans import ApiFan, choose_seats, enter
from e2e.scanner import scan
from e2e.test_own_seats import foot
from e2e.test_seat_map import open_map
from e2e.test_trying_again import fail
from e2e.test_waiting_room import wait_in

KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('yemae:tickets:')).length"
# What a translator does to all texts that it may touch.
TRANSLATE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    if (!text.data.trim() || text.parentElement.closest('[translate="no"]')) continue;
    const font = document.createElement("font");
    font.textContent = text.data;
    text.replaceWith(font);
  }
}"""


def buy(page: Page, concert: str) -> None:
    """One ticket, for seat 3."""
    enter(page, concert)
    choose_seats(page, "3")
    page.locator(".actions button").first.click()
    expect(page.get_by_role("article")).to_have_count(1)


def test_tickets_are_shown_without_a_network(new_concert: NewConcert, open_page: Opener) -> None:
    page = open_page()
    buy(page, new_concert())
    page.get_by_role("link", name="내 티켓").first.click()
    page.wait_for_url("**/tickets")
    expect(page.get_by_role("article")).to_have_count(1)
    page.wait_for_function(f"() => {KEPT} === 1")
    page.context.set_offline(True)
    page.get_by_role("link", name="Yemae").first.click()
    page.wait_for_url(lambda url: not url.endswith("/tickets"))
    page.get_by_role("link", name="내 티켓").first.click()
    expect(page.locator("main")).to_contain_text(re.compile("오프라인이에요.*저장한 티켓"))
    assert scan(page.get_by_role("article").locator("svg")).seat == "3"
    page.context.set_offline(False)
    expect(page.locator("main")).not_to_contain_text("오프라인이에요")
    # A reload that still gets the page, but no answer to its calls.
    page.route("**/v1/**", lambda route: route.abort("internetdisconnected"))
    page.reload()
    expect(page.locator("main")).to_contain_text("오프라인이에요")
    expect(page.get_by_role("article")).to_have_count(1)


def test_signing_out_removes_the_kept_tickets(new_concert: NewConcert, open_page: Opener) -> None:
    page = open_page()
    buy(page, new_concert())
    page.goto("/tickets")
    page.wait_for_function(f"() => {KEPT} === 1")
    page.get_by_role("button", name=re.compile("^내 계정")).click()
    page.get_by_role("button", name="로그아웃").click()
    page.get_by_role("dialog").get_by_role("button", name="로그아웃").click()
    expect(page.get_by_role("link", name="로그인")).to_be_visible()
    assert page.evaluate(KEPT) == 0


def test_a_ticket_behind_pages_of_released_holds_is_shown(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    concert = new_concert()
    buy(page, concert)
    for number in ("5", "6"):
        page.goto(f"/concerts/{concert}/queue")
        page.wait_for_url("**/dates")
        choose_seats(page, number)
        page.get_by_role("button", name="좌석 취소").click()
        page.get_by_role("dialog").get_by_role("button", name="취소하기").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("좌석을 취소했어요")

    def one_a_page(route: Route) -> None:
        route.continue_(url=re.sub(r"limit=\d+", "limit=1", route.request.url))

    page.route("**/v1/orders?*", one_a_page)
    page.goto("/tickets")
    expect(page.get_by_role("article")).to_have_count(1)


def second_in_line(concert: str, api_fan: NewFan, open_page: Opener) -> tuple[Page, ApiFan]:
    """The page of a fan whose concert is full, and the fan ahead of them."""
    api_fan().get_in(concert)
    ahead = api_fan()
    ahead.join(concert)
    page = open_page()
    wait_in(page, concert)
    expect(page.locator(".position")).to_have_text("2번째")
    return page, ahead


def test_the_place_goes_on_changing_in_a_translated_page(
    api_fan: NewFan, new_concert: NewConcert, open_page: Opener
) -> None:
    page, ahead = second_in_line(new_concert(active_limit=1), api_fan, open_page)
    before = page.locator(".ahead").inner_text()
    page.evaluate(TRANSLATE)
    ahead.leave()
    expect(page.locator(".position")).to_have_text("1번째")
    expect(page.locator(".ahead")).not_to_have_text(before)


def test_the_balance_goes_on_changing_in_a_translated_page(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert())
    page.goto("/wallet")
    expect(page.locator(".amount")).to_have_text("0원")
    page.evaluate(TRANSLATE)
    page.get_by_role("button", name="+100,000원").click()
    expect(page.locator(".amount")).to_have_text("100,000원")


def test_the_strip_goes_on_changing_in_a_translated_page(
    api_fan: NewFan, new_concert: NewConcert, open_page: Opener
) -> None:
    page, ahead = second_in_line(new_concert(active_limit=1), api_fan, open_page)
    page.goto("/wallet")
    expect(foot(page)).to_contain_text("2번째")
    page.evaluate(TRANSLATE)
    ahead.leave()
    expect(foot(page)).to_contain_text("1번째")
    expect(foot(page)).not_to_contain_text("2번째")


def test_the_people_who_wait_go_on_changing_in_a_translated_page(
    api_fan: NewFan, new_concert: NewConcert, open_page: Opener
) -> None:
    concert = new_concert(active_limit=1)
    api_fan().get_in(concert)
    page = open_page()
    page.goto(f"/concerts/{concert}")
    expect(page.locator(".way-in")).to_contain_text("지금은 기다리는 사람이 없어요")
    page.evaluate(TRANSLATE)
    api_fan().join(concert)
    expect(page.locator(".way-in")).to_contain_text("지금 1명이 기다리고 있어요")
    expect(page.locator(".way-in")).not_to_contain_text("사람이 없어요")


def test_the_seats_left_go_on_changing_in_a_translated_page(
    new_concert: NewConcert, open_page: Opener, new_rival: NewRival
) -> None:
    concert = new_concert()
    page = open_page()
    open_map(page, concert)
    grades = page.get_by_role("group", name="등급별 가격과 남은 좌석")
    expect(grades).to_contain_text("10석")
    page.evaluate(TRANSLATE)
    new_rival(concert).hold("8", "9")
    expect(grades).to_contain_text("8석")
    expect(grades).not_to_contain_text("10석")


def test_order_sheet_pay_button_and_heading_go_on_changing_in_a_translated_page(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert())
    choose_seats(page, "3")
    pay = page.locator(".actions button").first
    expect(pay).to_have_text("66,000원 충전하고 결제하기")
    page.evaluate(TRANSLATE)
    # The top-up is made, the payment is not.
    fail(page, "**/payment", "POST")
    pay.click()
    expect(pay).to_have_text("66,000원 결제하기")
    expect(page.locator("main dl")).not_to_contain_text("부족")
    page.evaluate(TRANSLATE)
    pay.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("예매가 완료됐어요!")
