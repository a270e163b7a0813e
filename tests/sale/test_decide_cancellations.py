"""What a cancellation costs and leaves, of every order and every choice of seats."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yemae.concerts.cancellation_policy import FeeStep, PolicyNow
from yemae.orders.order import Order
from yemae.refusals import InvalidRequest, SeatsNotInOrder
from yemae.sale.decide_cancellations import (
    IN_FULL,
    CancelledBy,
    cancelled_seats,
    chosen_seats,
    left_of,
    quote,
    require_companions,
    transfers_of,
)

NOW = datetime(2030, 1, 1, tzinfo=UTC)
TEN_PERCENT = PolicyNow(FeeStep(until_days_before=0, fee_percent=10), False)
BY_FAN = CancelledBy(UUID(int=2), NOW, "ann")


def an_order(prices: list[int], booking_fee: int = 0) -> Order:
    """A paid order of seats `1`, `2` and so on."""
    numbers = [str(number) for number in range(1, len(prices) + 1)]
    return Order(
        id=UUID(int=1),
        user_id="ann",
        concert_id="hall",
        performance_id="hall-1",
        performance_key=1,
        status="paid",
        seat_numbers=numbers,
        seat_grades=["R"] * len(prices),
        seat_prices=prices,
        total=sum(prices) + booking_fee,
        currency="KRW",
        created_at=NOW,
        expires_at=NOW,
        pass_number=1,
        idempotency_key=None,
        booking_fee=booking_fee,
        price_types=[{"id": number} for number in numbers],
    )


def test_a_booking_fee_that_cannot_be_divided_is_on_the_last_seat() -> None:
    order = an_order([100, 100, 100], booking_fee=100)
    quoted = quote(order, ["1", "2", "3"], TEN_PERCENT, closes_at=None, left=400)
    assert [line.booking_fee for line in quoted.lines] == [33, 33, 34]
    assert [line.fee for line in quoted.lines] == [43, 43, 44]
    assert [line.refund for line in quoted.lines] == [90, 90, 90]
    assert (quoted.fee, quoted.refund) == (130, 270)


def test_a_cancellation_keeps_price_types_where_one_of_its_seats_had_one() -> None:
    order = an_order([100, 100])._replace(price_types=[{"id": "child"}, None])
    closes_at = BY_FAN.cancelled_at
    for seat, types in (("1", [{"id": "child"}]), ("2", None)):
        quoted = quote(order, [seat], IN_FULL, closes_at=closes_at, left=200)
        assert quoted.closes_at == closes_at
        assert cancelled_seats(order, quoted, BY_FAN).price_types == types


def test_seats_are_chosen_in_the_order_of_the_order() -> None:
    order = an_order([1, 2, 3])
    assert chosen_seats(order, None) == ["1", "2", "3"]
    assert chosen_seats(order, ("3", "1")) == ["1", "3"]
    with pytest.raises(SeatsNotInOrder):
        chosen_seats(order, ("1", "4"))
    with pytest.raises(InvalidRequest, match=r"^seats: name at least one seat"):
        chosen_seats(order, ())


def test_a_companion_seat_stays_only_with_its_wheelchair_place() -> None:
    order = an_order([1, 2, 3])
    marks = {"1": "wheelchair", "2": "companion", "3": None}
    require_companions(order, ["2"], marks)
    require_companions(order, ["1", "2"], marks)
    with pytest.raises(InvalidRequest, match=r"^seats: only with a wheelchair place: cancel 2 as"):
        require_companions(order, ["1", "3"], marks)
    two = {"1": "wheelchair", "2": "companion", "3": "companion"}
    with pytest.raises(InvalidRequest, match=r"cancel 2, 3 as well$"):
        require_companions(order, ["1"], two)


ORDERS = st.builds(
    an_order,
    st.lists(st.integers(0, 10**9), min_size=1, max_size=8),
    st.integers(0, 10**6),
)
TERMS = st.one_of(
    st.just(IN_FULL),
    st.builds(
        PolicyNow,
        st.builds(
            FeeStep,
            until_days_before=st.just(0),
            fee_per_ticket=st.sampled_from([0, 4_000]),
            fee_max_percent=st.integers(0, 100),
            fee_percent=st.integers(0, 100),
        ),
        st.booleans(),
    ),
)


@given(ORDERS, TERMS, st.data())
def test_all_that_was_paid_is_left_kept_or_given_back_until_nothing_is_left(
    order: Order, terms: PolicyNow, data: st.DataObject
) -> None:
    paid, kept, back, settled = order.total, 0, 0, 0
    # Of that, an operator has given some back before.
    left = paid - data.draw(st.integers(0, paid))
    before = paid - left
    bought = list(order.seat_numbers)
    cancelled: list[str] = []
    while order.status == "paid":
        leaves = chosen_seats(
            order, sorted(data.draw(st.sets(st.sampled_from(order.seat_numbers), min_size=1)))
        )
        quoted = quote(order, leaves, terms, closes_at=None, left=left)
        for line in quoted.lines:
            assert 0 <= line.fee <= line.price + line.booking_fee
            assert line.refund + line.fee == line.price + line.booking_fee
        made = cancelled_seats(order, quoted, BY_FAN)
        assert 0 <= quoted.refund <= made.amount - quoted.fee
        assert [each and each["id"] for each in made.price_types or ()] == leaves
        moved = transfers_of(made, quoted.refund, 7, uuid4)
        assert all(line.amount > 0 and line.balance_after >= 0 for line in moved)
        assert [line.balance_after for line in moved][-1:] == [7 + quoted.refund][: len(moved)]
        to = {line.to_account: line.amount for line in moved}
        assert to.get("ann", 0) == made.amount
        assert to.get("@fees", 0) == quoted.fee
        assert to.get("ann", 0) - to.get("@fees", 0) - to.get("@refunds", 0) == quoted.refund
        kept, back = kept + quoted.fee, back + quoted.refund
        settled, left = settled + to.get("@refunds", 0), left - quoted.refund
        cancelled += leaves
        order = left_of(order, leaves, quoted)
        if order.status == "paid":
            assert [each and each["id"] for each in order.price_types or ()] == order.seat_numbers
            assert order.total == sum(order.seat_prices) + order.booking_fee
            assert order.total + kept + back + settled == paid
            assert sorted([*order.seat_numbers, *cancelled]) == sorted(bought)
    assert kept + back + settled == paid
    assert back + before <= paid
    assert sorted(cancelled) == sorted(bought)
