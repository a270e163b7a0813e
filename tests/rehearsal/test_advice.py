"""The limits that a rehearsal suggests follow from what it measured."""

import pytest

from yemae.rehearsal.advice import Advice, advise
from yemae.rehearsal.run import Moment
from yemae.rehearsal.tally import Sale, Tally


def second(at_s: int, per_s: float, p99_ms: float = 50.0) -> Moment:
    return Moment(float(at_s), 0, 0, 0, 0, per_s, 0.0, 1.0, p99_ms)


def measured(fans: int = 100, inside_s: float = 30.0) -> Tally:
    """Each fan polled five times, then held and paid with four requests."""
    tally = Tally()
    for _ in range(fans):
        for _ in range(5):
            tally.answered("poll", 200, 0.01)
        for call in ("dates", "seats", "hold", "top_up", "pay"):
            tally.answered(call, 200, 0.01)
        tally.in_queue.add(10.0)
        tally.inside.add(inside_s)
    return tally


def advised(tally: Tally, series: list[Moment], seats: int = 0) -> Advice:
    found = advise(tally, series, seats)
    assert found is not None
    return found


def test_the_rate_is_what_was_answered_fast_with_a_reserve() -> None:
    # 200 requests/s, half of them by fans inside, five for each: 20 fans/s, of which 70 % are used.
    found = advised(measured(), [second(at, 200.0) for at in range(20)])
    assert found.admit_per_minute == 840
    assert (found.requests_per_s, found.requests_of_a_fan) == (200.0, 5.0)
    # 14 fans/s who stay for 30 s, as the histogram knows it.
    assert found.active_limit == pytest.approx(14 * 30, rel=0.03)
    assert found.is_lower_bound


def test_seconds_in_which_the_server_was_slow_do_not_count() -> None:
    slow = [second(at, 900.0, p99_ms=3_000.0) for at in range(20, 30)]
    found = advised(measured(), [*(second(at, 200.0) for at in range(20)), *slow])
    assert found.admit_per_minute == 840
    assert not found.is_lower_bound


def test_few_fans_may_be_inside_when_the_last_seat_is_gone() -> None:
    tally = measured()
    tally.sales = [Sale(f"{n}", "hall-1", ("1", "2"), 100) for n in range(50)]
    tally.seats_sold = 100
    # 400 seats are 200 orders of two, 5 % of which are 10.
    assert advised(tally, [second(at, 200.0) for at in range(20)], seats=400).active_limit == 10


def test_nothing_is_suggested_from_nothing() -> None:
    series = [second(at, 200.0) for at in range(20)]
    assert advise(Tally(), series, 100) is None
    assert advise(measured(), [], 100) is None
    assert advise(measured(), [second(at, 9.0, p99_ms=2_000.0) for at in range(20)], 9) is None


def test_a_short_rehearsal_counts_as_a_whole() -> None:
    assert advised(measured(), [second(0, 100.0), second(3, 300.0)]).requests_per_s == 200.0
