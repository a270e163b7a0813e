"""What a fan has done stays done once, though the answer was lost, the page was reloaded or
another tab was faster."""

import re
from collections.abc import Callable
from email.utils import formatdate

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.conftest import NewConcert, Opener
from e2e.fans import choose_seats, continue_as_guest, enter

PAY = re.compile("결제하기$")


def lose_answers(page: Page, path: str, times: int) -> None:
    """The server does what it is asked, and this many answers never arrive."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("internetdisconnected")

    page.route(path, lose, times=times)


def forget_answer(page: Page, path: str) -> None:
    """The server does what it is asked once, and its store is away before it can say so."""
    problem = {"type": "/problems/store-unavailable", "status": 503, "detail": ""}

    def forget(route: Route) -> None:
        route.fetch()
        route.fulfill(status=503, json=problem)

    page.route(path, forget, times=1)


def expect_movements(page: Page, balance: str, count: int) -> None:
    """The wallet has this balance after this many movements."""
    page.goto("/wallet")
    expect(page.locator(".amount")).to_have_text(balance)
    expect(page.locator("section li")).to_have_count(count)


@pytest.mark.parametrize(
    "trouble",
    [
        lambda page: lose_answers(page, "**/v1/orders", 2),
        lambda page: forget_answer(page, "**/v1/orders"),
    ],
    ids=["lost twice", "503"],
)
def test_a_hold_whose_answer_was_lost_is_the_fan_s_and_there_once(
    new_concert: NewConcert, open_page: Opener, trouble: Callable[[Page], None]
) -> None:
    page = open_page()
    enter(page, new_concert())
    page.locator("main ul a").first.click()
    trouble(page)
    page.get_by_role("button", name="자동 배정").click()
    page.get_by_role("dialog").get_by_role("button", name="잡기").click()
    # The notice is not behind the dialog, and what it offers asks for the same hold again.
    page.get_by_role("button", name="다시 시도").click()
    page.wait_for_url("**/orders/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("예매 내용을 확인해 주세요")
    page.goto("/orders")
    expect(page.locator("main .card")).to_have_count(1)


def test_a_hold_that_expired_before_its_answer_came_is_made_again(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert())
    page.locator("main ul a").first.click()

    def lose_and_release(route: Route) -> None:
        order = route.fetch().json()
        address = f"{route.request.url}/{order['id']}"
        page.request.delete(address, headers=route.request.headers)
        route.abort("internetdisconnected")

    page.route("**/v1/orders", lose_and_release, times=2)
    page.get_by_role("button", name="자동 배정").click()
    page.get_by_role("dialog").get_by_role("button", name="잡기").click()
    page.get_by_role("button", name="다시 시도").click()
    page.wait_for_url("**/orders/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("예매 내용을 확인해 주세요")


def test_a_payment_whose_answer_was_lost_tops_up_once(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert())
    choose_seats(page, "3")
    lose_answers(page, "**/payment", 1)
    # The balance before is all that the page knows when the fan tries again.
    expect(page.get_by_role("button", name=PAY)).to_be_enabled()
    page.route("**/v1/wallet", lambda route: route.abort("internetdisconnected"))
    page.route("**/v1/orders/*", lambda route: route.abort("internetdisconnected"))
    page.get_by_role("button", name=PAY).click()
    expect(page.get_by_text("서버에 연결할 수 없어요")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name=PAY).click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect_movements(page, "0원", 2)


def test_an_order_that_another_tab_has_paid_is_shown_as_paid(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert())
    choose_seats(page, "3")
    other = open_page(like=page)
    other.goto(page.url)
    for tab in (other, page):
        tab.get_by_role("button", name=PAY).click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("예매가 완료됐어요!")
        expect(tab.get_by_role("alert")).to_have_count(0)
    expect_movements(page, "0원", 2)


def test_a_plan_that_the_browser_has_kept_does_not_set_the_clock(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()

    def old(route: Route) -> None:
        answer = route.fetch()
        date = formatdate(0, usegmt=True)
        route.fulfill(response=answer, headers={**answer.headers, "date": date})

    page.route("**/plan?*", old)
    enter(page, new_concert())
    page.locator("main ul a").first.click()
    expect(page.locator("canvas")).to_be_visible()
    expect(page.locator(".steps time")).to_have_text(re.compile(r"^(10|\d):\d\d$"))


def test_signing_in_leads_to_no_other_host(open_page: Opener) -> None:
    page = open_page()
    page.goto("/sign-in?next=//orders")
    continue_as_guest(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("예매 내역")
