"""How far a refund has come, as its fan sees it (`looked_at.py`): on the order, where the tickets
were, and in the wallet."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import WAIT_MS, NewConcert, Opener
from e2e.console.operators import client_of, token_of
from e2e.fans import choose_seats, enter
from e2e.looked_at import CANCEL, KINDS, LOOKED_AT, LookedAt, in_turn
from helpers.server import Server
from helpers.serving import until

POLICY = """
[cancellation]
preset = "kr-performance"
"""
DEARER = """
[[grades]]
name = "VIP"
price = 99000

[[sections]]
name = "뒤"
grade = "VIP"
rows = ["B:11-14"]
"""
SEAT, DEAR_SEAT, DIFFERENCE = "66,000", "99,000", "33,000"
TO_CARD, TO_BALANCE = "결제한 카드로|to your card", "잔액으로|to your balance"
IN_CASH = "현장에서 현금으로|in cash at the box office"
ON_ITS_WAY, ARRIVED = "환불하는 중|Refund on its way", "환불 완료|Refunded"
FAILED = "환불하지 못했어요. 주최사에 문의해 주세요|The refund failed. Please ask the organiser"
CHECKED = "환불을 확인하는 중|Refund being checked"
# The provider is asked again some seconds after an answer that says little. Not while it is looked
# at, and then at once.
STAYS = """
update refunds set look_at = now() + interval '1 hour'
where order_id = %s and state = %s and attempts > 0 and look_at < now() + interval '30 seconds'"""
GOES_ON = "update refunds set look_at = now() where order_id = %s"
DISPUTED = """
insert into disputes (id, checkout_id, order_id, reference, amount, state)
select id, id, order_id, id::text, amount, 'open' from checkouts
where order_id = %s and state = 'captured'"""


@pytest.fixture
def operators(server: Server) -> Iterator[httpx.Client]:
    """The API, as the people use it who help fans, sell at the box office and see to money."""
    with client_of(server.url, "support", "box_office", "finance") as client:
        yield client


@pytest.fixture(params=LOOKED_AT)
def fan(
    request: pytest.FixtureRequest, open_page: Opener, accessible: Callable[[Page], None]
) -> LookedAt:
    """A fan without anything."""
    return LookedAt(open_page(**KINDS[request.param]), accessible, request.param)


def pays_by_card(fan: LookedAt, concert: str, refunds: str = "settle") -> str:
    """From nothing to a paid seat, at a bank that does this with refunds; the order."""
    enter(fan.page, concert)
    choose_seats(fan.page, "7")
    fan.leaves_for_the_bank()
    fan.page.get_by_role("combobox").select_option(refunds)
    fan.presses("환불 시험")
    expect(fan.page.get_by_role("article")).to_have_count(1)
    return order_of(fan.page)


def order_of(page: Page) -> str:
    """The order that a page is about."""
    found = re.search(r"/orders/([0-9a-f-]{36})", page.url)
    assert found
    return found[1]


def refunds_of(operators: httpx.Client, order: str) -> list[dict[str, Any]]:
    """The refunds of an order, as operators see them."""
    shown = operators.get(f"/v1/admin/orders/{order}").raise_for_status().json()
    refunds: list[dict[str, Any]] = shown["refunds"]
    return refunds


def refunded(operators: httpx.Client, order: str, state: str = "settled") -> str:
    """Wait until each refund of an order has this state; the first of them."""
    until(
        lambda: {each["state"] for each in refunds_of(operators, order)} == {state}, WAIT_MS / 1000
    )
    return str(refunds_of(operators, order)[0]["id"])


def says(line: Locator, *parts: str) -> None:
    """The line of what was cancelled has these parts after each other, in either language."""
    expect(line).to_contain_text(re.compile(".*".join(f"({part})" for part in parts), re.DOTALL))


def has_in_wallet(page: Page, amount: str) -> None:
    """The wallet has this balance."""
    page.goto("/wallet")
    expect(page.locator(".amount")).to_contain_text(re.compile(rf"^\D*{amount}\D*$"))


def has_no_tickets(page: Page) -> None:
    """The list of tickets is empty."""
    page.goto("/tickets")
    expect(page.get_by_text(re.compile("아직 티켓이 없어요|No tickets yet"))).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(0)


def test_what_a_card_and_the_wallet_have_paid_goes_back_to_both(
    fan: LookedAt, new_concert: NewConcert, server: Server, operators: httpx.Client
) -> None:
    order = pays_by_card(fan, new_concert(more=DEARER + POLICY))
    page = fan.page
    moves_to_a_dearer_seat(server, operators, order)
    page.reload()
    ticket = page.get_by_role("article")
    expect(ticket).to_contain_text(re.compile(r"\b11번|seat 11\b"))
    get_back = fan.asks_to_cancel(DEAR_SEAT)
    quoted = fan.text("결제한 방법대로|the ways you paid")
    says(quoted, SEAT, TO_CARD, DIFFERENCE, TO_BALANCE)
    fan.sees("1-parts", quoted)
    line = fan.cancels(get_back, DEAR_SEAT)
    says(line, DIFFERENCE, ARRIVED, TO_BALANCE)
    refunded(operators, order)
    page.reload()
    says(line, SEAT, ARRIVED, TO_CARD, DIFFERENCE, ARRIVED, TO_BALANCE)
    fan.sees("2-parts-back", line)
    has_in_wallet(page, DIFFERENCE)
    has_no_tickets(page)


def moves_to_a_dearer_seat(server: Server, operators: httpx.Client, order: str) -> None:
    """Give the order another seat, whose difference the fan's wallet pays."""
    user = operators.get(f"/v1/admin/orders/{order}").raise_for_status().json()["user_id"]
    headers = {"Authorization": f"Bearer {token_of(user)}", "Idempotency-Key": order}
    amount = {"amount": int(DIFFERENCE.replace(",", ""))}
    topped = httpx.post(f"{server.url}/v1/wallet/top-ups", json=amount, headers=headers)
    topped.raise_for_status()
    wish = {"seats": ["11"], "price": "new"}
    operators.post(f"/v1/admin/orders/{order}/move", json=wish).raise_for_status()


