"""Trying again does what has failed, with the same contents and the same key, and nothing else."""

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, Request, Route, expect

from e2e.conftest import NewConcert, NewFan, Opener
from e2e.fans import choose_seats, continue_as_guest, enter, hold, list_seats, seat
from e2e.test_waiting_room import LANES, wait_in

AWAY = {"type": "/problems/store-unavailable", "status": 503, "detail": "", "instance": ""}


class Act(NamedTuple):
    """What a fan asks the server to do."""

    method: str
    path: str
    body: str | None
    key: str | None


def fail(page: Page, path: str, method: str) -> list[Act]:
    """The first such call finds the store away; returns all that the page asks to be done."""
    acts: list[Act] = []

    def note(request: Request) -> None:
        if request.method != "GET":
            key = request.headers.get("idempotency-key")
            path = re.sub("^https?://[^/]*", "", request.url)
            acts.append(Act(request.method, path, request.post_data, key))

    def refuse_once(route: Route) -> None:
        if route.request.method != method or len(refused) > 0:
            route.fallback()
            return
        refused.append(route)
        route.fulfill(status=503, json=AWAY)

    refused: list[Route] = []
    page.on("request", note)
    page.route(path, refuse_once)
    return acts


def try_again(page: Page) -> None:
    page.get_by_role("button", name="다시 시도").click()


def expect_twice(acts: list[Act], method: str, path: str) -> None:
    """One act was done twice in the same words."""
    assert [(act.method, re.search(path, act.path) is not None) for act in acts] == [
        (method, True),
        (method, True),
    ]
    assert acts[0] == acts[1]


