"""Who gets which seats, and who may pay: properties of the pure decisions."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from helpers.holds import LIMIT, NOW, SEATS, hold, request
from yemae.concerts.pricing import NO_PRICING
from yemae.concerts.seat_map.marks import COMPANION, WHEELCHAIR
from yemae.orders.order import Order
from yemae.refusals import (
    CompanionSeatAlone,
    EntryTokenExpired,
    IdempotencyConflict,
    Refusal,
    SaleClosed,
    SeatLimitExceeded,
    SeatNotFound,
    SeatsUnavailable,
    SeatTaken,
)
from yemae.sale.decide_holds import (
    BestAvailable,
    HoldRequest,
    SeatOnOffer,
    same_hold,
)
from yemae.values.pass_key import PassKey

USED = PassKey("hall", "ann", 7)

users = st.sampled_from(["ann", "ben", "cho"])
keys = st.sampled_from([None, None, "k1", "k2"])
seat_lists = st.lists(st.sampled_from((*SEATS, "unknown")), min_size=1, max_size=4, unique=True)
hold_requests = st.lists(
    st.builds(
        HoldRequest,
        pass_key=st.builds(PassKey, st.just("hall"), users, st.integers(1, 9)),
        performance_id=st.just("hall-1"),
        performance_key=st.sampled_from([1, 1, 1, 2]),
        seat_numbers=seat_lists.map(tuple),
        seat_limit=st.just(LIMIT),
        currency=st.just("KRW"),
        idempotency_key=keys,
        best=st.none(),
        ends_by=st.just(NOW + timedelta(days=1)),
        price_types=st.just(()),
        pricing=st.just(NO_PRICING),
        spots=st.just(()),
        allotment=st.none(),
    ),
    max_size=12,
)
offers = st.fixed_dictionaries(
    {
        (performance, number): st.builds(
            SeatOnOffer, st.sampled_from("RS"), st.integers(0, 9), st.booleans(), st.none()
        )
        for performance in (1, 2)
        for number in SEATS
    }
)
counts = st.dictionaries(st.tuples(users, st.sampled_from([1, 2])), st.integers(0, LIMIT))


def test_a_hold_ends_by_the_time_that_its_pass_can_last() -> None:
    for left_s, lasts_s in ((299, 299), (301, 300)):
        (order,) = hold([request("1")._replace(ends_by=NOW + timedelta(seconds=left_s))])
        assert isinstance(order, Order)
        assert order.expires_at == NOW + timedelta(seconds=lasts_s)


def test_a_pass_that_can_last_no_longer_holds_nothing() -> None:
    (refusal,) = hold([request("1")._replace(ends_by=NOW)])
    assert isinstance(refusal, EntryTokenExpired)


def made(answers: Sequence[object]) -> list[Order]:
    """The distinct orders."""
    return list({a.id: a for a in answers if isinstance(a, Order)}.values())


@given(hold_requests, offers, counts)
def test_every_hold_is_answered_all_or_nothing_with_free_seats_that_go_to_one_order(
    requests: list[HoldRequest],
    offered: dict[tuple[int, str], SeatOnOffer],
    bought: dict[tuple[str, int], int],
) -> None:
    answers = hold(requests, offered, bought)
    assert len(answers) == len(requests)
    for wanted, answer in zip(requests, answers, strict=True):
        if isinstance(answer, Order):
            assert tuple(answer.seat_numbers) == wanted.seat_numbers
            assert answer.user_id == wanted.user_id
            assert answer.performance_key == wanted.performance_key
    given_away = [(order.performance_key, n) for order in made(answers) for n in order.seat_numbers]
    assert len(given_away) == len(set(given_away)), "a seat went to two orders"
    assert all(offered[seat].free for seat in given_away)


@given(hold_requests, offers, counts)
def test_no_fan_gets_more_seats_of_a_performance_than_the_limit(
    requests: list[HoldRequest],
    offered: dict[tuple[int, str], SeatOnOffer],
    bought: dict[tuple[str, int], int],
) -> None:
    seats: Counter[tuple[str, int]] = Counter(bought)
    for order in made(hold(requests, offered, bought)):
        seats[order.user_id, order.performance_key] += len(order.seat_numbers)
    assert max(seats.values(), default=0) <= LIMIT


@given(hold_requests, offers, counts)
def test_a_batch_decides_as_if_the_requests_came_one_after_the_other(
    requests: list[HoldRequest],
    offered: dict[tuple[int, str], SeatOnOffer],
    bought: dict[tuple[str, int], int],
) -> None:
    """Arrival order is the order of decision: each sees exactly what those before it left."""
    together = hold(requests, offered, bought)
    state, seats, earlier = dict(offered), Counter(bought), dict[tuple[str, str], Order]()
    for wanted, answer in zip(requests, together, strict=True):
        (alone,) = hold([wanted], state, seats, earlier)
        assert type(alone) is type(answer)
        if isinstance(alone, Refusal):
            assert isinstance(answer, Refusal)
            assert alone.extra() == answer.extra()
            continue
        assert isinstance(answer, Order)
        assert alone._replace(id=answer.id) == answer
        if alone not in earlier.values():
            alone = answer
            seats[alone.user_id, alone.performance_key] += len(alone.seat_numbers)
            for number in alone.seat_numbers:
                seat = alone.performance_key, number
                state[seat] = state[seat]._replace(free=False)
            if alone.idempotency_key:
                earlier[alone.user_id, alone.idempotency_key] = alone


def test_a_new_order_says_what_was_held_and_until_when() -> None:
    offered = {(1, "1"): SeatOnOffer("R", 30, True), (1, "2"): SeatOnOffer("S", 20, True)}
    (order,) = made(hold([request("2", "1", key="k")], offered))
    assert order == Order(
        UUID(int=1), "ann", "hall", "hall-1", 1, "held", ["2", "1"], ["S", "R"], [20, 30], 50,
        "KRW", NOW, NOW + timedelta(seconds=300), 7, "k",
    )  # fmt: skip


def test_an_order_of_a_phase_is_of_the_concert_and_names_the_phase() -> None:
    of_phase = request("1")._replace(pass_key=PassKey("hall-presale", "ann", 7), phase_of="hall")
    for wanted, sale in ((of_phase, "hall-presale"), (request("2"), None)):
        (order,) = made(hold([wanted]))
        assert (order.concert_id, order.sale) == ("hall", sale)
        assert order.pass_key == wanted.pass_key


def test_one_taken_seat_refuses_the_whole_request_and_leaves_the_others_free() -> None:
    first, second, third = hold([request("1"), request("1", "2", user="ben"), request("2")])
    assert isinstance(first, Order)
    assert isinstance(second, SeatTaken)
    assert second.seats == ["1"]
    assert isinstance(third, Order)


def test_a_seat_that_does_not_exist_is_named() -> None:
    (answer,) = hold([request("1", "nowhere")])
    assert isinstance(answer, SeatNotFound) and answer.seats == ["nowhere"]  # noqa: PT018


def test_a_companion_seat_is_held_with_a_wheelchair_place_only() -> None:
    marked = {(1, "1"): SeatOnOffer("R", 9, True, WHEELCHAIR)}
    marked |= {(1, number): SeatOnOffer("R", 9, True, COMPANION) for number in ("2", "3")}
    for wanted in (request("3"), request("1", "2", "3")):
        (refusal,) = hold([wanted], marked)
        assert isinstance(refusal, CompanionSeatAlone)
        assert refusal.seats
    (order,) = hold([request("1", "2")], marked)
    assert isinstance(order, Order)


def test_the_best_of_a_grade_without_enough_seats_together_are_refused_with_what_there_is() -> None:
    none_offered = request()._replace(best=BestAvailable("R", 3, largest=2))
    (refusal,) = hold([none_offered])
    assert isinstance(refusal, SeatsUnavailable)
    assert refusal.extra() == {"grade": "R", "count": 3, "largest": 2}
    (over_limit,) = hold([none_offered], bought={("ann", 1): 1})
    assert isinstance(over_limit, SeatLimitExceeded)


def test_a_performance_whose_sale_is_over_is_not_sold_and_the_other_one_is() -> None:
    other = request("1", user="ben")._replace(performance_key=2)
    free = {(key, "1"): SeatOnOffer("R", 10, free=True) for key in (1, 2)}
    answers = hold([request("1"), other], free, over={("hall", 1)})
    assert [type(answer) for answer in answers] == [SaleClosed, Order]


def test_a_refused_hold_does_not_use_up_its_key() -> None:
    taken = {(1, "1"): SeatOnOffer("R", 10, free=False), (1, "2"): SeatOnOffer("R", 10, free=True)}
    refused, held = hold([request("1", key="k"), request("2", key="k")], taken)
    assert isinstance(refused, SeatTaken)
    assert isinstance(held, Order)


def test_the_same_key_and_seats_give_the_same_order_in_a_batch_and_later() -> None:
    first, again = hold([request("1", key="k"), request("1", key="k")])
    assert isinstance(first, Order)
    assert again is first
    (later,) = hold([request("1", key="k")], earlier={("ann", "k"): first})
    assert later is first


def test_the_same_key_with_other_seats_or_another_date_is_a_conflict() -> None:
    (first,) = made(hold([request("1", "2", key="k")]))
    for other in (
        request("1", key="k"),
        request("2", "1", key="k"),
        request("1", "2", key="k")._replace(performance_key=2),
    ):
        assert isinstance(same_hold(other, first), IdempotencyConflict)
        (answer,) = hold([other], earlier={("ann", "k"): first})
        assert isinstance(answer, IdempotencyConflict)


def test_the_same_key_with_another_wish_for_the_best_is_a_conflict() -> None:
    wanted = request("1", "2", key="k")._replace(best=BestAvailable("R", 2))
    (first,) = made(hold([wanted]))
    # A repeat may be offered other seats, or none by now: its order is the one that it has.
    for offered in (("1", "2"), ("4", "5"), ()):
        assert same_hold(wanted._replace(seat_numbers=offered), first) is first
    for other in (
        wanted._replace(best=BestAvailable("S", 2)),
        wanted._replace(best=BestAvailable("R", 1)),
        wanted._replace(performance_key=2),
    ):
        assert isinstance(same_hold(other, first), IdempotencyConflict)


def test_a_key_belongs_to_one_fan() -> None:
    answers = hold([request("1", key="k"), request("2", user="ben", key="k")])
    assert len(made(answers)) == 2


def test_a_pass_that_was_used_for_a_payment_holds_nothing_more() -> None:
    newer = request("2")._replace(pass_key=USED._replace(number=8))
    wanted = [request("1"), newer, request("3", user="ben")]
    answers = hold(wanted, passes_used={USED})
    assert [type(answer) for answer in answers] == [EntryTokenExpired, Order, Order]


def test_a_repeat_with_the_same_key_is_answered_although_the_pass_is_used() -> None:
    (first,) = made(hold([request("1", key="k")]))
    (again,) = hold(
        [request("1", key="k")],
        earlier={("ann", "k"): first},
        passes_used={USED},
    )
    assert again is first


def test_a_fan_gets_just_as_many_seats_as_the_limit_says_in_one_batch() -> None:
    two, one, beyond = hold([request("1", "2"), request("3"), request("4")])
    assert isinstance(two, Order)
    assert isinstance(one, Order)
    assert isinstance(beyond, SeatLimitExceeded)
