"""What always holds in a simulated sale: order, limit, rate, and an outcome for every fan."""

import math
from itertools import accumulate, pairwise
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.sales import STEADY, concert, on_sale
from yemae.rehearsal.scenario import Arrival
from yemae.rehearsal.tally import OUTCOMES
from yemae.simulation.forecast import OUTCOMES as SIMULATED
from yemae.simulation.run import Course, run

SALES = st.fixed_dictionaries(
    {
        "fans": st.integers(1, 2_000),
        "seats": st.integers(1, 800),
        "arrival": st.sampled_from(get_args(Arrival)),
        "arrival_s": st.sampled_from([1.0, 60.0, 600.0]),
        "early_s": st.sampled_from([0.0, 30.0, 900.0]),
        "seed": st.integers(0, 1_000),
        "duration_s": st.sampled_from([60.0, 1_800.0]),
        "behaviour": st.fixed_dictionaries(
            {
                "patience_s": st.sampled_from([0.0, 60.0, 3_600.0]),
                "walk_away": st.sampled_from([0.0, 0.3, 1.0]),
                "hold_without_paying": st.sampled_from([0.0, 0.3, 1.0]),
                "seats_max": st.integers(1, 4),
                "think_s": st.sampled_from([0.0, 1.0, 200.0]),
            }
        ),
    }
)
QUEUES = st.fixed_dictionaries(
    {
        "active_limit": st.integers(1, 200),
        "admit_per_minute": st.integers(1, 6_000),
        "entry_ttl_s": st.sampled_from([30, 600]),
        "absent_after_s": st.sampled_from([10, 45]),
        "queueing_method": st.sampled_from(["fifo", "draw"]),
    }
)


@settings(deadline=None, max_examples=30)
@given(sale=SALES, queue=QUEUES)
def test_every_fan_has_an_outcome_and_no_limit_is_exceeded(
    sale: dict[str, Any], queue: dict[str, Any]
) -> None:
    course = run(on_sale(concert(**queue), **sale))
    assert set(course.outcomes) <= set(SIMULATED)
    assert course.outcomes.total() == sale["fans"]
    assert min(course.outcomes.values()) >= 0
    assert sum(course.fans) <= sale["fans"]
    assert max(course.history.inside, default=0) <= queue["active_limit"]
    assert 0 <= course.hall.free <= course.hall.unsold <= sale["seats"]
    assert (course.hall.unsold == 0) == (course.hall.sold_out_s is not None)
    assert_rate(course, queue["admit_per_minute"])
    for joined_s, admitted_s, came_in_s in zip(
        course.joined_s, course.admitted_s, course.came_in_s, strict=True
    ):
        assert 0 <= admitted_s <= came_in_s
        assert joined_s <= admitted_s
    if queue["queueing_method"] == "fifo":
        assert all(one <= next_one for one, next_one in pairwise(course.joined_s))


def assert_rate(course: Course, per_minute: int) -> None:
    """A minute never has more admissions than its share and that of a second."""
    before = [0, *accumulate(course.fans)]
    first = 0
    for index, admitted_s in enumerate(course.admitted_s):
        while course.admitted_s[first] <= admitted_s - 60:
            first += 1
        assert before[index + 1] - before[first] <= per_minute + max(1, per_minute / 60)


def test_the_outcomes_are_those_of_a_rehearsal() -> None:
    assert set(OUTCOMES) - set(SIMULATED) == {"failed", "refused"}


def test_the_same_seed_gives_the_same_sale_and_another_one_another() -> None:
    one, again, other = (run(on_sale(seed=seed)) for seed in (1, 1, 2))
    assert one.outcomes == again.outcomes
    assert one.came_in_s == again.came_in_s
    assert one.came_in_s != other.came_in_s


def test_the_rate_decides_when_the_last_fan_comes_in() -> None:
    course = run(on_sale(concert(admit_per_minute=600), fans=1_200, seats=5_000, behaviour=STEADY))
    # Ten in the first second are admitted at once, and then ten each second.
    assert abs(course.admitted_s[-1] - 119) < 1
    assert course.outcomes["bought"] == 1_200


