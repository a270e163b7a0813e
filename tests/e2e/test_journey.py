"""From the list of concerts to the ticket, in a real browser, on a phone and on a desktop."""

import json
import re
from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import DESKTOP, PHONE, NewConcert, Opener
from e2e.fans import choose_seats, continue_as_guest, enter, list_seats, seat
from e2e.scanner import scan
from helpers.server import Server
from yemae.orders.ticket_code import Ticket

ENGLISH = {"locale": "en-GB", "color_scheme": "dark", "viewport": DESKTOP}
KOREAN = {"locale": "ko-KR", "color_scheme": "light", "viewport": PHONE, "has_touch": True}


@pytest.mark.parametrize("kind", [KOREAN, ENGLISH], ids=["phone", "desktop"])
def test_a_newcomer_gets_from_the_concerts_to_a_ticket(
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
    kind: dict[str, object],
) -> None:
    concert = new_concert()
    page = open_page(**kind)
    page.goto("/")
    expect(page.locator(f'a[href="/concerts/{concert}"]')).to_be_visible()
    accessible(page)
    page.locator(f'a[href="/concerts/{concert}"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("첫눈이 오기 전에")
    accessible(page)
    page.get_by_role("link", name=re.compile("^(예매하기|Get tickets)$")).click()
    accessible(page)
    continue_as_guest(page)
    page.wait_for_url("**/dates")
    accessible(page)
    choose_seats(page, "3", "4")
    expect(page.locator("time")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name=re.compile("132,000(원 충전하고 결제하기| and pay)")).click()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_role("article").first).to_contain_text(
        re.compile("A열 3번 R석|row A, seat 3 R")
    )
    accessible(page)
    order = UUID(page.url.rsplit("/", 1)[1])
    page.goto("/tickets")
    expect(page.get_by_role("article")).to_have_count(2)
    accessible(page)
    for number, ticket in zip(("3", "4"), page.get_by_role("article").all(), strict=True):
        assert scan(ticket.locator("svg")) == Ticket(order, f"{concert}-1", number)
    show_at_the_door(page, accessible)
    page.goto("/orders")
    expect(page.locator(".status")).to_have_text(re.compile("결제 완료|Paid"))
    accessible(page)


