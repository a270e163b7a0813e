"""Every state of a card payment, as a fan sees it (`looked_at.py`)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, Opener
from e2e.fans import choose_seats, enter
from e2e.looked_at import BY_CARD, KINDS, LOOKED_AT, LookedAt, in_turn
from e2e.test_journey import run_out
from helpers.server import Server

POLICY = """
[cancellation]
[[cancellation.steps]]
until_days_before = 0
fee_per_ticket = 4000
"""
DECLINES = {
    "거절: 카드사": "카드사가 승인하지 않았어요|bank of the card refused",
    "거절: 잔액 부족": "카드의 잔액이 모자라요|not enough money",
    "거절: 한도 초과": "카드 한도를 넘었어요|limit of the card",
    "그만두기": "결제를 그만뒀어요|You left the payment",
}


@pytest.fixture(params=LOOKED_AT)
def fan(
    request: pytest.FixtureRequest,
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
) -> LookedAt:
    """A fan with a held seat."""
    page = open_page(**KINDS[request.param])
    page.clock.install()
    enter(page, new_concert(more=POLICY))
    choose_seats(page, "7")
    return LookedAt(page, accessible, request.param)


def test_a_fan_pays_by_card_and_cancels_with_a_fee(fan: LookedAt) -> None:
    page = fan.page
    fan.sees("1-choice", page.get_by_role("button", name=BY_CARD))
    expect(fan.text("데모|Demo")).to_be_visible()
    fan.leaves_for_the_bank()
    fan.sees("2-bank", fan.text("No real money"))
    fan.presses("결제 ·")
    fan.sees("5-receipt", fan.text("예매가 완료됐어요|You're going"))
    get_back = fan.asks_to_cancel("62,000")
    fan.sees("6-fee", fan.text("4,000"))
    fan.cancels(get_back, "62,000")
    fan.sees("7-refund", fan.text("취소된 예매예요|This order was cancelled"))
    # The money goes back to the card, and nothing says that it is in the balance.
    expect(fan.text("결제한 카드로|to your card")).to_be_visible()
    expect(page.get_by_role("main").get_by_text(re.compile("잔액|balance"))).to_have_count(0)


def test_a_declined_payment_says_why(fan: LookedAt) -> None:
    for number, (button, said) in enumerate(DECLINES.items()):
        fan.leaves_for_the_bank()
        fan.presses(button)
        fan.sees(f"3-declined-{number}", fan.text(said))


def test_a_payment_in_doubt_settles_by_itself(fan: LookedAt) -> None:
    fan.leaves_for_the_bank()
    fan.presses("결제되지만 응답 없음")
    fan.sees("4-in-doubt", fan.text("확인하고 있어요|being confirmed"))
    expect(fan.page.get_by_role("article")).to_have_count(1)


@pytest.mark.parametrize(
    ("fan", "answer"),
    in_turn(
        ("결제되지만 오류 응답", "lost-answer"),
        ("처리 중이라고 먼저 응답", "late"),
        ("두 번 알림", "twice"),
    ),
    indirect=["fan"],
)
def test_a_payment_is_made_once_however_the_bank_answers(
    fan: LookedAt, answer: tuple[str, str]
) -> None:
    button, state = answer
    fan.leaves_for_the_bank()
    fan.presses(button)
    fan.sees(f"9-{state}", fan.text("예매가 완료됐어요|You're going"))
    fan.page.goto("/wallet")
    # What came from the card, and what the order took.
    expect(fan.page.locator("section li")).to_have_count(2)


def test_an_expired_order_says_that_nothing_was_charged(fan: LookedAt, server: Server) -> None:
    page = fan.page
    run_out(server, page.url.rsplit("/", 1)[1])
    page.clock.fast_forward(server.settings.sale.hold_ttl_s * 1000)
    fan.sees("8-expired", fan.text("결제된 금액은 없어요|You weren't charged"))
