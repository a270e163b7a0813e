"""How much a phase may sell: properties of the pure decision."""

from hypothesis import given
from hypothesis import strategies as st

from helpers.holds import SEATS, hold, request
from yemae.concerts.phases import GENERAL_PHASE, Phase
from yemae.orders.order import Order
from yemae.refusals import AllotmentExceeded, SeatLimitExceeded, SeatTaken
from yemae.sale.allotments import Allotments
from yemae.sale.decide_holds import HoldRequest, SeatOnOffer
from yemae.values.pass_key import PassKey

AMPLE = {(1, str(number)): SeatOnOffer("R", 10, free=True) for number in range(1, 31)}


@given(st.lists(st.integers(1, 3), max_size=10), st.integers(0, 12), st.integers(0, 4))
def test_a_phase_sells_its_allotment_and_refuses_only_what_is_beyond_it(
    wishes: list[int], allotment: int, sold: int
) -> None:
    requests, number = list[HoldRequest](), 0
    for place, wanted in enumerate(wishes):
        seats = [str(number + step) for step in range(1, wanted + 1)]
        number += wanted
        requests.append(request(*seats, user=f"fan-{place}")._replace(allotment=allotment))
    left = max(0, allotment - sold)
    answers = hold(requests, AMPLE, allotments=Allotments({("hall", 1): sold}))
    for wanted, answer in zip(wishes, answers, strict=True):
        if wanted <= left:
            assert isinstance(answer, Order)
            left -= wanted
        else:
            assert isinstance(answer, AllotmentExceeded)
            assert answer.left == left


def test_the_allotment_comes_after_the_fan_s_own_limit_and_before_seats_that_are_taken() -> None:
    taken = {(1, number): SeatOnOffer("R", 10, free=False) for number in SEATS}
    gone = Allotments({("hall", 1): 2})
    wanted = [request(*seats)._replace(allotment=2) for seats in (SEATS[:4], SEATS[:1])]
    answers = hold(wanted, taken, allotments=gone)
    assert [type(answer) for answer in answers] == [SeatLimitExceeded, AllotmentExceeded]


def test_a_phase_that_has_sold_nothing_may_sell_all_of_its_allotment() -> None:
    free = {(1, "1"): SeatOnOffer("R", 10, free=True)}
    (answer,) = hold([request("1")._replace(allotment=1)], free, allotments=Allotments())
    assert isinstance(answer, Order)


def test_each_phase_and_each_date_has_an_allotment_of_its_own() -> None:
    free = {(key, number): SeatOnOffer("R", 10, free=True) for key in (1, 2) for number in SEATS}
    wanted = [
        request("1")._replace(allotment=2),
        request("1")._replace(allotment=2, performance_key=2),
        request("1", user="ben")._replace(allotment=2, pass_key=PassKey("club", "ben", 7)),
        # A phase without one is not counted.
        request("2", user="cho"),
        request("1", user="dae"),
    ]
    answers = hold(wanted, free, allotments=Allotments({("hall", 1): 2}))
    assert [type(answer) for answer in answers] == [
        AllotmentExceeded,
        Order,
        Order,
        Order,
        SeatTaken,
    ]


def test_a_repeat_with_the_same_key_counts_once_and_is_answered_when_nothing_is_left() -> None:
    first, again, other = hold(
        [
            request("1", "2", key="k")._replace(allotment=3),
            request("1", "2", key="k")._replace(allotment=3),
            request("3", user="ben")._replace(allotment=3),
        ]
    )
    assert isinstance(first, Order)
    assert again is first
    assert isinstance(other, Order)
    (later,) = hold(
        [request("1", "2", key="k")._replace(allotment=3)],
        earlier={("ann", "k"): first},
        allotments=Allotments({("hall", 1): 3}),
    )
    assert later is first


def test_a_share_is_rounded_down_and_a_number_of_seats_is_as_it_is() -> None:
    assert Phase(allotment_percent=30).allotment_of(9) == 2
    assert Phase(allotment_percent=100).allotment_of(9) == 9
    assert Phase(allotment=200).allotment_of(9) == 200
    assert GENERAL_PHASE.allotment_of(9) is None