def test_the_limit_decides_where_fans_stay() -> None:
    busy = concert(active_limit=20, admit_per_minute=6_000)
    course = run(on_sale(busy, fans=400, seats=5_000, behaviour=STEADY | {"think_s": 10.0}))
    assert max(course.history.inside) == 20
    # Three looks of ten seconds, and the poll that shows the pass.
    assert course.admitted_s[-1] > 400 / 20 * 25


def test_after_the_last_seat_no_fan_comes_in_and_all_others_learn_of_it() -> None:
    course = run(on_sale(fans=2_000, seats=100, behaviour=STEADY))
    assert course.hall.sold_out_s is not None
    assert course.admitted_s[-1] <= course.hall.sold_out_s
    assert course.outcomes["bought"] == 100
    assert course.outcomes["no_seat"] == 1_900


def test_in_a_draw_early_fans_come_first_and_in_no_order_of_theirs() -> None:
    drawn = concert(queueing_method="draw")
    sale = on_sale(
        drawn, fans=900, seats=2_000, early_s=300.0, arrival="ramp", arrival_s=400.0,
        behaviour=STEADY,
    )  # fmt: skip
    joined_s = list(run(sale).joined_s)
    early = sum(moment_s < 0 for moment_s in joined_s)
    assert 300 < early < 900
    assert max(joined_s[:early]) < 0 <= min(joined_s[early:])
    assert joined_s[:early] != sorted(joined_s[:early])
    assert joined_s[early:] == sorted(joined_s[early:])


def test_fans_who_come_before_joining_begins_join_then() -> None:
    sale = on_sale(early_s=600.0, behaviour=STEADY)
    opens_at = sale.concert.sale_opens_at
    begins_at = opens_at.replace(year=2029, month=12, day=31, hour=23, minute=55)
    course = run(on_sale(concert(prequeue_opens_at=begins_at), early_s=600.0, behaviour=STEADY))
    assert set(course.joined_s) == {-300.0}


def test_fans_of_a_lane_get_its_share() -> None:
    lanes = concert(shares=(50,), active_limit=1_000, entry_ttl_s=60)
    sale = on_sale(lanes, fans=2_000, seats=9_000, fans_of_lanes=(0.9, 0.1), behaviour=STEADY)
    course = run(sale)
    general, priority = course.history.fronts
    second = next(index for index, front in enumerate(priority) if front >= 200)
    # Ten come in each second, five of them from the lane.
    assert abs(second - 200 / 5) <= 2
    assert abs(general[second] - priority[second]) <= 10


def test_fans_who_have_closed_the_page_are_skipped_once_they_are_absent() -> None:
    slow = concert(active_limit=1_000, admit_per_minute=60, absent_after_s=10)
    gone = run(on_sale(slow, fans=600, seats=5_000, behaviour=STEADY | {"walk_away": 1.0}))
    in_line = sum(came_in_s == math.inf for came_in_s in gone.came_in_s)
    # A third of them closes it in line, and a fan is absent after three poll intervals.
    assert gone.outcomes["walked_away"] == 600
    assert in_line < 100
    assert len(gone.fans) < 550


def test_impatient_fans_give_up_and_the_others_come_in_sooner() -> None:
    slow = concert(admit_per_minute=60)
    patient = run(on_sale(slow, fans=600, seats=5_000, behaviour=STEADY))
    hurried = run(on_sale(slow, fans=600, seats=5_000, behaviour=STEADY | {"patience_s": 120.0}))
    assert hurried.outcomes["gave_up"] > 300
    assert hurried.ends_s < patient.ends_s / 2


def test_a_hold_that_is_not_paid_frees_its_seats_for_others() -> None:
    unpaid = STEADY | {"hold_without_paying": 0.5, "patience_s": 36_000.0}
    course = run(on_sale(concert(admit_per_minute=30), fans=1_000, seats=100, behaviour=unpaid))
    # Half of the fans who hold a seat pay it: a seat that is free once only would stay unsold.
    assert course.outcomes["held_only"] > 50
    assert course.outcomes["bought"] > 90


def test_without_a_line_all_fans_are_inside_at_once() -> None:
    open_door = concert(queueing_method="passthrough", active_limit=1)
    course = run(on_sale(open_door, fans=500, seats=5_000, behaviour=STEADY))
    assert set(course.admitted_s) == {0.0}
