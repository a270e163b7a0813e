"""The pure parts: arrivals, the choice of seats, percentiles, fairness, what adds up."""

import json
import random
from collections import Counter
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yemae.rehearsal.arrivals import arrivals
from yemae.rehearsal.charts import ticks_up_to
from yemae.rehearsal.choice import choose, choose_area
from yemae.rehearsal.console_figures import differences, not_less
from yemae.rehearsal.fairness import fairness
from yemae.rehearsal.histogram import Histogram
from yemae.rehearsal.scenario import Arrival, Behaviour, read_behaviour
from yemae.rehearsal.tally import AdmittedFan, Sale, Tally, add_up

# --- Arrivals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("arrival", ["burst", "ramp", "poisson"])
def test_every_fan_has_a_moment_and_they_are_in_order(arrival: Arrival) -> None:
    moments = arrivals(arrival, 1_000, 60, seed=3)
    assert len(moments) == 1_000
    assert all(one <= other for one, other in pairwise(moments))
    assert moments[0] >= 0
    assert moments == arrivals(arrival, 1_000, 60, seed=3)


def test_a_burst_comes_at_once() -> None:
    assert set(arrivals("burst", 5, 60, seed=1)) == {0.0}


def test_a_ramp_brings_three_of_four_in_its_second_half() -> None:
    moments = arrivals("ramp", 10_000, 60, seed=1)
    assert sum(moment > 30 for moment in moments) == pytest.approx(7_500, abs=2)
    assert moments[-1] <= 60


def test_a_poisson_arrival_has_gaps_that_vary_as_much_as_they_last() -> None:
    moments = arrivals("poisson", 20_000, 100, seed=7)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    mean = sum(gaps) / len(gaps)
    spread = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    assert mean == pytest.approx(100 / 20_000, rel=0.05)
    assert spread == pytest.approx(mean, rel=0.05)
    assert moments != arrivals("poisson", 20_000, 100, seed=8)


# --- Behaviour ---------------------------------------------------------------------------------


def test_what_is_not_said_of_a_behaviour_stays_as_it_is() -> None:
    assert read_behaviour("") == Behaviour()
    given_one = read_behaviour(" retries = 9 , seat_choice=best,")
    assert given_one == Behaviour(retries=9, seat_choice="best")


# --- Choosing seats ----------------------------------------------------------------------------


def listing(numbers: list[str]) -> bytes:
    seats = [{"number": number, "grade": "R", "price": 7} for number in numbers]
    return json.dumps({"version": 1, "seats": seats}, ensure_ascii=False).encode()


def with_areas(numbers: list[str], **left: int) -> bytes:
    areas = [{"name": name, "grade": "R", "price": 7, "left": many} for name, many in left.items()]
    return listing(numbers)[:-1] + b',"areas":' + json.dumps(areas).encode() + b"}"


def lot_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - no secret


NUMBERS = st.lists(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
    max_size=40,
)


@given(NUMBERS, st.sampled_from(["uniform", "best"]), st.integers(1, 5), st.integers())
def test_chosen_seats_are_in_the_list_side_by_side_whatever_they_are_called(
    numbers: list[str], how: str, wanted: int, seed: int
) -> None:
    chosen = choose(listing(numbers), lot_of(seed), how, wanted)  # type: ignore[arg-type]
    found = [seat.number for seat in chosen]
    assert len(found) <= wanted
    assert bool(found) == bool(numbers)
    assert any(found == numbers[i : i + len(found)] for i in range(len(numbers) + 1))


def test_every_seat_of_a_list_is_chosen_sooner_or_later() -> None:
    numbers = [str(number) for number in range(30)]
    lot = lot_of(1)
    counts = dict.fromkeys(numbers, 0)
    for _ in range(3_000):
        counts[choose(listing(numbers), lot, "uniform", 1)[0].number] += 1
    assert min(counts.values()) > 40
    # The head of the list counts for its first seat.
    assert max(counts.values()) < 300


def test_areas_are_chosen_as_often_as_they_have_something_left() -> None:
    body = with_areas([str(number) for number in range(100)], A=300, B=100, C=0)
    lot = lot_of(1)
    chosen = Counter(choose_area(body, lot, 2) for _ in range(1_000))
    assert set(chosen) == {None, ("A", 2), ("B", 2)}
    assert 480 < chosen["A", 2] < 740
    assert 120 < chosen["B", 2] < 290
    assert choose_area(with_areas([], A=1), lot, 4) in {("A", 1), None}
    assert choose_area(listing(["1"]), lot, 2) is None
    assert choose_area(with_areas(["1"], A=0), lot, 2) is None


