"""Who may pay: properties of the pure decision."""

from collections.abc import Container, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yemae.orders.order import Order, Status
from yemae.payments.payment import Payment
from yemae.refusals import (
    EntryTokenExpired,
    EntryTokenMismatch,
    IdempotencyConflict,
    InsufficientBalance,
    OrderAlreadyPaid,
    OrderExpired,
    OrderNotFound,
    OrderNotHeld,
    Refusal,
)
from yemae.sale.decide_payments import Paid, PayRequest, decide_payments
from yemae.values.pass_key import PassKey

NOW = datetime(2026, 1, 1, tzinfo=UTC)
USERS = ("ann", "ben")
CONCERTS = {1: "hall", 2: "club"}
ORDER_IDS = tuple(UUID(int=number) for number in range(1, 7))


def an_order(
    number: int = 1,
    user: str = "ann",
    performance: int = 1,
    total: int = 100,
    status: Status = "held",
    left_s: float = 60,
) -> Order:
    return Order(
        UUID(int=number), user, CONCERTS[performance], f"date-{performance}", performance, status,
        ["1", "2"], ["R", "R"], [total, 0], total, "KRW",
        NOW - timedelta(seconds=300), NOW + timedelta(seconds=left_s), 7, None,
    )  # fmt: skip


def request(
    number: int = 1,
    user: str = "ann",
    concert: str = "hall",
    key: str | None = None,
    pass_number: int | None = None,
) -> PayRequest:
    """A payment of one order, with a pass of its own by default."""
    return PayRequest(PassKey(concert, user, pass_number or 70 + number), UUID(int=number), key)


def pay(
    requests: Sequence[PayRequest],
    orders: Sequence[Order],
    balances: Mapping[str, int],
    earlier: Mapping[tuple[str, str], Payment] | None = None,
    *,
    passes_used: Container[PassKey] = (),
    intact: int | None = 2,
) -> list[Paid | Refusal]:
    """Decide with orders that still hold `intact` seats; None: not even one row says so."""
    ids = count(100)
    return decide_payments(
        requests,
        {order.id: order for order in orders},
        {} if intact is None else {order.id: intact for order in orders},
        balances,
        earlier or {},
        passes_used=passes_used,
        now=NOW,
        new_id=lambda: UUID(int=next(ids)),
    )


def payments(answers: Sequence[object]) -> list[Payment]:
    """The distinct payments among the answers."""
    return list({a.id: a.payment for a in answers if isinstance(a, Paid)}.values())


order_lists = st.tuples(
    *(
        st.builds(
            an_order,
            number=st.just(number),
            user=st.sampled_from(USERS),
            performance=st.sampled_from([1, 1, 2]),
            total=st.integers(0, 100),
            status=st.sampled_from(["held", "held", "held", "paid", "released", "expired"]),
            left_s=st.sampled_from([-1, 0, 1, 60, 60]),
        )
        for number in range(1, 6)
    )
)
request_lists = st.lists(
    st.builds(
        request,
        number=st.integers(1, 6),
        user=st.sampled_from(USERS),
        concert=st.sampled_from(["hall", "hall", "club"]),
        key=st.sampled_from([None, None, "k1", "k2"]),
        pass_number=st.integers(71, 74),
    ),
    max_size=10,
)
wallets = st.dictionaries(st.sampled_from(USERS), st.integers(0, 200))


@given(request_lists, order_lists, wallets)
def test_money_and_orders_move_together_and_never_below_zero(
    requests: list[PayRequest], orders: tuple[Order, ...], balances: dict[str, int]
) -> None:
    answers = pay(requests, orders, balances)
    assert len(answers) == len(requests)
    known = {order.id: order for order in orders}
    left = dict(balances)
    paid, passes = set(), set[PassKey]()
    for payment in payments(answers):
        order = known[payment.order_id]
        assert (order.status, order.user_id) == ("held", payment.user_id)
        assert order.expires_at > NOW, "an expired hold was paid"
        assert order.concert_id == payment.concert_id
        assert order.id not in paid, "an order was paid twice"
        paid.add(order.id)
        assert payment.pass_key not in passes, "a pass paid twice"
        passes.add(payment.pass_key)
        assert payment.amount == order.total
        left[payment.user_id] = left.get(payment.user_id, 0) - payment.amount
        assert payment.balance_after == left[payment.user_id] >= 0


