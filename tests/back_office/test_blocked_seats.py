"""Blocked seats: what follows for fans, limits, lists and the line."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from helpers.blocks import OPERATOR, block, blocked, change, unblock
from helpers.concerts import FIRST, HALL, SEATS, SECOND, load_concert
from helpers.fans import Fan
from helpers.looking import Process, process, without
from helpers.reconcile import assert_reconciled
from helpers.sales import in_phases
from helpers.time_travel import travel
from yemae.back_office.seat_blocks import BlockChange
from yemae.concerts import seats
from yemae.concerts.seat_map.selection import Selection
from yemae.refusals import (
    SeatLimitExceeded,
    SeatTaken,
)
from yemae.runtime import Runtime
from yemae.settings import Settings

EVERY_SEAT = Selection(is_whole=True)


async def counted(runtime: Runtime) -> tuple[int, int]:
    """Seats left, and unsold, of both dates."""
    keys = [date.key for date in runtime.catalogue.concert(HALL).performances]
    async with runtime.postgres.transaction() as tx:
        found = await seats.seats_of_concert(tx, keys)
    return found.seats_left, found.unsold


async def test_a_blocked_seat_is_sold_to_no_fan_until_it_is_released(runtime: Runtime) -> None:
    await block(runtime, "1", "2")
    for n, number in enumerate(("1", "2")):
        with pytest.raises(SeatTaken):
            await Fan(runtime, f"fan-{n}").hold(number, "3")
    assert await unblock(runtime) == 2
    assert (await Fan(runtime, "fan").hold("1", "2")).status == "held"
    await assert_reconciled(runtime)


async def test_a_block_of_one_date_leaves_the_others(runtime: Runtime) -> None:
    await block(runtime, "1")
    assert (await Fan(runtime, "fan").hold("1", performance=SECOND)).seat_numbers == ["1"]


async def test_without_dates_every_date_to_come_is_blocked(runtime: Runtime) -> None:
    wanted = BlockChange(reason="house", selection=Selection(seats=["1", "2"]))
    assert await change(runtime, wanted) == 4
    travel(runtime, (datetime(2030, 1, 1, 11, tzinfo=UTC) - runtime.now()).total_seconds())
    wanted = BlockChange("later", "house", selection=Selection(seats=["3"]))
    assert await change(runtime, wanted) == 1
    assert (await blocked(runtime, SECOND))["later"] == ["3"]


async def test_without_dates_those_of_every_phase_are_blocked(
    settings: Settings, runtime: Runtime
) -> None:
    await load_concert(settings, in_phases())
    await runtime.catalogue.refresh()
    wanted = BlockChange(reason="house", selection=Selection(seats=["1"]))
    assert await change(runtime, wanted) == 3
    assert await blocked(runtime, "hall-3") == {"house": ["1"]}


async def test_sections_and_rows_are_whole(runtime: Runtime) -> None:
    by_row = BlockChange(
        "row", "house", performances=[FIRST], selection=Selection(rows=["Floor:A"])
    )
    assert await change(runtime, by_row) == 10
    by_section = BlockChange(
        "section", "house", performances=[SECOND], selection=Selection(sections=["Floor"])
    )
    assert await change(runtime, by_section) == 10


async def test_blocked_seats_do_not_count_against_a_fan_s_limit(runtime: Runtime) -> None:
    await block(runtime, "1", "2", "3", "4")
    fan = Fan(runtime, OPERATOR)
    await fan.hold("5", "6", "7", "8")
    with pytest.raises(SeatLimitExceeded):
        await fan.hold("9")


async def test_blocked_seats_are_neither_left_nor_unsold_whatever_their_release_time(
    runtime: Runtime,
) -> None:
    await block(runtime, "1", "2")
    at = runtime.now() + timedelta(hours=1)
    await block(runtime, "3", name="timed", releases_at=at)
    await Fan(runtime, "fan").hold("4")
    assert await counted(runtime) == (16, 17)
    travel(runtime, 3_601)
    assert await counted(runtime) == (18, 18)


async def test_a_concert_whose_rest_is_blocked_has_nothing_unsold(runtime: Runtime) -> None:
    fan = Fan(runtime, "fan")
    await fan.top_up()
    await fan.hold("1")
    await fan.pay()
    rest = BlockChange("rest", "not_for_sale", selection=EVERY_SEAT, skips_taken=True)
    assert await change(runtime, rest) == 19
    assert await counted(runtime) == (0, 0)
    await unblock(runtime, "2", name="rest")
    assert await counted(runtime) == (2, 2)


async def test_the_seats_of_a_block_leave_the_lists_of_every_process(settings: Settings) -> None:
    await load_concert(settings)
    async with process(settings) as own, process(settings) as other:
        await block(own.runtime, "5", "6")
        for each in (own, other):
            await each.lists(without("5", "6"))
        await unblock(other.runtime, "5")
        for each in (own, other):
            await each.lists(without("6"))


@pytest.fixture
async def looking(settings: Settings) -> AsyncIterator[Process]:
    """A process whose lists come from memory."""
    await load_concert(settings)
    async with process(settings) as opened:
        yield opened


async def test_at_its_release_time_a_block_leaves_the_lists_by_the_clock(looking: Process) -> None:
    at = looking.runtime.now() + timedelta(hours=1)
    await block(looking.runtime, "5", releases_at=at)
    await looking.lists(without("5"))
    travel(looking.runtime, 3_601)
    await looking.lists(SEATS)