def test_an_area_is_never_taken_for_a_seat() -> None:
    for seed in range(50):
        body = with_areas(["1", "2"], A=300)
        assert {seat.number for seat in choose(body, lot_of(seed), "uniform", 2)} <= {"1", "2"}


def test_those_who_want_the_best_crowd_in_front() -> None:
    numbers = [str(number) for number in range(1_000)]
    lot = lot_of(1)
    chosen = [choose(listing(numbers), lot, "best", 1)[0].number for _ in range(500)]
    assert sum(int(number) < 100 for number in chosen) > 480
    assert len(set(chosen)) > 30


# --- Percentiles -------------------------------------------------------------------------------


@given(st.lists(st.floats(1e-6, 1e4), min_size=1, max_size=200), st.floats(0.01, 1.0))
def test_a_percentile_is_within_five_percent_of_the_true_one(
    durations: list[float], share: float
) -> None:
    histogram = Histogram()
    for duration in durations:
        histogram.add(duration)
    ranked = sorted(durations)
    true = ranked[max(1, -int(-len(ranked) * share // 1)) - 1]
    assert histogram.percentile_s(share) == pytest.approx(true, rel=0.05, abs=1e-6)
    assert histogram.percentile_s(1.0) <= histogram.longest_s == ranked[-1]


def test_without_any_duration_a_percentile_is_nothing() -> None:
    assert Histogram().percentile_s(0.99) == 0.0


@given(st.lists(st.floats(1e-6, 1e3)), st.lists(st.floats(1e-6, 1e3)))
def test_histograms_of_two_processes_add_up(one: list[float], other: list[float]) -> None:
    parts = [Histogram(), Histogram()]
    whole = Histogram()
    for part, durations in zip(parts, (one, other), strict=True):
        for duration in durations:
            part.add(duration)
            whole.add(duration)
    parts[0].merge(parts[1])
    assert (parts[0].counts, parts[0].total) == (whole.counts, whole.total)
    assert parts[0].longest_s == whole.longest_s


# --- Adding up ---------------------------------------------------------------------------------


def test_tallies_of_two_processes_add_up() -> None:
    one, other = Tally(people={"to_come": 2}), Tally(people={"to_come": 1})
    one.answered("hold", 201, 0.1)
    one.move("to_come", "waiting")
    other.answered("hold", 409, 0.3)
    other.refused("seat-taken")
    other.sales.append(Sale("o", "p", ("1",), 5))
    whole = add_up([one, other])
    assert whole.statuses == {201: 1, 409: 1}
    assert whole.calls["hold"].total == 2
    assert whole.people == {"to_come": 2, "waiting": 1}
    assert whole.refusals == {"seat-taken": 1}
    assert whole.sales == other.sales
    assert one.statuses == {201: 1}


def test_faults_are_what_no_request_may_be_answered_with() -> None:
    tally = Tally(statuses={0: 1, 200: 5, 409: 5, 429: 5, 500: 2, 502: 1, 503: 5})
    assert (tally.requests, tally.faults) == (24, 4)


# --- Fairness ----------------------------------------------------------------------------------

ADMISSIONS = st.lists(
    st.builds(AdmittedFan, st.integers(0, 50), st.sampled_from(["", "vip"]), st.integers(0, 9)),
    max_size=40,
    unique_by=lambda each: each.number,
)


def is_inverted(one: AdmittedFan, other: AdmittedFan) -> bool:
    return (one.number - other.number) * (one.at_s - other.at_s) < 0


@given(ADMISSIONS)
def test_inversions_are_the_pairs_of_a_lane_that_came_in_the_wrong_way_round(
    admissions: list[AdmittedFan],
) -> None:
    pairs = [pair for pair in combinations(admissions, 2) if pair[0].lane == pair[1].lane]
    wrong = [pair for pair in pairs if is_inverted(*pair)]
    found = fairness(admissions)
    assert (found.admissions, found.pairs) == (len(admissions), len(pairs))
    assert found.inversions == len(wrong)


# --- Axes --------------------------------------------------------------------------------------


@given(st.floats(1e-3, 1e9))
def test_an_axis_reaches_its_largest_value_in_a_handful_of_even_steps(most: float) -> None:
    ticks = ticks_up_to(most)
    assert ticks[0] == 0
    assert most * 0.999 <= ticks[-1] <= most * 2
    assert 3 <= len(ticks) <= 6


# --- The console ------------------------------------------------------------------------------


def test_what_is_not_the_same_is_said_in_words() -> None:
    found = list(differences(("seats sold", 1_234, 1_233), ("net", 5, 5)))
    assert found == ["seats sold: the console shows 1,234, the books say 1,233"]
    found = list(not_less(("joined", 9, 10), ("admitted", 9, 9)))
    assert found == ["joined: the console shows 9, and it has to be 10 or more"]