@pytest.mark.parametrize(("fan", "bank"), in_turn("decline", "no_funds"), indirect=["fan"])
def test_a_refund_that_does_not_reach_the_card_comes_another_way(
    fan: LookedAt, new_concert: NewConcert, operators: httpx.Client, bank: str
) -> None:
    order = pays_by_card(fan, new_concert(more=POLICY), refunds=bank)
    page = fan.page
    line = fan.cancels(fan.asks_to_cancel(SEAT), SEAT)
    declined = refunded(operators, order, "declined")
    page.reload()
    says(line, FAILED, TO_CARD)
    fan.sees(f"3-{bank}", line)
    has_in_wallet(page, "0")
    again = operators.post(f"/v1/admin/refunds/{declined}/retry", json={"to": "wallet"})
    again.raise_for_status()
    page.goto(f"/orders/{order}")
    says(line, ARRIVED, TO_BALANCE)
    fan.sees(f"4-{bank}-to-balance", line)
    page.get_by_role("main").get_by_role("link", name=re.compile("^(잔액|Balance)$")).click()
    expect(page.locator(".amount")).to_contain_text(SEAT)


@pytest.mark.parametrize(
    ("fan", "slow"),
    in_turn(("accept", "pending", ON_ITS_WAY), ("lose_answer", "in_doubt", CHECKED)),
    indirect=["fan"],
)
def test_a_refund_that_takes_its_time_says_how_far_it_has_come_until_it_has_arrived(
    fan: LookedAt,
    new_concert: NewConcert,
    operators: httpx.Client,
    kept_database_url: str,
    slow: tuple[str, str, str],
) -> None:
    bank, state, said = slow
    order = pays_by_card(fan, new_concert(more=POLICY), refunds=bank)
    page = fan.page
    line = fan.cancels(fan.asks_to_cancel(SEAT), SEAT)
    with psycopg.connect(kept_database_url, autocommit=True) as session:
        until(lambda: session.execute(STAYS, (order, state)).rowcount == 1, WAIT_MS / 1000)
        page.reload()
        says(line, said, TO_CARD)
        fan.sees(f"5-{state}", line)
        has_no_tickets(page)
        session.execute(GOES_ON, (order,))
    refunded(operators, order)
    page.goto(f"/orders/{order}")
    says(line, ARRIVED, TO_CARD)
    fan.sees(f"6-{state}-settled", line)


def test_a_disputed_order_gives_nothing_back_until_the_bank_has_decided(
    fan: LookedAt, new_concert: NewConcert, kept_database_url: str
) -> None:
    order = pays_by_card(fan, new_concert(more=POLICY))
    with psycopg.connect(kept_database_url, autocommit=True) as session:
        assert session.execute(DISPUTED, (order,)).rowcount == 1
    fan.page.get_by_role("button", name=CANCEL).click()
    fan.sees("10-disputed", fan.text("결제에 이의가 제기된 예매예요|The payment is disputed"))
    expect(fan.page.get_by_role("article")).to_have_count(1)


def test_what_was_paid_in_cash_is_handed_out_at_the_box_office(
    fan: LookedAt, new_concert: NewConcert, operators: httpx.Client
) -> None:
    page, concert = fan.page, new_concert(more=POLICY)
    enter(page, concert)
    user = json.loads(page.evaluate("localStorage.getItem('yemae:session')"))["userId"]
    sale = {"performance_id": f"{concert}-1", "seats": ["3"], "tender": "cash", "user": user}
    sold = operators.post("/v1/admin/orders", json=sale).raise_for_status().json()
    page.goto("/tickets")
    fan.sees("7-ticket", page.get_by_role("article"))
    page.goto(f"/orders/{sold['id']}")
    get_back = fan.asks_to_cancel(SEAT)
    line = fan.cancels(get_back, SEAT)
    says(line, ON_ITS_WAY, IN_CASH)
    fan.sees("8-cash", line)
    has_no_tickets(page)
    refund = refunded(operators, sold["id"], "pending")
    operators.post(f"/v1/admin/refunds/{refund}/payout").raise_for_status()
    page.goto(f"/orders/{sold['id']}")
    says(line, ARRIVED, IN_CASH)
    fan.sees("9-cash-handed-out", line)
    # Nothing of it was ever in the balance.
    main = page.get_by_role("main")
    expect(main.get_by_role("link", name=re.compile("^(잔액|Balance)$"))).to_have_count(0)
    has_in_wallet(page, "0")