def test_a_release_that_failed_is_tried_again_and_pays_nothing(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert())
    choose_seats(page, "7")
    acts = fail(page, "**/v1/orders/*", "DELETE")
    page.get_by_role("button", name="좌석 취소").click()
    page.get_by_role("dialog").get_by_role("button", name="취소하기").click()
    try_again(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("좌석을 취소했어요")
    expect_twice(acts, "DELETE", "/v1/orders/")


@pytest.mark.parametrize("failing", ["**/v1/wallet/top-ups", "**/payment"])
def test_a_payment_that_failed_is_tried_again_with_its_own_top_up(
    new_concert: NewConcert, open_page: Opener, failing: str
) -> None:
    page = open_page()
    enter(page, new_concert())
    choose_seats(page, "7")
    acts = fail(page, failing, "POST")
    page.get_by_role("button", name="66,000원 충전하고 결제하기").click()
    try_again(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("예매가 완료됐어요!")
    assert {act.method for act in acts} == {"POST"}
    for kind in ("top-ups$", "payment$"):
        asked = {act for act in acts if re.search(kind, act.path)}
        assert len(asked) == 1, acts
    page.goto("/wallet")
    expect(page.locator(".amount")).to_have_text("0원")


def test_a_top_up_that_failed_is_tried_again_with_its_amount(open_page: Opener) -> None:
    page = open_page()
    page.goto("/wallet")
    continue_as_guest(page)
    acts = fail(page, "**/v1/wallet/top-ups", "POST")
    page.get_by_role("button", name="+50,000원").click()
    expect(page.get_by_role("button", name="다시 시도")).to_be_visible()
    page.get_by_label("다른 금액").fill("9,000")
    try_again(page)
    expect(page.locator(".amount")).to_have_text("50,000원")
    expect_twice(acts, "POST", "top-ups$")


def sign_up(page: Page) -> None:
    page.get_by_label("이름").fill("김예매")
    page.get_by_label("이메일").fill(f"again-{id(page)}@example.invalid")
    page.get_by_label("비밀번호").fill("correct horse")
    page.get_by_role("button", name="회원 가입").last.click()


def sign_in(page: Page) -> None:
    email = f"known-{id(page)}@example.invalid"
    body = {"name": "김예매", "email": email, "password": "correct horse"}
    assert page.request.post("/v1/users", data=body).status == 201
    page.get_by_role("button", name="로그인").first.click()
    page.get_by_label("이메일").fill(email)
    page.get_by_label("비밀번호").fill("correct horse")
    page.get_by_role("button", name="로그인").last.click()


@pytest.mark.parametrize(
    ("act", "path"),
    [(sign_up, "/v1/users$"), (sign_in, "/v1/sessions$")],
    ids=["sign-up", "sign-in"],
)
def test_a_sign_in_that_failed_is_tried_again_with_what_was_typed(
    open_page: Opener, act: Callable[[Page], None], path: str
) -> None:
    page = open_page()
    page.goto("/orders")
    acts = fail(page, f"**{path.rstrip('$')}", "POST")
    act(page)
    try_again(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("예매 내역")
    expect_twice(acts, "POST", path)


def test_continuing_as_a_guest_is_tried_again(open_page: Opener) -> None:
    page = open_page()
    page.goto("/orders")
    acts = fail(page, "**/v1/guests", "POST")
    continue_as_guest(page)
    try_again(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("예매 내역")
    assert [act.path for act in acts] == ["/v1/guests"] * 2


def test_leaving_that_failed_is_tried_again_and_the_place_is_kept_until_then(
    api_fan: NewFan, new_concert: NewConcert, open_page: Opener
) -> None:
    concert = new_concert(active_limit=1)
    api_fan().get_in(concert)
    page = open_page()
    wait_in(page, concert)
    expect(page.locator(".position")).to_have_text("1번째")
    acts = fail(page, "**/v1/queue-tokens/me", "DELETE")
    page.get_by_role("button", name="대기 취소").click()
    page.get_by_role("dialog").get_by_role("button", name="취소하기").click()
    expect(page.get_by_role("button", name="다시 시도")).to_be_visible()
    expect(page.locator(".position")).to_have_text("1번째")
    try_again(page)
    page.wait_for_url(f"**/concerts/{concert}")
    expect_twice(acts, "DELETE", "queue-tokens/me$")


def test_a_hold_that_failed_is_tried_again_with_the_same_seats(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert())
    page.locator("main ul a").first.click()
    list_seats(page)
    seat(page, "3").click()
    # The page asks once more by itself before it says so.
    acts = fail(page, "**/v1/orders", "POST")
    hold(page)
    expect(page.get_by_role("button", name="다시 시도")).to_be_visible()
    # What is chosen meanwhile is another wish.
    seat(page, "5").click()
    try_again(page)
    page.wait_for_url("**/orders/*")
    expect_twice(acts, "POST", "/v1/orders$")
    expect(page.locator("main")).to_contain_text("66,000원")


def test_best_available_that_failed_is_tried_again_with_the_same_wish(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()
    enter(page, new_concert())
    page.locator("main ul a").first.click()
    list_seats(page)
    seat(page, "3").click()
    acts = fail(page, "**/v1/orders", "POST")
    page.get_by_role("button", name=re.compile("^추천 좌석")).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("잡기$")).click()
    try_again(page)
    page.wait_for_url("**/orders/*")
    expect_twice(acts, "POST", "/v1/orders$")
    expect(page.locator("main")).to_contain_text("132,000원")


def test_joining_that_failed_is_tried_again_with_the_same_code(
    api_fan: NewFan, new_concert: NewConcert, open_page: Opener
) -> None:
    concert = new_concert(active_limit=1, queue=LANES)
    api_fan().get_in(concert)
    page = open_page()
    wait_in(page, concert)
    expect(page.locator(".position")).to_have_text("1번째")
    closed = {**AWAY, "type": "/problems/proof-of-work-required", "status": 403}
    page.route("**/challenge", lambda route: route.fulfill(json={}), times=1)
    acts: list[str | None] = []

    def refuse_once(route: Route) -> None:
        acts.append(route.request.post_data)
        if len(acts) == 1:
            route.fulfill(status=403, json=closed)
        else:
            route.continue_()

    page.route("**/queue-tokens", refuse_once)
    page.get_by_text("선예매 코드가 있어요").click()
    page.get_by_label("선예매 코드").fill("SNOW-2026")
    page.get_by_role("button", name="코드로 줄 서기").click()
    try_again(page)
    expect(page.get_by_text("우선 입장 그룹: fanclub")).to_be_visible()
    assert acts == ['{"presale_code":"SNOW-2026"}'] * 2
