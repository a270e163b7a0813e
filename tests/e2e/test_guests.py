"""A guest's tickets and place are never lost without a question, and an ended session is said."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from e2e.conftest import NewConcert, NewFan, Opener
from e2e.fans import choose_seats, continue_as_guest, enter
from e2e.test_waiting_room import wait_in

PAY = re.compile("결제하기$")


def session(page: Page) -> dict[str, object]:
    """Who the page says that the fan is."""
    kept: dict[str, object] = json.loads(page.evaluate("localStorage.getItem('yemae:session')"))
    return kept


def fill_sign_up(page: Page, email: str) -> None:
    page.get_by_label("이름").fill("김예매")
    page.get_by_label("이메일").fill(email)
    page.get_by_label("비밀번호").fill("correct horse")
    page.get_by_role("button", name="회원 가입").last.click()


def test_a_guest_with_tickets_is_asked_before_an_account_takes_their_place(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = open_page()
    concert = new_concert()
    enter(page, concert)
    choose_seats(page, "3", "4")
    page.get_by_role("button", name=PAY).click()
    expect(page.get_by_role("article")).to_have_count(2)
    guest = session(page)["userId"]
    page.goto("/sign-in?next=/tickets")
    expect(page.get_by_text(re.compile("지금 이용 중: 비회원"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("비회원으로 예매하기"))).to_have_count(0)
    accessible(page)
    fill_sign_up(page, f"{concert}@example.invalid")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("티켓 2매")
    accessible(page)
    dialog.get_by_role("button", name="취소").click()
    assert session(page)["userId"] == guest
    page.get_by_role("button", name=re.compile("계속 이용하기$")).click()
    expect(page.get_by_role("article")).to_have_count(2)
    page.goto("/sign-in?next=/tickets")
    fill_sign_up(page, f"{concert}@example.invalid")
    dialog.get_by_role("button", name="계정으로 옮기기").click()
    expect(page.get_by_role("button", name="내 계정: 김예매")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(2)
    account = session(page)
    assert (account["userId"] != guest, account["guest"]) == (True, None)


def test_a_guest_who_holds_seats_reads_what_to_do_first_and_can_be_left_behind(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = open_page(locale="en-US", color_scheme="dark")
    concert = new_concert()
    enter(page, concert)
    choose_seats(page, "3", "4")
    guest = session(page)["userId"]
    page.goto("/sign-in?next=/orders")
    page.get_by_label("Name").fill("Ann")
    page.get_by_label("Email").fill(f"{concert}@example.invalid")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign up").last.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 held seats")
    dialog.get_by_role("button", name="Move to my account").click()
    expect(dialog).to_contain_text("Pay for them or release them first")
    accessible(page)
    assert session(page)["userId"] == guest
    dialog.get_by_role("button", name="Cancel").click()
    # The account is there by now.
    page.get_by_role("group").get_by_role("button", name="Sign in").click()
    page.locator("form").get_by_role("button", name="Sign in").click()
    dialog.get_by_role("button", name="Leave it behind").click()
    expect(page.get_by_role("button", name="My account: Ann")).to_be_visible()


def test_a_place_in_the_line_goes_along_into_the_account(
    api_fan: NewFan, new_concert: NewConcert, open_page: Opener
) -> None:
    concert = new_concert(active_limit=1)
    api_fan().get_in(concert)
    page = open_page()
    wait_in(page, concert)
    expect(page.locator(".position")).to_have_text("1번째")
    page.goto(f"/sign-in?next=/concerts/{concert}/queue")
    fill_sign_up(page, f"{concert}@example.invalid")
    page.get_by_role("dialog").get_by_role("button", name="계정으로 옮기기").click()
    expect(page.locator(".position")).to_have_text("1번째")
    assert session(page)["guest"] is None


def test_a_guest_with_a_place_is_asked_and_one_with_nothing_is_not(
    api_fan: NewFan, new_concert: NewConcert, open_page: Opener
) -> None:
    concert = new_concert(active_limit=1)
    api_fan().get_in(concert)
    page = open_page()
    wait_in(page, concert)
    expect(page.locator(".position")).to_have_text("1번째")
    page.goto("/")
    page.get_by_role("button", name=re.compile("^내 계정")).click()
    page.get_by_role("button", name="로그아웃").click()
    expect(page.get_by_role("dialog")).to_contain_text("공연 1개의 순번")
    page.get_by_role("dialog").get_by_role("button", name="그대로 두기").click()

    other = open_page()
    other.goto("/sign-in")
    continue_as_guest(other)
    other.goto("/sign-in")
    fill_sign_up(other, f"{concert}-b@example.invalid")
    expect(other.get_by_role("button", name="내 계정: 김예매")).to_be_visible()


def test_a_guest_is_kept_when_the_server_cannot_renew_the_token(
    open_page: Opener,
) -> None:
    page = open_page()
    page.goto("/orders")
    continue_as_guest(page)
    expect(page.get_by_text("아직 예매한 내역이 없어요")).to_be_visible()
    guest = session(page)
    worn = {**guest, "accessToken": "gone"}
    page.evaluate("(text) => localStorage.setItem('yemae:session', text)", json.dumps(worn))
    page.route("**/v1/guests/sessions", lambda route: route.abort("internetdisconnected"))
    page.reload()
    expect(page.get_by_text("서버에 연결할 수 없어요")).to_be_visible()
    assert session(page)["guest"] == guest["guest"]
    page.unroute_all()
    page.get_by_role("button", name="다시 시도").click()
    expect(page.get_by_text("아직 예매한 내역이 없어요")).to_be_visible()
    assert session(page)["userId"] == guest["userId"]


def test_an_account_whose_session_has_ended_reads_so_and_goes_on_where_it_was(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    email = f"{new_concert()}@example.invalid"
    page = open_page()
    page.goto("/orders")
    fill_sign_up(page, email)
    expect(page.get_by_text("아직 예매한 내역이 없어요")).to_be_visible()
    worn = {**session(page), "accessToken": "gone"}
    page.evaluate("(text) => localStorage.setItem('yemae:session', text)", json.dumps(worn))
    page.reload()
    expect(page.get_by_text("로그인 시간이 끝났어요")).to_be_visible()
    expect(page.get_by_label("이메일")).to_have_value(email)
    expect(page.get_by_label("이름")).to_have_count(0)
    accessible(page)
    page.get_by_label("비밀번호").fill("correct horse")
    page.get_by_role("button", name="로그인").last.click()
    expect(page.get_by_text("아직 예매한 내역이 없어요")).to_be_visible()


def test_two_tabs_that_continue_as_a_guest_are_one_guest(open_page: Opener) -> None:
    page = open_page()
    page.goto("/sign-in")
    second = open_page(like=page)
    second.goto("/sign-in")
    made: list[str] = []

    def count(route: Route) -> None:
        made.append(route.request.url)
        route.continue_()

    page.context.route("**/v1/guests", count)
    continue_as_guest(page)
    page.wait_for_url("**/")
    guest = session(page)["userId"]
    second.get_by_role("button", name=re.compile("비회원으로 예매하기|계속 이용하기")).click()
    second.wait_for_url("**/")
    assert session(second)["userId"] == guest
    assert len(made) == 1
