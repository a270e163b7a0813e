"""What becomes of a checkout, decided from rows: tables of cases."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from yemae.orders.order import Order, Status
from yemae.payments.checkout import Checkout
from yemae.payments.payments import UsedPass
from yemae.payments.provider import ChargeState, Found
from yemae.refusals import (
    CheckoutInProgress,
    ConsentRequired,
    EntryTokenExpired,
    EntryTokenMismatch,
    OrderAlreadyPaid,
    OrderExpired,
    OrderNotFound,
    OrderNotHeld,
    PaymentMethodClosed,
)
from yemae.sale.decide_checkouts import (
    BUSY,
    HANDED_OVER_AGAIN,
    IN_DOUBT_MAX,
    LOOK_AGAIN,
    LOOK_AGAIN_MAX,
    NO_ANSWER,
    NOT_SELLABLE,
    OrderAtHand,
    in_doubt,
    is_sellable,
    leased,
    next_step,
    not_void_yet,
    outcome_of,
    refuse_start,
    without_lease,
)
from yemae.values.pass_key import PassKey

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(minutes=5), NOW - timedelta(seconds=1)
ORDER, CHECKOUT, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
PASS = PassKey("hall", "fan", 7)


def an_order(status: Status = "held", total: int = 100, ends: datetime = LATER) -> Order:
    return Order(
        ORDER, "fan", "hall", "hall-1", 1, status, ["1"], ["R"], [total], total, "KRW",
        EARLIER, ends, 7, None,
    )  # fmt: skip


def at_hand(
    order: Order | None = None, checkout_id: UUID | None = None, *, is_intact: bool = True
) -> OrderAtHand:
    return OrderAtHand(order or an_order(), checkout_id, is_intact)


def a_checkout(**values: Any) -> Checkout:
    usual = Checkout(
        id=CHECKOUT, user_id="fan", order_id=ORDER, concert_id="hall", pass_number=7,
        provider="test", method="card", amount=100, currency="KRW", state="pending", reason=None,
        reference=None, redirect_url=None, terms=None, idempotency_key=None, created_at=EARLIER,
        expires_at=LATER, look_at=LATER,
    )  # fmt: skip
    return usual._replace(**values)


A_TOP_UP = a_checkout(order_id=None, concert_id=None, pass_number=None)
USED = UsedPass("hall", "fan", 7, None)
BY_ANOTHER = USED._replace(checkout_id=OTHER)


@pytest.mark.parametrize(
    ("at", "used", "terms", "refusal"),
    [
        (at_hand(), None, None, None),
        (None, None, None, OrderNotFound),
        (at_hand(an_order()._replace(user_id="other")), None, None, OrderNotFound),
        (at_hand(an_order("paid")), None, None, OrderAlreadyPaid),
        (at_hand(an_order("paid", ends=NOW)), None, None, OrderAlreadyPaid),
        (at_hand(an_order("expired")), None, None, OrderExpired),
        (at_hand(an_order(ends=NOW)), None, None, OrderExpired),
        (at_hand(an_order("released")), None, None, OrderNotHeld),
        (at_hand(an_order()._replace(sale="presale")), None, None, EntryTokenMismatch),
        (at_hand(), USED, None, EntryTokenExpired),
        (at_hand(), BY_ANOTHER, None, CheckoutInProgress),
        (at_hand(checkout_id=OTHER), None, None, CheckoutInProgress),
        (at_hand(), None, "1", None),
        (at_hand(), None, "2", ConsentRequired),
        (at_hand(an_order(total=0)), None, None, PaymentMethodClosed),
    ],
)
def test_a_checkout_begins_only_for_what_could_be_paid_now(
    at: OrderAtHand | None, used: UsedPass | None, terms: str | None, refusal: type | None
) -> None:
    found = refuse_start(at, PASS, used, terms=terms, agreed="1", now=NOW)
    assert type(found) is (refusal or type(None))


@pytest.mark.parametrize(
    ("checkout", "at", "used", "step"),
    [
        (a_checkout(), at_hand(), None, "capture"),
        (a_checkout(state="captured", settled_at=NOW), at_hand(), None, "none"),
        (a_checkout(busy_until=LATER), at_hand(), None, "wait"),
        (a_checkout(busy_until=NOW), at_hand(), None, "capture"),
        (a_checkout(), at_hand(checkout_id=CHECKOUT), None, "capture"),
        (a_checkout(), at_hand(checkout_id=OTHER), None, "wait"),
        (a_checkout(), at_hand(an_order("paid"), OTHER), None, "give_back"),
        (a_checkout(), at_hand(an_order("released")), None, "give_back"),
        (a_checkout(), at_hand(an_order(ends=NOW)), None, "give_back"),
        (a_checkout(), at_hand(is_intact=False), None, "give_back"),
        (a_checkout(), at_hand(an_order(total=90)), None, "give_back"),
        (a_checkout(), at_hand(), USED, "give_back"),
        (a_checkout(), at_hand(), BY_ANOTHER, "wait"),
        (a_checkout(), at_hand(an_order("released")), BY_ANOTHER, "give_back"),
        (a_checkout(), at_hand(), USED._replace(checkout_id=CHECKOUT), "capture"),
        (a_checkout(reason=NOT_SELLABLE), at_hand(), None, "give_back"),
        (A_TOP_UP, None, None, "capture"),
        (A_TOP_UP._replace(expires_at=NOW), None, None, "give_back"),
        (A_TOP_UP._replace(expires_at=NOW, lease_until=LATER), None, None, "capture"),
    ],
)
def test_only_what_can_be_sold_is_captured(
    checkout: Checkout, at: OrderAtHand | None, used: UsedPass | None, step: str
) -> None:
    assert next_step(checkout, at, used, NOW) == step


@pytest.mark.parametrize(
    ("at", "sellable"),
    [
        (at_hand(), True),
        (at_hand(checkout_id=CHECKOUT), True),
        (at_hand(checkout_id=OTHER), False),
    ],
)
def test_money_of_one_checkout_buys_nothing_that_another_one_keeps(
    at: OrderAtHand, sellable: bool
) -> None:
    assert is_sellable(a_checkout(), at, None, NOW) is sellable


@pytest.mark.parametrize(
    ("state", "charge", "sellable", "outcome"),
    [
        ("pending", "captured", True, "sell"),
        ("pending", "captured", False, "give_back"),
        ("pending", "declined", True, "declined"),
        ("pending", "cancelled", True, "cancelled"),
        ("pending", "open", True, "not_paid"),
        ("pending", "unknown", True, "not_paid"),
        ("in_doubt", "unknown", True, "unclear"),
        ("in_doubt", "open", True, "not_paid"),
        ("in_doubt", "authorised", True, "unclear"),
    ],
)
def test_each_answer_means_one_thing(
    state: str, charge: ChargeState, sellable: bool, outcome: str
) -> None:
    found = Found(charge, 100, "KRW")
    checkout = a_checkout(state=state, lease_until=LATER)
    assert outcome_of(checkout, found, sellable=sellable, now=NOW) == outcome


@pytest.mark.parametrize("found", [Found("captured", 99, "KRW"), Found("captured", 100, "USD")])
def test_another_amount_than_was_asked_for_is_given_back(found: Found) -> None:
    assert outcome_of(a_checkout(), found, sellable=True, now=NOW) == "give_back"


def test_a_charge_that_the_provider_does_not_know_is_waited_for_no_longer_than_the_cap() -> None:
    checkout = leased(A_TOP_UP._replace(state="in_doubt"), None, NOW)
    unknown, past = Found("unknown"), NOW + IN_DOUBT_MAX
    just_before = past - timedelta(seconds=1)
    assert outcome_of(checkout, unknown, sellable=True, now=just_before) == "unclear"
    assert outcome_of(checkout, unknown, sellable=True, now=past) == "cancelled"


def test_no_answer_decides_nothing() -> None:
    assert outcome_of(a_checkout(), None, sellable=True, now=NOW) == "unclear"


def test_asking_again_holds_the_seats_no_longer() -> None:
    first = leased(a_checkout(), LATER, NOW)
    assert first.lease_until == NOW + IN_DOUBT_MAX
    assert (first.busy_until, first.look_at) == (NOW + BUSY, NOW + BUSY)
    again = leased(first, LATER + IN_DOUBT_MAX, NOW + BUSY)
    assert (again.lease_until, again.hold_ends_at) == (first.lease_until, LATER)


def test_a_checkout_whose_fan_has_not_paid_is_as_it_was_before_the_provider_was_asked() -> None:
    doubtful = in_doubt(leased(a_checkout(), LATER, NOW), NO_ANSWER, NOW)._replace(attempts=0)
    assert without_lease(doubtful._replace(busy_until=LATER), LATER) == a_checkout()


def test_a_charge_that_is_not_void_yet_is_voided_later_and_later_and_is_in_no_doubt() -> None:
    checkout, waits = a_checkout(busy_until=LATER), []
    for _ in range(8):
        checkout = not_void_yet(checkout, NOW)
        assert checkout.look_at is not None
        waits.append((checkout.look_at - NOW).total_seconds())
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]
    assert checkout == a_checkout(attempts=8, look_at=NOW + LOOK_AGAIN_MAX)


def test_the_first_look_ups_past_the_cap_do_not_wait_for_an_hour() -> None:
    past = NOW + IN_DOUBT_MAX
    checkout = in_doubt(leased(a_checkout(), LATER, NOW), NO_ANSWER, past)
    assert (checkout.handed_over_at, checkout.look_at) == (past, past + LOOK_AGAIN)


def test_look_ups_come_later_and_later_and_past_the_cap_an_operator_hears_of_it() -> None:
    checkout, waits = leased(a_checkout(), LATER, NOW), []
    for _ in range(9):
        checkout = in_doubt(checkout, NO_ANSWER, NOW)
        assert checkout.look_at is not None
        waits.append(checkout.look_at - NOW)
    assert [wait.total_seconds() for wait in waits] == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert max(waits) == LOOK_AGAIN_MAX
    assert checkout.handed_over_at is None
    past = NOW + IN_DOUBT_MAX
    checkout = in_doubt(checkout, NO_ANSWER, past)
    assert (checkout.handed_over_at, checkout.look_at) == (past, past + HANDED_OVER_AGAIN)
    assert in_doubt(checkout, NO_ANSWER, past + BUSY).handed_over_at == past
