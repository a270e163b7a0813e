"""What follows from a snapshot: rates, positions and an operator's statistics, exactly."""

import pytest

from yemae.waiting_room.queue_numbers import BLOCK, DRAWN, DRAWN_BLOCK, LANE, block_of
from yemae.waiting_room.snapshot import LaneNumbers, Ranks, Snapshot, Statistics, quantile_s

# A quarter into the eleventh minute.
NOW_MS = 10 * 60_000 + 15_000
# The first number of a block of numbers in turn.
FIRST = 2 * DRAWN

EMPTY = Snapshot(NOW_MS, 0, 0, 0, 0, 0, 0, -1, -1, -1, {}, {}, ())
RATES = {"a10": 5, "a9": 60, "a8": 30, "j10": 6, "j9": 80, "j8": 40, "a11": 900, "a12": 900}


@pytest.mark.parametrize(
    ("minutes", "counted"), [(1, 5 + 45), (2, 5 + 60 + 22.5), (3, 5 + 60 + 30), (5, 95)]
)
def test_a_rate_counts_the_part_of_the_oldest_minute_that_is_in_its_window(
    minutes: int, counted: float
) -> None:
    queue = EMPTY._replace(rates=RATES, first_admitted_at_ms=1)
    assert queue.admitted_per_s(minutes) == pytest.approx(counted / (60 * minutes), rel=1e-9)


def test_joins_have_counts_of_their_own() -> None:
    queue = EMPTY._replace(rates=RATES)
    assert queue.joined_per_s(1) == pytest.approx((6 + 60) / 60, rel=1e-9)
    assert queue.joined_per_s(2) == pytest.approx((6 + 80 + 30) / 120, rel=1e-9)


@pytest.mark.parametrize(
    ("since_ms", "span_s"), [(4_999, None), (5_000, 5), (20_000, 20), (60_000, 60), (90_000, 60)]
)
def test_a_rate_is_over_the_time_since_the_first_admission_and_never_over_an_instant(
    since_ms: int, span_s: int | None
) -> None:
    queue = EMPTY._replace(rates={"a10": 30}, first_admitted_at_ms=NOW_MS - since_ms)
    expected = None if span_s is None else pytest.approx(30 / span_s, rel=1e-9)
    assert queue.admitted_per_s(1) == expected


def test_without_an_admission_there_is_no_rate() -> None:
    assert EMPTY._replace(rates=RATES).admitted_per_s(1) is None


# --- Positions ------------------------------------------------------------------------------------

# In lane 0: 4 drawn fans, 10 fans of one block, 20 of the next one, from which numbers are given
# out. In lane 1: 7 fans, the first of whom has the third number of a block.
LINE = EMPTY._replace(
    open_block=FIRST // BLOCK + 1,
    blocks={
        block_of(0, 5): 4,
        block_of(0, FIRST): 10,
        block_of(0, FIRST + BLOCK): 20,
        block_of(1, FIRST): 7,
    },
    lanes=(LaneNumbers(34, 5, -1), LaneNumbers(7, FIRST + 2, -1), LaneNumbers(0, -1, -1)),
)


def test_a_block_is_a_range_of_drawn_numbers_or_of_numbers_in_turn_in_a_lane() -> None:
    assert [block_of(0, number) for number in (1, DRAWN_BLOCK - 1, DRAWN_BLOCK)] == [0, 0, 1]
    last_drawn, first_in_turn = block_of(0, DRAWN - 1), block_of(0, DRAWN)
    assert (last_drawn, first_in_turn) == (DRAWN // DRAWN_BLOCK - 1, DRAWN // BLOCK)
    assert block_of(0, FIRST + BLOCK - 1) == block_of(0, FIRST) == block_of(0, FIRST + BLOCK) - 1
    assert [block_of(2, number) for number in (1, FIRST)] == [
        2 * LANE // BLOCK,
        (2 * LANE + FIRST) // BLOCK,
    ]


@pytest.mark.parametrize(
    ("lane", "number", "ahead"),
    [
        # A drawn number: all of its block may be ahead, and none of a later one.
        (0, 5, 4),
        (0, DRAWN_BLOCK + 5, 4),
        # A number in turn: those of the blocks before, and at most those of its own block.
        (0, FIRST + 3, 4 + 3),
        (0, FIRST + 200, 4 + 10),
        # In the block that numbers are given out from, fans may have come since.
        (0, FIRST + BLOCK + 50, 4 + 10 + 50),
        # A block without a fan, before and behind all others.
        (0, FIRST - 1, 4),
        (0, FIRST + 2 * BLOCK + 9, 4 + 10 + 20),
        # The first block of a lane, whose first number is known.
        (1, FIRST + 1, 0),
        (1, FIRST + 2, 0),
        (1, FIRST + 5, 3),
        (1, FIRST + 100, 7),
        (1, FIRST + BLOCK + 1, 7 + 1),
        (2, FIRST + 3, 0),
    ],
)
def test_a_position_is_the_most_fans_who_can_be_ahead(lane: int, number: int, ahead: int) -> None:
    assert Ranks(LINE).most_ahead(lane, number) == ahead


# --- Statistics -----------------------------------------------------------------------------------


def test_an_operator_sees_the_counts_the_rates_per_minute_and_the_time_in_the_queue() -> None:
    queue = EMPTY._replace(
        waiting=1, absent=2, active=3, admitted=4, joined=5, rates=RATES, first_admitted_at_ms=1
    )
    ended = {
        "unused_admissions": 6,
        "ended_by_payment": 7,
        "ended_by_expiry": 8,
        "ended_by_revoke": 9,
        "ended_by_leave": 10,
    }
    seen = Statistics.of(queue, ended, [3_000, 1_000, 2_000])
    per_minute = (seen.admitted_1m, seen.admitted_5m, seen.admitted_15m)
    # Of the last fifteen minutes the queue has been admitting for a little over ten.
    assert per_minute == pytest.approx((50, 95 / 5, 95 / (10.25 - 1 / 60_000)), rel=1e-9)
    assert seen._replace(admitted_1m=0, admitted_5m=0, admitted_15m=0) == Statistics(
        1, 2, 3, 4, 5, 0, 0, 0, 2.0, 3.0, 6, 7, 8, 9, 10
    )
    # The last fifteen minutes, and nine of ten waits.
    later = queue._replace(now_ms=30 * 60_000, rates={"a30": 30, "a14": 900})
    seen = Statistics.of(later, ended, [1_000 * n for n in range(1, 21)])
    assert (seen.admitted_15m, seen.time_in_queue_p90_s) == (2, 19)
    never = Statistics.of(EMPTY, ended, [])
    assert (never.admitted_1m, never.time_in_queue_p50_s) == (0, None)


@pytest.mark.parametrize(("share", "second"), [(0.0, 1), (0.5, 6), (0.9, 10), (1.0, 10)])
def test_a_quantile_is_one_of_the_values(share: float, second: int) -> None:
    assert quantile_s([each * 1_000 for each in range(1, 11)], share) == second
