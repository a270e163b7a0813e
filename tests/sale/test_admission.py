"""One admission tick of a concert: many short calls that add up to what its limits allow."""

from collections.abc import AsyncIterator

import pytest

from helpers.concerts import HALL, concert, load_concert
from helpers.fans import carried_out
from yemae.runtime import LastKnown, Runtime, open_runtime
from yemae.sale import admission, join
from yemae.sale.join import JoinRequest
from yemae.settings import Settings
from yemae.waiting_room import counts

CROWD = 3 * admission.STEP_MAX + 5
LIMIT = CROWD - 10


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """A hall with room for all of a crowd but ten, and a crowd in line."""
    await load_concert(settings, concert(active_limit=LIMIT))
    async with open_runtime(settings) as opened:
        await carried_out(join.join(opened, [JoinRequest(HALL, f"fan-{n}") for n in range(CROWD)]))
        yield opened


async def admit(runtime: Runtime, at_once: int = 0) -> int:
    """One tick; how many it says that it has admitted."""
    done = await admission.admit(runtime, runtime.catalogue.concert(HALL), at_once)
    assert not done.lost
    return done.admitted


async def inside(runtime: Runtime) -> int:
    return (await counts.snapshot(runtime.valkey, HALL)).active


async def test_a_tick_admits_in_many_steps_as_many_as_there_is_room_for(runtime: Runtime) -> None:
    """Also the first one, which finds that the queue has not begun."""
    assert await admit(runtime) == LIMIT
    assert await inside(runtime) == LIMIT
    known = runtime.last_known[HALL]
    assert (known.active, known.waiting) == (LIMIT, CROWD - LIMIT)
    assert await admit(runtime) == 0


@pytest.mark.parametrize("at_once", [3, admission.STEP_MAX, admission.STEP_MAX + 3])
async def test_an_operator_admits_exactly_a_number_whatever_the_rate(
    settings: Settings, runtime: Runtime, at_once: int
) -> None:
    await load_concert(settings, concert(active_limit=LIMIT, admit_per_minute=1))
    await runtime.catalogue.refresh()
    assert await admit(runtime, at_once) == at_once
    assert await inside(runtime) == at_once


async def test_what_a_tick_has_seen_of_the_seats_is_kept(runtime: Runtime) -> None:
    await counts.keep_seats(runtime.valkey, HALL, left=4, unsold=7)
    await admit(runtime)
    assert runtime.last_known[HALL] == LastKnown(LIMIT, CROWD - LIMIT, 7)


async def test_no_fan_is_admitted_once_the_view_says_that_all_is_sold(runtime: Runtime) -> None:
    await admit(runtime, 1)
    await counts.keep_seats(runtime.valkey, HALL, left=0, unsold=0)
    assert (await runtime.board.view(HALL)).snapshot.seats_unsold == 0
    assert await admit(runtime) == 0
    assert await inside(runtime) == 1
