"""The account page: name, password, data and deletion, on both sizes and in both languages."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import DESKTOP, PHONE, NewConcert, Opener
from e2e.fans import choose_seats, continue_as_guest, enter

OLD, NEW = "correct horse", "battery staple"


def sign_up(page: Page, email: str) -> None:
    """A new account, on the page that it is about."""
    page.goto("/sign-in?next=/account")
    fields = page.locator("form input")
    for number, text in enumerate(("Kim", email, OLD)):
        fields.nth(number).fill(text)
    page.locator("form button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("내 계정|My account"))


def part(page: Page, name: str) -> Locator:
    """A card of the page, by its heading."""
    heading = page.get_by_role("heading", name=re.compile(name))
    return page.locator("section").filter(has=heading)


@pytest.mark.parametrize(
    ("locale", "viewport", "scheme"),
    [("ko-KR", PHONE, "dark"), ("en-US", DESKTOP, "light"), ("en-US", PHONE, "light")],
)
def test_an_account_is_renamed_gets_another_password_and_is_deleted(
    open_page: Opener,
    accessible: Callable[[Page], None],
    locale: str,
    viewport: dict[str, int],
    scheme: str,
) -> None:
    page = open_page(locale=locale, viewport=viewport, color_scheme=scheme)
    email = f"account-{locale}-{viewport['width']}@example.com".lower()
    sign_up(page, email)
    expect(page.get_by_text(email)).to_be_visible()
    accessible(page)
    name = part(page, "이름과 이메일|Name and email")
    name.locator("input").fill("Lee")
    name.locator("button[type=submit]").click()
    expect(page.get_by_role("button", name=re.compile("(내 계정|My account): Lee"))).to_be_visible()
    secret = part(page, "^(비밀번호|Password)$")
    for number, text in enumerate((OLD, NEW)):
        secret.locator("input").nth(number).fill(text)
    secret.locator("button[type=submit]").click()
    expect(page.get_by_text(re.compile("비밀번호를 바꿨어요|password is changed"))).to_be_visible()
    with page.expect_download() as saved:
        part(page, "내 데이터|My data").get_by_role("button").click()
    assert json.loads(saved.value.path().read_text("utf-8"))["user"]["email"] == email
    gone = part(page, "계정 삭제|Delete my account")
    gone.locator("input").fill(NEW)
    gone.locator("button[type=submit]").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    accessible(page)
    dialog.get_by_role("button", name=re.compile("계정 삭제|Delete my account")).click()
    expect(page.get_by_role("link", name=re.compile("로그인|Sign in"))).to_be_visible()
    answer = page.request.post("/v1/sessions", data={"email": email, "password": NEW})
    assert answer.status == 401


def test_what_stands_in_the_way_of_a_deletion_is_said_and_a_guest_can_move(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = open_page()
    enter(page, new_concert())
    choose_seats(page, "3")
    page.goto("/")
    page.get_by_role("button", name=re.compile("^내 계정")).click()
    page.get_by_role("link", name="내 계정").click()
    expect(page.get_by_text("비회원으로 이용 중이에요").last).to_be_visible()
    accessible(page)
    gone = part(page, "비회원 기록 삭제")
    gone.locator("button[type=submit]").click()
    page.get_by_role("dialog").get_by_role("button", name="비회원 기록 삭제").click()
    expect(page.get_by_text("결제를 기다리는 좌석이나 앞으로의 티켓이 있어요")).to_be_visible()


def test_a_guest_without_anything_goes_at_once(open_page: Opener) -> None:
    page = open_page()
    page.goto("/account")
    continue_as_guest(page)
    part(page, "비회원 기록 삭제").locator("button[type=submit]").click()
    page.get_by_role("dialog").get_by_role("button", name="비회원 기록 삭제").click()
    expect(page.get_by_role("link", name="로그인")).to_be_visible()
