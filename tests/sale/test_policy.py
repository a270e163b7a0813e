"""The rules at the doors: what a concert's settings become."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from helpers.in_memory import hall_in_memory
from yemae.concerts.catalogue import Concert
from yemae.concerts.lanes import Lane
from yemae.concerts.presale_codes import PresaleCodes
from yemae.sale import policy
from yemae.settings import Settings
from yemae.values.instants import unix_ms
from yemae.waiting_room.admission import Doors
from yemae.waiting_room.pace import Pace

NOW = datetime(2026, 5, 3, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOLD_OUT = policy.UNKNOWN._replace(seats_unsold=0)
LANES = (Lane("fanclub", 30, frozenset(), "fans"), Lane("press", 5, frozenset(), "press"))


@pytest.fixture
def hall() -> Concert:
    """A concert on sale since a minute, whose prequeue opened a minute before that; its last date
    begins in a minute."""
    concert = hall_in_memory()
    first, last = concert.performances
    return replace(
        concert,
        prequeue_opens_at=NOW - 2 * MINUTE,
        sale_opens_at=NOW - MINUTE,
        performances=(first._replace(starts_at=NOW), last._replace(starts_at=NOW + MINUTE)),
        lanes=LANES,
    )


@pytest.mark.parametrize(
    ("control", "after_opening", "seats_unsold", "state"),
    [
        ("running", MINUTE, 3, "open"),
        ("running", MINUTE, -1, "open"),
        ("running", timedelta(0), 3, "open"),
        ("running", -timedelta(milliseconds=1), 3, "prequeue"),
        ("running", -MINUTE, 3, "prequeue"),
        ("running", -MINUTE - timedelta(milliseconds=1), 3, "before_sale"),
        ("paused", MINUTE, 3, "paused"),
        ("paused", -2 * MINUTE, 3, "paused"),
        ("draining", MINUTE, 3, "draining"),
        ("draining", -MINUTE, 3, "draining"),
        ("running", MINUTE, 0, "sold_out"),
        ("paused", -2 * MINUTE, 0, "sold_out"),
        ("running", 2 * MINUTE, 3, "closed"),
        ("paused", 2 * MINUTE, 0, "closed"),
    ],
)
def test_the_first_state_that_applies_is_the_state_of_a_queue(
    hall: Concert, control: Any, after_opening: timedelta, seats_unsold: int, state: str
) -> None:
    now = hall.sale_opens_at + after_opening
    queue = replace(hall, control=control)
    assert policy.state_with(queue, now, seats_unsold) == state
    snapshot = policy.UNKNOWN._replace(seats_unsold=seats_unsold)
    assert policy.state_of(queue, now, snapshot) == state
    admits = after_opening >= timedelta(0) and state in {"open", "draining"}
    assert policy.is_admitting(queue, now, snapshot) == admits
    # Without a prequeue a fan may join at any time before the opening.
    always = replace(queue, prequeue_opens_at=None)
    shown = "prequeue" if state == "before_sale" else state
    assert policy.state_with(always, now, seats_unsold) == shown


def test_joining_begins_at_the_very_moment_of_the_prequeue(hall: Concert) -> None:
    begins_at = NOW - 2 * MINUTE
    just_before = begins_at - timedelta(milliseconds=1)
    assert policy.may_join_from(hall, just_before) == begins_at
    assert policy.may_join_from(hall, begins_at) is None
    assert policy.may_join_from(replace(hall, prequeue_opens_at=None), just_before) is None


@pytest.mark.parametrize(
    ("method", "control", "door"),
    [
        ("fifo", "running", "line"),
        ("fifo", "paused", "line"),
        ("fifo", "draining", "closed"),
        ("draw", "running", "line"),
        ("reject", "running", "closed"),
        ("passthrough", "running", "straight in"),
        ("passthrough", "paused", "line"),
        ("passthrough", "draining", "closed"),
    ],
)
def test_method_and_control_decide_what_a_new_fan_meets(
    hall: Concert, method: Any, control: Any, door: str
) -> None:
    queue = replace(hall, queueing_method=method, control=control)
    assert policy.join_door(queue, NOW) == door
    assert policy.join_door(queue, NOW + MINUTE) == "closed", "every date has begun"


def test_an_admission_tick_goes_by_the_settings_of_the_concert(hall: Concert) -> None:
    assert policy.doors_of(hall, NOW) == Doors(
        hall.active_limit,
        hall.admit_per_minute,
        hall.entry_ttl_s,
        hall.place_ttl_s,
        "open",
        unix_ms(hall.sale_opens_at),
        (65, 30, 5),
    )


def test_a_queue_without_waiting_admits_all_and_a_shut_one_none(hall: Concert) -> None:
    passthrough = replace(hall, queueing_method="passthrough")
    assert policy.doors_of(passthrough, NOW).door == "all"
    for concert in (hall, passthrough):
        assert policy.doors_of(replace(concert, control="draining"), NOW).door != "shut"
        for shut in (
            policy.doors_of(replace(concert, control="paused"), NOW),
            policy.doors_of(concert, NOW, SOLD_OUT),
            policy.doors_of(concert, NOW + MINUTE),
        ):
            assert shut.door == "shut"


def test_a_lane_is_called_as_in_the_file_and_all_others_general(hall: Concert) -> None:
    names = [policy.lane_name(hall, lane) for lane in range(-1, 4)]
    assert names == ["general", "general", "fanclub", "press", "general"]


def test_a_code_opens_its_lane_and_a_group_the_first_that_names_it(hall: Concert) -> None:
    codes = PresaleCodes("a secret key that only this test knows")
    for groups, lane in (([], 0), (["press"], 2), (["press", "fans"], 1), (["others"], 0)):
        assert policy.lane_of(hall, groups, None, codes) == lane
    sealed = [frozenset({codes.seal(hall.id, f"CODE-{n}")}) for n in (1, 2)]
    lanes = tuple(
        lane._replace(code_hashes=hashes) for lane, hashes in zip(LANES, sealed, strict=True)
    )
    coded = replace(hall, lanes=lanes)
    for code, lane_of_code in (("CODE-1", 1), ("CODE-2", 2), ("CODE-3", None)):
        assert policy.lane_of(coded, ["fans"], code, codes) == lane_of_code
    none = replace(hall, lanes=())
    assert policy.lane_of(none, ["fans"], None, codes) == 0
    assert policy.lane_of(none, ["fans"], "CODE-1", codes) is None


def test_the_seed_is_public_from_the_opening_by_the_clock_of_the_snapshot(hall: Concert) -> None:
    opens_ms = unix_ms(hall.sale_opens_at)
    for now_ms, published in ((opens_ms - 1, None), (opens_ms, hall.draw_seed)):
        snapshot = policy.UNKNOWN._replace(now_ms=now_ms)
        assert policy.published_seed(hall, snapshot) == published


# --- How often fans poll --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry_ttl_s", "longest_ms"), [(30, 15_000), (120, 60_000), (600, 60_000)]
)
@pytest.mark.parametrize("is_open", [False, True])
def test_no_poll_interval_is_longer_than_half_a_pass(
    hall: Concert, entry_ttl_s: int, longest_ms: int, is_open: bool
) -> None:
    short = replace(hall, entry_ttl_s=entry_ttl_s)
    pace = policy.pace_of(short, Settings(), 1.0, is_open=is_open)
    assert pace.interval_ms(1_000_000) == longest_ms


def test_before_the_opening_a_fan_may_be_silent_for_the_longest_intervals(hall: Concert) -> None:
    concert = replace(hall, absent_after_s=45)
    open_, before = (
        policy.pace_of(concert, Settings(), 1.0, is_open=is_open) for is_open in (True, False)
    )
    assert open_ == Pace(45_000, 1_000, 10, 60_000)
    assert before == Pace(180_000, 1_000, 10, 60_000)
    patient = replace(hall, absent_after_s=200)
    assert policy.pace_of(patient, Settings(), 1.0, is_open=False).absent_after_ms == 200_000


def test_a_busy_server_makes_the_intervals_longer_and_never_the_longest(hall: Concert) -> None:
    pace = policy.pace_of(hall, Settings(), 2.5, is_open=True)
    assert (pace.at_front_ms, pace.per_place_ms, pace.longest_ms) == (2_500, 25, 60_000)
