"""Seat blocks: what an operator may block and release, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from helpers.blocks import OPERATOR, block, blocked, change, unblock
from helpers.concerts import FIRST, HALL, SEATS, SECOND, concert, load_concert
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.back_office import queue_control, seat_blocks
from yemae.back_office.seat_blocks import BlockChange
from yemae.concerts.controls import Action
from yemae.concerts.seat_map.selection import Selection
from yemae.refusals import (
    BlockNotFound,
    ConcertNotFound,
    InvalidRequest,
    PerformanceNotFound,
    Refusal,
    SeatInTheWay,
    SeatsInTheWay,
)
from yemae.runtime import Runtime
from yemae.settings import Settings


async def log(runtime: Runtime) -> list[Action]:
    """The whole log, oldest first."""
    return (await queue_control.actions(runtime, HALL, before=None, limit=1_000))[::-1]


async def test_seats_in_the_way_are_named_and_nothing_is_blocked(runtime: Runtime) -> None:
    held = await Fan(runtime, "one").hold("1")
    buyer = Fan(runtime, "two")
    await buyer.top_up()
    paid = (await buyer.hold("2")).id
    await buyer.pay()
    await block(runtime, "3", name="house")
    with pytest.raises(SeatsInTheWay) as refused:
        await block(runtime, "1", "2", "3", "4")
    assert refused.value.count == 3
    assert refused.value.seats_in_the_way == [
        SeatInTheWay(FIRST, "1", "held", held.id),
        SeatInTheWay(FIRST, "2", "paid", paid),
        SeatInTheWay(FIRST, "3", "blocked", block="house"),
    ]
    assert f"1 of {FIRST} (held: order {held.id})" in str(refused.value)
    assert await blocked(runtime) == {"house": ["3"]}
    await block(runtime, "1", "2", "3", "4", skips_taken=True)
    assert (await blocked(runtime))["press"] == ["4"]


async def test_of_many_seats_in_the_way_the_first_are_named_and_all_counted(
    runtime: Runtime,
) -> None:
    await block(runtime, *SEATS, name="house", performances=(FIRST, SECOND))
    with pytest.raises(SeatsInTheWay) as refused:
        await block(runtime, *SEATS, performances=(FIRST, SECOND))
    assert refused.value.count == 20
    assert [seat.number for seat in refused.value.seats_in_the_way] == SEATS


async def test_a_hold_that_has_run_out_is_not_in_the_way(runtime: Runtime) -> None:
    await Fan(runtime, "fan").hold("1")
    travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
    await block(runtime, "1")
    assert await blocked(runtime) == {"press": ["1"]}
    await assert_reconciled(runtime)


async def test_blocking_again_changes_nothing_and_more_seats_join_the_block(
    runtime: Runtime,
) -> None:
    for numbers in (("1",), ("1",), ("1", "2")):
        state = await block(runtime, *numbers)
    assert state.total == 2
    assert [line.details.get("count") for line in await log(runtime)] == [1, 0, 1]


async def test_a_part_of_a_block_is_released_by_seat_and_by_date(runtime: Runtime) -> None:
    await block(runtime, "1", "2", "3", performances=(FIRST, SECOND))
    assert await unblock(runtime, "1") == 2
    released, left = await seat_blocks.unblock(
        runtime, runtime.plans, HALL, OPERATOR, "press", performances=[SECOND]
    )
    assert left is not None
    assert (released, left.total) == (2, 2)
    assert await blocked(runtime, FIRST) == {"press": ["2", "3"]}
    assert await unblock(runtime, "9") == 0


async def test_a_block_without_seats_is_gone(runtime: Runtime) -> None:
    await block(runtime, "1")
    assert await unblock(runtime) == 1
    assert await blocked(runtime) == {}
    with pytest.raises(BlockNotFound):
        await unblock(runtime)


async def test_a_release_time_is_set_put_off_and_taken_back(runtime: Runtime) -> None:
    await block(runtime, "1", "2")
    at = runtime.now() + timedelta(hours=1)
    for moment in (at, at + timedelta(hours=1), None, at):
        state = await seat_blocks.release_at(
            runtime, runtime.plans, HALL, OPERATOR, "press", moment
        )
        assert (state.block.releases_at, state.total) == (moment, 2)
        await assert_reconciled(runtime)
    travel(runtime, 3_601)
    assert await blocked(runtime) == {"press": []}
    # What is blocked after that time stays until it is released.
    state = await block(runtime, "2")
    assert (state.block.releases_at, state.total) == (None, 1)
    travel(runtime, 86_400)
    assert await blocked(runtime) == {"press": ["2"]}
    await assert_reconciled(runtime)


async def test_note_color_and_reason_change_without_seats(runtime: Runtime) -> None:
    await block(runtime, "1")
    await change(runtime, BlockChange("press", note="Reviewers", color="#aa0000"))
    await change(runtime, BlockChange("press", reason="sponsor"))
    (state,) = await seat_blocks.list_blocks(runtime, HALL)
    said = state.block
    assert (said.reason, said.note, said.color) == ("sponsor", "Reviewers", "#aa0000")
    assert (said.changed_by, state.total) == (OPERATOR, 1)


async def test_every_change_has_its_line_in_the_log(runtime: Runtime) -> None:
    at = runtime.now().replace(microsecond=0) + timedelta(hours=1)
    await block(runtime, "1", "2")
    await seat_blocks.release_at(runtime, runtime.plans, HALL, "ann", "press", at)
    await unblock(runtime, "1")
    await unblock(runtime)
    lines = [(line.who, line.action, line.details) for line in await log(runtime)]
    named = {"block": "press", "reason": "press"}
    assert lines == [
        (OPERATOR, "block", {**named, "performances": [FIRST], "seats": ["1", "2"], "count": 2}),
        ("ann", "block", {**named, "releases_at": {"from": None, "to": at}, "count": 0}),
        (OPERATOR, "unblock", {"block": "press", "count": 1, "left": 1, "seats": ["1"]}),
        (OPERATOR, "unblock", {"block": "press", "count": 1, "left": 0}),
    ]


PAST = datetime(2026, 1, 1, tzinfo=UTC)
SEAT = Selection(seats=["1"])
WRONG: list[tuple[BlockChange, str]] = [
    (BlockChange(selection=SEAT), "reason: required without a name"),
    (BlockChange("new", selection=SEAT), "reason: required for a new block"),
    (BlockChange("new", "house"), "seats: a new block needs seats, rows, sections or all"),
    (BlockChange("a", "house", selection=Selection(seats=["77"])), "seats: the plan has no '77'"),
    (
        BlockChange("a", "house", selection=Selection(rows=["Floor:B"])),
        "rows: the plan has no 'Floor:B'",
    ),
    (
        BlockChange("a", "house", selection=Selection(["Balcony"])),
        "sections: the plan has no 'Balcony'",
    ),
    (
        BlockChange("a", "house", releases_at=PAST, selection=SEAT),
        "releases_at: expected a time to come",
    ),
    (
        BlockChange("a", "house", releases_at=PAST.replace(year=1999), selection=SEAT),
        "releases_at: expected a year from 2000 to 2999, found 1999",
    ),
]


@pytest.mark.parametrize(("wanted", "sentence"), WRONG, ids=[sentence for _, sentence in WRONG])
async def test_what_cannot_be_blocked_is_refused_and_leaves_nothing(
    runtime: Runtime, wanted: BlockChange, sentence: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await change(runtime, wanted)
    assert str(refused.value) == sentence
    assert await blocked(runtime) == {}
    assert await log(runtime) == []


async def test_a_concert_has_a_limited_number_of_blocks(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seat_blocks, "BLOCKS_MAX", 1)
    await block(runtime, "1")
    await block(runtime, "2")
    with pytest.raises(InvalidRequest, match="at most 1 blocks"):
        await block(runtime, "3", name="house")


async def test_one_change_is_about_a_limited_number_of_seats(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seat_blocks, "SEATS_AT_ONCE_MAX", 3)
    with pytest.raises(InvalidRequest, match="at most 3 seats at once"):
        await block(runtime, "1", "2", performances=(FIRST, SECOND))
    assert (await block(runtime, "1", "2", "3")).total == 3


async def test_only_dates_of_the_concert_can_be_named(runtime: Runtime, settings: Settings) -> None:
    await load_concert(settings, concert(concert_id="club"))
    await runtime.catalogue.refresh()
    wanted: list[tuple[str, str, type[Refusal]]] = [
        (HALL, "nowhere-1", PerformanceNotFound),
        (HALL, "club-1", InvalidRequest),
        ("nowhere", FIRST, ConcertNotFound),
    ]
    for concert_id, performance, refusal in wanted:
        with pytest.raises(refusal):
            await change(
                runtime, BlockChange("a", "house", performances=[performance], selection=SEAT),
                concert_id,
            )  # fmt: skip
        with pytest.raises(refusal):
            await seat_blocks.list_blocks(runtime, concert_id, performance)
