"""One admission tick of a concert: many short calls that add up to what its limits allow."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from valkey import Valkey as BlockingValkey

from helpers.concerts import HALL, concert, load_concert
from helpers.fans import carried_out
from yemae.runtime import LastKnown, Runtime, open_runtime
from yemae.sale import admission, join, recovery
from yemae.sale.join import JoinRequest
from yemae.sale.recovery import Begun
from yemae.settings import Settings
from yemae.waiting_room import admission as room_admission
from yemae.waiting_room import counts, losses
from yemae.waiting_room.admission import Admission
from yemae.waiting_room.keys import keys_of

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


async def test_the_steps_of_a_tick_share_one_rate(settings: Settings, runtime: Runtime) -> None:
    per_s = admission.STEP_MAX + 5
    await load_concert(settings, concert(active_limit=LIMIT, admit_per_minute=60 * per_s))
    await runtime.catalogue.refresh()
    started = time.monotonic()
    assert per_s <= await admit(runtime) <= per_s * (1 + time.monotonic() - started)


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


# --- How much one tick does -----------------------------------------------------------------------


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Admission]:
    """What each call of a tick has found."""
    found: list[Admission] = []
    call = room_admission.admit

    async def noting(*given: Any, **how: Any) -> Admission:
        found.append(await call(*given, **how))
        return found[-1]

    monkeypatch.setattr(room_admission, "admit", noting)
    return found


async def test_a_tick_ends_with_the_call_that_has_found_no_more_to_do(
    runtime: Runtime, calls: list[Admission]
) -> None:
    await admit(runtime)
    assert [call.has_more for call in calls[1:]] == [True] * (len(calls) - 2) + [False]
    calls.clear()
    await admit(runtime)
    assert len(calls) == 1


async def test_a_tick_ends_when_a_repair_takes_longer_than_it_may(
    runtime: Runtime, calls: list[Admission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "STEPS_MAX", 0)
    done = await admission.admit(runtime, runtime.catalogue.concert(HALL))
    assert (done.admitted, len(calls)) == (0, 1)


async def test_a_tick_that_goes_on_with_a_repair_does_not_begin_it_again(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await admit(runtime)
    begun: list[str] = []

    async def noting(_: object, concert_id: str, *__: object) -> int:
        begun.append(concert_id)
        return 0

    monkeypatch.setattr(losses, "restore_held", noting)
    (seen,) = [key for key in keys_of(HALL) if key.endswith("seen")]
    with BlockingValkey.from_url(runtime.settings.stores.valkey_url) as client:
        client.delete(seen)
    rules = recovery.recovery_of(
        runtime, runtime.catalogue.concert(HALL), "another", Begun("first", True, 0)
    )
    assert await losses.recover(runtime.valkey, HALL, rules, step=5) is None
    await admit(runtime)
    assert begun == []
    with BlockingValkey.from_url(runtime.settings.stores.valkey_url) as client:
        client.delete(seen)
    await admit(runtime)
    assert begun == [HALL]
