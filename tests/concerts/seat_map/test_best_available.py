"""Which seats best available chooses."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.concerts import GOOD
from helpers.pages import ROOT
from yemae.concerts.files.concert_file import parse, read
from yemae.concerts.seat_map.best_available import Run, choose, largest, runs_of, take
from yemae.concerts.seat_map.marks import Mark, not_chosen
from yemae.concerts.seat_map.plan import Plan

EXAMPLES = ROOT / "examples"
ROWS = '["A-D:1-10,12-21"]'


def hall(rows: str = ROWS) -> Plan:
    """A hall of one grade, four rows with an aisle in the middle."""
    head = GOOD[: GOOD.index("[[sections]]")]
    section = (
        f'[[sections]]\nname = "1"\ngrade = "R"\nnumbering = "{{row}}{{seat}}"\nrows = {rows}\n'
    )
    return parse(head + section + GOOD[GOOD.index("[[performances]]") :], "x.toml").plan


PLAN = hall()
SEATS = len(PLAN.seats.number)
RUNS = runs_of(PLAN)["R"]


def bitmap(*numbers: str, plan: Plan = PLAN) -> bytearray:
    """These seats are taken."""
    taken = bytearray((len(plan.seats.number) + 7) // 8)
    for number in numbers:
        seat = plan.seats.number.index(number)
        take(taken, range(seat, seat + 1))
    return taken


def chosen(taken: bytearray, count: int, plan: Plan = PLAN) -> list[str]:
    seats = choose(runs_of(plan)["R"], taken, count)
    return [] if seats is None else [plan.seats.number[seat] for seat in seats]


def test_the_first_gets_the_front_and_the_centre() -> None:
    plan = hall('["A-D:1-9"]')
    assert chosen(bitmap(plan=plan), 1, plan) == ["A5"]
    assert chosen(bitmap(plan=plan), 3, plan) == ["A4", "A5", "A6"]
    assert chosen(bitmap("A5", plan=plan), 1, plan) in (["A4"], ["A6"])
    # Far to the side is worse than a row further back.
    assert chosen(bitmap(*(f"A{n}" for n in range(2, 9)), plan=plan), 1, plan) == ["B5"]


def test_no_seats_are_chosen_across_an_aisle() -> None:
    assert chosen(bitmap(), 2) in (["A9", "A10"], ["A12", "A13"])
    assert chosen(bitmap(), 10) in (
        [f"A{n}" for n in range(1, 11)],
        [f"A{n}" for n in range(12, 22)],
    )
    assert chosen(bitmap(), 11) == []


def test_no_seat_is_left_alone_where_another_choice_leaves_none() -> None:
    plan = hall('["A:1-5", "B:1-5"]')
    # In row A any two would leave one alone: 1 and 2 leave 3, 2 and 3 leave 1.
    taken = bitmap("A4", "A5", plan=plan)
    assert chosen(taken, 2, plan) in (["B1", "B2"], ["B4", "B5"])
    # Three fill it.
    assert chosen(taken, 3, plan) == ["A1", "A2", "A3"]


def test_a_seat_is_left_alone_where_that_cannot_be_helped() -> None:
    plan = hall('["A:1-3"]')
    assert chosen(bitmap(plan=plan), 2, plan) in (["A1", "A2"], ["A2", "A3"])


def test_a_seat_that_is_alone_already_is_sold_to_a_fan_who_comes_alone() -> None:
    plan = hall('["A:1-3", "B:1-3"]')
    assert chosen(bitmap("A1", "A3", plan=plan), 1, plan) == ["A2"]


def brute_force(plan: Plan, taken: bytearray, count: int) -> list[tuple[tuple[int, float], range]]:
    """Every block of free adjacent seats, with what it costs, without bits and without pruning."""
    free = {i for i in range(len(plan.seats.number)) if not taken[i >> 3] >> (i & 7) & 1}
    found = []
    for run in runs_of(plan)["R"]:
        inside = range(run.first, run.first + run.length)

        def alone(seats: set[int], inside: range = inside) -> set[int]:
            return {s for s in seats if not {s - 1, s + 1} & seats & set(inside)} & set(inside)

        for start in range(run.first, run.first + run.length - count + 1):
            block = range(start, start + count)
            if set(block) <= free:
                orphans = len(alone(free - set(block)) - alone(free))
                first = start - run.first
                mean = (run.costs[first + count] - run.costs[first]) / count
                found.append(((orphans, mean), block))
    return found


@given(st.sets(st.integers(0, SEATS - 1)), st.integers(1, 12))
def test_it_is_the_best_of_all_blocks(seats: set[int], count: int) -> None:
    taken = bitmap(*(PLAN.seats.number[seat] for seat in seats))
    blocks = brute_force(PLAN, taken, count)
    found = choose(RUNS, taken, count)
    if not blocks:
        assert found is None
        assert largest(RUNS, taken) < count
        return
    assert found is not None
    assert largest(RUNS, taken) >= count
    best = min(cost for cost, _ in blocks)
    assert {block: cost for cost, block in blocks}[found] == best


@given(st.sets(st.integers(0, SEATS - 1)), st.integers(1, 4), st.randoms(use_true_random=False))
def test_noise_chooses_another_block_but_never_a_worse_kind(
    seats: set[int], count: int, randomly: random.Random
) -> None:
    taken = bitmap(*(PLAN.seats.number[seat] for seat in seats))
    plain = choose(RUNS, taken, count)
    noisy = choose(RUNS, taken, count, lambda: randomly.uniform(0, 100))
    assert (plain is None) == (noisy is None)
    if plain is not None and noisy is not None:
        orphans = {block: cost[0] for cost, block in brute_force(PLAN, taken, count)}
        assert orphans[noisy] == orphans[plain]


@given(st.lists(st.integers(1, 5), max_size=60))
def test_a_hall_is_sold_block_by_block_without_a_seat_sold_twice(counts: list[int]) -> None:
    taken = bitmap()
    sold: set[int] = set()
    for count in counts:
        seats = choose(RUNS, taken, count)
        if seats is None:
            assert largest(RUNS, taken) < count
            continue
        assert sold.isdisjoint(seats)
        assert len({PLAN.seats.y[seat] for seat in seats}) == 1
        sold |= set(seats)
        take(taken, seats)


@pytest.mark.parametrize("name", ["small-hall", "theatre", "arena"])
def test_every_seat_of_an_example_that_may_be_chosen_is_in_one_run(name: str) -> None:
    concert = read(EXAMPLES / f"{name}.toml")
    runs: list[Run] = [run for found in runs_of(concert.plan).values() for run in found]
    seats = [seat for run in runs for seat in range(run.first, run.first + run.length)]
    left_out = not_chosen(concert.plan.marks)
    assert sorted(seats) == [seat for seat in range(len(concert.seats)) if seat not in left_out]
    for grade, found in runs_of(concert.plan).items():
        assert {concert.seats[run.first].grade for run in found} == {grade}


def test_no_seat_is_chosen_that_a_fan_should_know_of_before() -> None:
    plan = hall('["A:1-10"]')
    middle = [plan.seats.number.index(number) for number in ("A5", "A6")]
    marked = msgspec.structs.replace(
        plan, marks=[Mark("wheelchair", middle[:1]), Mark("restricted_view", middle[1:])]
    )
    assert chosen(bitmap(plan=plan), 2, plan) == ["A5", "A6"]
    assert chosen(bitmap(plan=marked), 2, marked) in (["A3", "A4"], ["A7", "A8"])
    assert largest(runs_of(marked)["R"], bitmap(plan=marked)) == 4
    at_an_end = msgspec.structs.replace(plan, marks=[Mark("companion", [0, 9])])
    assert chosen(bitmap(plan=at_an_end), 8, at_an_end) == [f"A{n}" for n in range(2, 10)]


def test_the_best_of_the_arena_is_in_the_middle_of_the_first_row() -> None:
    plan = read(EXAMPLES / "arena.toml").plan
    seats = choose(runs_of(plan)["VIP"], bitmap(plan=plan), 2)
    assert seats is not None
    assert [plan.seats.number[seat] for seat in seats] == ["F2-A-10", "F2-A-11"]


def test_a_number_of_seats_that_no_row_has_is_answered_like_any_other() -> None:
    assert choose(RUNS, bitmap(), 10**15) is None
    assert largest(RUNS, bitmap()) == 10


def test_seats_side_by_side_are_those_of_the_file_s_order_not_of_the_numbers() -> None:
    plan = hall('["A:9,7,5,3,1,2,4,6,8,10"]')
    assert len(runs_of(plan)["R"]) == 1, "a row without an aisle"
    assert chosen(bitmap(plan=plan), 2, plan) in (["A3", "A1"], ["A1", "A2"])
    # 8 of 10 are free, and 1 and 2, in the middle, are not.
    assert chosen(bitmap("A1", "A2", plan=plan), 2, plan) in (["A5", "A3"], ["A4", "A6"])
    assert chosen(bitmap(plan=plan), 10, plan) == plan.seats.number