@given(request_lists, order_lists, wallets)
def test_each_answer_is_about_its_own_request(
    requests: list[PayRequest], orders: tuple[Order, ...], balances: dict[str, int]
) -> None:
    for wanted, answer in zip(requests, pay(requests, orders, balances), strict=True):
        if isinstance(answer, Paid):
            assert answer.payment.order_id == answer.order.id == wanted.order_id
            assert answer.payment.user_id == answer.order.user_id == wanted.user_id
            assert answer.order.status == "paid"


@given(request_lists, order_lists, wallets)
def test_a_batch_decides_as_if_the_payments_came_one_after_the_other(
    requests: list[PayRequest], orders: tuple[Order, ...], balances: dict[str, int]
) -> None:
    state = {order.id: order for order in orders}
    left, earlier = dict(balances), dict[tuple[str, str], Payment]()
    used = set[PassKey]()
    for wanted, answer in zip(requests, pay(requests, orders, balances), strict=True):
        (alone,) = pay([wanted], list(state.values()), left, earlier, passes_used=used)
        assert type(alone) is type(answer)
        if isinstance(alone, Refusal):
            assert isinstance(answer, Refusal)
            assert alone.extra() == answer.extra()
            continue
        assert isinstance(answer, Paid)
        assert alone.payment._replace(id=answer.id) == answer.payment
        used.add(answer.payment.pass_key)
        if answer.payment not in earlier.values():
            left[wanted.user_id] = answer.payment.balance_after
        state[answer.order.id] = answer.order
        if wanted.idempotency_key:
            earlier[wanted.user_id, wanted.idempotency_key] = answer.payment


def test_a_payment_says_what_was_charged_and_what_is_left() -> None:
    (answer,) = pay([request(key="k")], [an_order()], {"ann": 130})
    assert isinstance(answer, Paid)
    assert answer.payment == Payment(
        UUID(int=100), UUID(int=1), "ann", "hall", 71, 100, 30, NOW, "k"
    )  # fmt: skip
    assert answer.order == an_order(status="paid")


def test_too_little_money_refuses_and_leaves_it_for_the_next_order() -> None:
    dear, cheap = an_order(1, total=100), an_order(2, total=60)
    answers = pay([request(1), request(2)], [dear, cheap], {"ann": 99})
    assert isinstance(answers[0], InsufficientBalance)
    assert answers[0].extra() == {"balance": 99, "required": 100, "currency": "KRW"}
    assert payments(answers)[0].balance_after == 39


def test_a_fan_without_a_wallet_has_nothing() -> None:
    (answer,) = pay([request()], [an_order(total=1)], {})
    assert isinstance(answer, InsufficientBalance)


def test_an_order_that_costs_nothing_needs_no_wallet() -> None:
    (answer,) = pay([request()], [an_order(total=0)], {})
    assert isinstance(answer, Paid)


def test_a_wallet_that_pays_twice_in_a_batch_is_charged_in_arrival_order() -> None:
    orders = [an_order(1), an_order(2)]
    answers = pay([request(2), request(1, pass_number=2)], orders, {"ann": 150})
    assert [type(answer) for answer in answers] == [Paid, InsufficientBalance]


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        (an_order(user="ben"), OrderNotFound),
        (an_order(number=2), OrderNotFound),
        (an_order(status="paid"), OrderAlreadyPaid),
        (an_order(status="expired"), OrderExpired),
        (an_order(left_s=0), OrderExpired),
        (an_order(left_s=-1), OrderExpired),
        (an_order(status="released"), OrderNotHeld),
        (an_order(status="cancelled", left_s=-1), OrderNotHeld),
        (an_order(performance=2), EntryTokenMismatch),
    ],
)
def test_what_cannot_be_paid_is_refused_for_its_own_reason(
    order: Order, refusal: type[Refusal]
) -> None:
    """Whether or not the money would do: the order is looked at first."""
    payable = an_order(number=3, total=0)
    for balance in (0, 1_000):
        answers = pay([request(), request(3)], [order, payable], {"ann": balance})
        assert [type(answer) for answer in answers] == [refusal, Paid]