def show_at_the_door(page: Page, accessible: Callable[[Page], None]) -> None:
    """A tap makes the code as large as the screen allows; closing it leads back."""
    enlarge = page.get_by_role("button", name=re.compile("(3번 .*크게 보기|Enlarge.*seat 3)"))
    enlarge.click()
    large = page.get_by_role("dialog").get_by_role("img")
    assert scan(large).seat == "3"
    (shown, usual) = (large.bounding_box(), enlarge.bounding_box())
    assert shown is not None
    assert usual is not None
    assert shown["width"] > usual["width"]
    accessible(page)
    page.get_by_role("button", name=re.compile("^(닫기|Close)$")).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    enlarge.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_fan_tops_up_the_wallet_and_then_pays(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert()
    page = open_page()
    enter(page, concert)
    page.goto("/wallet")
    page.get_by_role("button", name="+100,000원").click()
    expect(page.locator(".amount")).to_have_text("100,000원")
    # What is unclear can't be sent; what is clear is shown back before it is.
    page.get_by_label("다른 금액").fill("12,345.5")
    expect(page.get_by_text("금액을 알아볼 수 없어요.")).to_be_visible()
    expect(page.get_by_role("button", name="충전하기", exact=True)).to_be_disabled()
    page.get_by_label("다른 금액").fill("5,000")
    page.get_by_role("button", name="5,000원 충전하기", exact=True).click()
    expect(page.locator(".amount")).to_have_text("105,000원")
    accessible(page)
    page.goto(f"/concerts/{concert}/dates")
    choose_seats(page, "1")
    page.get_by_role("button", name="66,000원 결제하기", exact=True).click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.goto("/wallet")
    expect(page.locator(".amount")).to_have_text("39,000원")
    expect(page.locator("section li")).to_have_count(3)


def test_an_account_can_be_made_and_used_again(
    open_page: Opener, server: Server, accessible: Callable[[Page], None]
) -> None:
    email = f"fan-{server.port}@example.invalid"
    page = open_page()
    page.goto("/tickets")
    page.get_by_label("이름").fill("김예매")
    page.get_by_label("이메일").fill(email)
    page.get_by_label("비밀번호").fill("correct horse")
    page.get_by_role("button", name="회원 가입").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("내 티켓")
    page.get_by_role("button", name="내 계정: 김예매").click()
    page.get_by_role("button", name="로그아웃", exact=True).click()
    page.goto("/sign-in?next=/orders")
    page.get_by_role("button", name="로그인").first.click()
    page.get_by_label("이메일").fill(email)
    page.get_by_label("비밀번호").fill("wrong horse")
    page.get_by_role("button", name="로그인").last.click()
    expect(page.get_by_text("이메일이나 비밀번호가 맞지 않아요")).to_be_visible()
    accessible(page)
    page.get_by_label("비밀번호").fill("correct horse")
    page.get_by_role("button", name="로그인").last.click()
    page.wait_for_url("**/orders")


def test_seats_can_be_given_back(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = open_page()
    enter(page, new_concert())
    choose_seats(page, "7")
    page.get_by_role("button", name="좌석 취소").click()
    accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="취소하기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("좌석을 취소했어요")
    accessible(page)
    page.get_by_role("link", name="좌석 다시 고르기").click()
    list_seats(page)
    expect(seat(page, "7")).to_be_enabled()


def test_a_hold_that_runs_out_is_said_and_leads_back_to_the_seats(
    server: Server,
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
) -> None:
    page = open_page()
    page.clock.install()
    enter(page, new_concert())
    choose_seats(page, "5")
    expect(page.locator("time")).to_be_visible()
    run_out(server, page.url.rsplit("/", 1)[1])
    # The server has reached the end of the hold; now the page does as well.
    expect(page.get_by_role("heading", level=1)).to_have_text("예매 내용을 확인해 주세요")
    page.clock.fast_forward(server.settings.sale.hold_ttl_s * 1000)
    expect(page.get_by_role("heading", level=1)).to_have_text("좌석을 잡아 둔 시간이 지났어요")
    expect(page.get_by_text("결제된 금액은 없어요.")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="좌석 다시 고르기").click()
    list_seats(page)
    expect(seat(page, "5")).to_be_enabled()


def run_out(server: Server, order: str) -> None:
    """Let a hold be old."""
    with psycopg.connect(server.settings.stores.database_url) as connection:
        connection.execute("update orders set expires_at = now() where id = %s", [order])
        connection.execute("update seats set held_until = now() where order_id = %s", [order])


def test_the_language_is_switched_and_stays(open_page: Opener) -> None:
    page = open_page(locale="de-DE")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.get_by_role("heading", level=1)).to_have_text("지금 예매할 수 있는 공연")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page).to_have_title("지금 예매할 수 있는 공연 · Yemae")


def test_what_is_not_there_is_said_in_the_fan_s_words(
    open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = open_page()
    page.goto("/concerts/nothing")
    expect(page.get_by_text("찾으시는 공연이 없어요")).to_be_visible()
    accessible(page)
    page.goto("/orders")
    continue_as_guest(page)
    expect(page.get_by_text("아직 예매한 내역이 없어요")).to_be_visible()
    accessible(page)
    page.evaluate("history.pushState(null, '', '/nowhere/at/all')")
    page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    expect(page.get_by_role("heading", level=1)).to_have_text("찾으시는 화면이 없어요")
    accessible(page)


def test_a_guest_whose_token_ran_out_goes_on(open_page: Opener) -> None:
    page = open_page()
    page.goto("/orders")
    continue_as_guest(page)
    expect(page.get_by_text("아직 예매한 내역이 없어요")).to_be_visible()
    kept = json.loads(page.evaluate("localStorage.getItem('yemae:session')"))
    kept["accessToken"] = "gone"
    page.evaluate("(text) => localStorage.setItem('yemae:session', text)", json.dumps(kept))
    page.reload()
    expect(page.get_by_text("아직 예매한 내역이 없어요")).to_be_visible()


def test_a_concert_that_has_begun_is_not_offered(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert(starts_at="2026-02-01T20:00:00+09:00")
    page = open_page()
    page.goto(f"/concerts/{concert}")
    expect(page.get_by_text("예매가 끝났어요", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="예매하기")).to_have_count(0)
    accessible(page)


def test_a_concert_whose_queue_is_closed_has_no_button(
    new_concert: NewConcert, open_page: Opener
) -> None:
    concert = new_concert(queue='queueing_method = "reject"')
    page = open_page()
    page.goto(f"/concerts/{concert}")
    expect(page.locator("main .state")).to_have_text("대기 마감")
    expect(page.get_by_role("link", name="예매하기")).to_have_count(0)
