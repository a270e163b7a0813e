"""What a process keeps of a concert between two ticks: how often its fans poll, and its numbers."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from helpers.concerts import HALL
from helpers.time_travel import travel
from yemae.concerts.catalogue import Concert
from yemae.runtime import LastKnown, Runtime
from yemae.sale import policy
from yemae.waiting_room.pace import Pace


def hall_of(runtime: Runtime, **changes: Any) -> Concert:
    return replace(runtime.catalogue.concert(HALL), **changes)


def expected(runtime: Runtime, concert: Concert, *, is_open: bool, stretch: float = 1.0) -> Pace:
    return policy.pace_of(concert, runtime.settings, stretch, is_open=is_open)


async def test_fans_poll_at_the_pace_of_the_open_sale_from_the_opening_on(runtime: Runtime) -> None:
    hall = hall_of(runtime, sale_opens_at=runtime.now() + timedelta(hours=1))
    before, after = (expected(runtime, hall, is_open=is_open) for is_open in (False, True))
    assert before != after
    assert policy.pace(runtime, hall) == before
    travel(runtime, 3_601)
    assert policy.pace(runtime, hall) == after
    runtime.paces.clear()
    assert policy.pace(runtime, hall) == after


async def test_the_pace_is_made_once_and_anew_when_the_concert_or_the_load_changes(
    runtime: Runtime,
) -> None:
    hall = hall_of(runtime)
    made = policy.pace(runtime, hall)
    assert made == expected(runtime, hall, is_open=True)
    assert policy.pace(runtime, hall) is made
    changed = replace(hall, absent_after_s=300)
    assert policy.pace(runtime, changed) == expected(runtime, changed, is_open=True)
    runtime.load.stretch = 2.0
    assert policy.pace(runtime, changed) == expected(runtime, changed, is_open=True, stretch=2.0)
    runtime.load.stretch = 1.0
    assert policy.pace(runtime, changed) == expected(runtime, changed, is_open=True)


async def test_what_was_last_known_of_a_queue_is_what_its_tick_has_seen(runtime: Runtime) -> None:
    hall = hall_of(runtime)
    assert policy.last_known_waiting(runtime, HALL) == policy.MANY
    assert policy.last_known_state(runtime, hall) == "open"
    runtime.last_known[HALL] = LastKnown(3, 17, seats_unsold=0)
    assert policy.last_known_waiting(runtime, HALL) == 17
    assert policy.last_known_state(runtime, hall) == "sold_out"