def test_the_same_key_gives_the_same_payment_however_little_is_left() -> None:
    first, again = pay([request(key="k"), request(key="k")], [an_order()], {"ann": 100})
    assert isinstance(first, Paid)
    assert again == first
    earlier = {("ann", "k"): first.payment}
    (later,) = pay([request(key="k")], [an_order(status="paid")], {"ann": 0}, earlier)
    assert later == first


def test_a_repeat_moves_no_money_and_shows_what_became_of_its_order() -> None:
    (first,) = pay([request(key="k")], [an_order()], {"ann": 700})
    assert isinstance(first, Paid)
    cancelled = an_order(status="cancelled")
    # The 600 that were left then are spent by now.
    requests, earlier = [request(key="k"), request(2)], {("ann", "k"): first.payment}
    again, other = pay(requests, [cancelled, an_order(2)], {"ann": 99}, earlier)
    assert again == Paid(first.payment, cancelled)
    assert isinstance(other, InsufficientBalance)


def test_the_same_key_for_another_order_is_a_conflict() -> None:
    orders = [an_order(1), an_order(2)]
    answers = pay([request(1, key="k"), request(2, key="k")], orders, {"ann": 1_000})
    assert [type(answer) for answer in answers] == [Paid, IdempotencyConflict]


def test_without_a_key_or_with_another_a_second_payment_is_refused() -> None:
    requests = [request(), request(), request(key="k")]
    answers = pay(requests, [an_order()], {"ann": 1_000})
    assert [type(answer) for answer in answers] == [Paid, OrderAlreadyPaid, OrderAlreadyPaid]


def test_a_live_hold_that_has_lost_a_seat_is_never_sold() -> None:
    single = an_order()._replace(seat_numbers=["1"], seat_grades=["R"], seat_prices=[100])
    for order, intact in ((an_order(), 1), (an_order(), 0), (single, 0), (single, None)):
        with pytest.raises(AssertionError, match="lost a seat"):
            pay([request()], [order], {"ann": 1_000}, intact=intact)


def test_a_pass_pays_once_in_a_batch_and_ever() -> None:
    orders = [an_order(1), an_order(2), an_order(3)]
    requests = [request(1, pass_number=9), request(2, pass_number=9), request(3)]
    answers = pay(requests, orders, {"ann": 1_000})
    assert [type(answer) for answer in answers] == [Paid, EntryTokenExpired, Paid]
    (later,) = pay(requests[1:2], orders, {"ann": 1_000}, passes_used={PassKey("hall", "ann", 9)})
    assert isinstance(later, EntryTokenExpired)


def test_a_payment_that_was_refused_leaves_the_pass_as_it_was() -> None:
    orders = [an_order(1, total=500), an_order(2)]
    requests = [request(1, pass_number=9), request(2, pass_number=9)]
    answers = pay(requests, orders, {"ann": 100})
    assert [type(answer) for answer in answers] == [InsufficientBalance, Paid]


@pytest.mark.parametrize("used", [PassKey("hall", "ben", 9), PassKey("club", "ann", 9)])
def test_a_pass_of_another_fan_or_concert_is_another_pass(used: PassKey) -> None:
    (answer,) = pay([request(pass_number=9)], [an_order()], {"ann": 100}, passes_used={used})
    assert isinstance(answer, Paid)


def test_a_repeat_with_the_same_key_is_answered_although_the_pass_is_used() -> None:
    (first,) = pay([request(key="k")], [an_order()], {"ann": 100})
    assert isinstance(first, Paid)
    used = {first.payment.pass_key}
    earlier = {("ann", "k"): first.payment}
    paid = [an_order(status="paid")]
    (again,) = pay([request(key="k")], paid, {"ann": 0}, earlier, passes_used=used)
    assert again == first
