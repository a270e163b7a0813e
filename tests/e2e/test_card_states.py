"""Every state of a card payment, as a fan sees it: on a phone and on a desktop, in both languages,
in light and dark. `YEMAE_PICTURES` names a folder for a picture of each.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import DESKTOP, PHONE, NewConcert, Opener
from e2e.fans import choose_seats, enter
from e2e.test_journey import run_out
from helpers.server import Server

KINDS: dict[str, dict[str, Any]] = {
    "phone-ko-dark": {
        "locale": "ko-KR", "color_scheme": "dark", "viewport": PHONE, "has_touch": True
    },
    "phone-en-light": {
        "locale": "en-GB", "color_scheme": "light", "viewport": PHONE, "has_touch": True
    },
    "desktop-ko-dark": {"locale": "ko-KR", "color_scheme": "dark", "viewport": DESKTOP},
    "desktop-en-light": {"locale": "en-GB", "color_scheme": "light", "viewport": DESKTOP},
}  # fmt: skip
# In the suite: both sizes, languages and colours, each once.
USUAL_KINDS = ("phone-ko-dark", "desktop-en-light")
POLICY = """
[cancellation]
[[cancellation.steps]]
until_days_before = 0
fee_per_ticket = 4000
"""
BY_CARD = re.compile("카드로 결제$|by card$")
DECLINES = {
    "거절: 카드사": "카드사가 승인하지 않았어요|bank of the card refused",
    "거절: 잔액 부족": "카드의 잔액이 모자라요|not enough money",
    "거절: 한도 초과": "카드 한도를 넘었어요|limit of the card",
    "그만두기": "결제를 그만뒀어요|You left the payment",
}


class Fan:
    """A fan whose pages are looked at."""

    def __init__(self, page: Page, accessible: Callable[[Page], None], kind: str) -> None:
        self.page = page
        self._accessible = accessible
        self._kind = kind

    def sees(self, state: str, there: Locator) -> None:
        """What says the state is there, and the page is accessible in light and dark."""
        expect(there).to_be_visible()
        if folder := os.environ.get("YEMAE_PICTURES"):
            path = Path(folder) / f"{state}-{self._kind}.png"
            self.page.screenshot(path=path, full_page=True)
        self._accessible(self.page)

    def leaves_for_the_bank(self) -> None:
        """Choose to pay by card."""
        self.page.get_by_role("button", name=BY_CARD).click()
        self.page.wait_for_url("**/test-bank/pay/*")

    def presses(self, beginning: str) -> None:
        """Press a button of the bank's page, and come back."""
        self.page.get_by_role("button", name=re.compile(f"^{beginning}")).click()
        self.page.wait_for_url("**/orders/*")

    def text(self, pattern: str) -> Locator:
        """Something that is said in either language."""
        return self.page.get_by_text(re.compile(pattern)).first


@pytest.fixture(params=KINDS if os.environ.get("YEMAE_PICTURES") else USUAL_KINDS)
def fan(
    request: pytest.FixtureRequest,
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
) -> Fan:
    """A fan with a held seat."""
    page = open_page(**KINDS[request.param])
    page.clock.install()
    enter(page, new_concert(more=POLICY))
    choose_seats(page, "7")
    return Fan(page, accessible, request.param)


def test_a_fan_pays_by_card_and_cancels_with_a_fee(fan: Fan) -> None:
    page = fan.page
    fan.sees("1-choice", page.get_by_role("button", name=BY_CARD))
    expect(fan.text("데모|Demo")).to_be_visible()
    fan.leaves_for_the_bank()
    fan.sees("2-bank", fan.text("No real money"))
    fan.presses("결제 ·")
    fan.sees("5-receipt", fan.text("예매가 완료됐어요|You're going"))
    page.get_by_role("button", name=re.compile("^(예매 취소|Cancel booking)$")).click()
    get_back = page.get_by_role("button", name=re.compile("62,000"))
    expect(get_back).to_be_enabled()
    fan.sees("6-fee", fan.text("4,000"))
    get_back.click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("62,000")).click()
    fan.sees("7-refund", fan.text("취소된 예매예요|This order was cancelled"))
    expect(page.get_by_role("listitem").filter(has_text="62,000")).to_have_count(1)
    # The money goes back to the card, and nothing says that it is in the balance.
    expect(fan.text("결제한 카드로|to your card")).to_be_visible()
    expect(page.get_by_role("main").get_by_text(re.compile("잔액|balance"))).to_have_count(0)


def test_a_declined_payment_says_why(fan: Fan) -> None:
    for number, (button, said) in enumerate(DECLINES.items()):
        fan.leaves_for_the_bank()
        fan.presses(button)
        fan.sees(f"3-declined-{number}", fan.text(said))


def test_a_payment_in_doubt_settles_by_itself(fan: Fan) -> None:
    fan.leaves_for_the_bank()
    fan.presses("결제되지만 응답 없음")
    fan.sees("4-in-doubt", fan.text("확인하고 있어요|being confirmed"))
    expect(fan.page.get_by_role("article")).to_have_count(1)


def test_an_expired_order_says_that_nothing_was_charged(fan: Fan, server: Server) -> None:
    page = fan.page
    run_out(server, page.url.rsplit("/", 1)[1])
    page.clock.fast_forward(server.settings.sale.hold_ttl_s * 1000)
    fan.sees("8-expired", fan.text("결제된 금액은 없어요|You weren't charged"))
