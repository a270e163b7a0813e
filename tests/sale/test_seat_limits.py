"""How many seats one fan may have, of a performance and of a concert: pure decisions."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from helpers.holds import LIMIT, SEATS, hold, request
from yemae.orders.order import Order
from yemae.refusals import SeatLimitExceeded
from yemae.sale.decide_holds import (
    BestAvailable,
    LimitOfConcert,
    SeatOnOffer,
    exceeded_limit,
    seats_wanted,
)

OF_CONCERT = LimitOfConcert(4, (1, 2))
FREE = {(key, number): SeatOnOffer("R", 10, free=True) for key in (1, 2) for number in SEATS}
wishes = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.sampled_from(SEATS), st.sampled_from(["ann", "ben"])),
    max_size=12,
    unique=True,
)
bought = st.dictionaries(
    st.tuples(st.sampled_from(["ann", "ben"]), st.sampled_from([1, 2, 3])), st.integers(0, 2)
)


@given(wishes, bought)
def test_no_fan_gets_more_seats_of_a_concert_than_its_limit(
    wanted: list[tuple[int, str, str]], has: dict[tuple[str, int], int]
) -> None:
    asked = [
        request(seat, user=user)._replace(performance_key=key, of_concert=OF_CONCERT)
        for key, seat, user in wanted
    ]
    got = Counter({user: sum(has.get((user, key), 0) for key in (1, 2)) for user in ("ann", "ben")})
    for wish, answer in zip(asked, hold(asked, FREE, has), strict=True):
        if isinstance(answer, Order):
            got[wish.user_id] += 1
            assert got[wish.user_id] <= OF_CONCERT.seats
        elif isinstance(answer, SeatLimitExceeded) and answer.per == "concert":
            assert got[wish.user_id] == OF_CONCERT.seats


def test_the_limit_counts_what_the_fan_has_and_what_the_batch_gave_them() -> None:
    answers = hold([request("1"), request("2"), request("3")], bought={("ann", 1): 1})
    assert [type(answer) for answer in answers] == [Order, Order, SeatLimitExceeded]


def test_the_limit_is_of_one_fan_and_one_performance() -> None:
    others = {("ann", 2): LIMIT, ("ben", 1): LIMIT}
    (answer,) = hold([request("1", "2", "3")], bought=others)
    assert isinstance(answer, Order)


def test_the_best_seats_count_as_those_offered_or_else_as_those_wanted() -> None:
    for seats, best, wanted in (
        (("1", "2"), None, 2),
        (("1", "2"), BestAvailable("R", 5), 2),
        ((), BestAvailable("R", 5), 5),
    ):
        asked = request(*seats)._replace(best=best)
        assert seats_wanted(asked) == wanted
        assert not exceeded_limit(asked._replace(seat_limit=wanted))
        assert exceeded_limit(asked._replace(seat_limit=wanted), {("ann", 1): 1})
        assert exceeded_limit(asked._replace(seat_limit=wanted - 1))


def test_the_limit_of_a_concert_counts_all_its_dates_and_no_other_concert_s() -> None:
    asked = request("1", "2")._replace(of_concert=LimitOfConcert(5, (1, 2)))
    (answer,) = hold([asked], bought={("ann", 2): 3, ("ann", 9): 4, ("ben", 2): 4})
    assert isinstance(answer, Order)
    (refusal,) = hold([asked], bought={("ann", 2): 4})
    assert isinstance(refusal, SeatLimitExceeded)
    assert refusal.extra() == {"limit": 5, "per": "concert"}


def test_holds_of_two_dates_in_one_batch_count_together_against_the_limit_of_the_concert() -> None:
    of_concert = LimitOfConcert(3, (1, 2))
    free = {(key, number): SeatOnOffer("R", 10, free=True) for key in (1, 2) for number in SEATS}
    asked = [
        request("1", "2")._replace(performance_key=key, of_concert=of_concert) for key in (1, 2)
    ]
    assert [type(answer) for answer in hold(asked, free)] == [Order, SeatLimitExceeded]
