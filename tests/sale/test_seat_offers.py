"""Which seats are offered to fans who leave the choice to the server, before any hold."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from uuid import uuid4

import pytest

from helpers.concerts import FIRST, TEXT, load_concert
from races.test_best_available import wanted
from yemae.base.batching import Later
from yemae.concerts.files.concert_file import parse
from yemae.concerts.seat_map.watch import Watch
from yemae.refusals import (
    Overloaded,
    Refusal,
    SeatLimitExceeded,
    SeatsUnavailable,
    SeatTaken,
)
from yemae.runtime import Runtime, open_runtime
from yemae.sale import seat_offers
from yemae.sale.row_locks import LockedRow
from yemae.settings import Settings

ROWS = 5
SEATS = 6
KEY = 1


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """A hall of five rows of six seats."""
    text = TEXT.format(
        concert_id="hall", seats=SEATS, seat_limit=4, active_limit=9, admit_per_minute=60,
        entry_ttl_s=600, absent_after_s=45,
    )  # fmt: skip
    rows = ", ".join(f'"{row}:1-{SEATS}"' for row in "ABCDE"[:ROWS])
    text = text.replace(f'"A:1-{SEATS}"', rows).replace('"{seat}"', '"{row}{seat}"')
    await load_concert(settings, parse(text, "hall.toml"))
    async with open_runtime(settings) as opened:
        yield opened


@pytest.fixture
async def watch(runtime: Runtime) -> Watch:
    """The seats as this process knows them."""
    return await runtime.availability.watch(runtime.catalogue.performance(FIRST))


async def offer(runtime: Runtime, *counts: int, attempt: int = 0) -> list[tuple[str, ...]]:
    """What fans are offered who ask in one batch for this number of seats each."""
    requests = [wanted(runtime, f"fan-{n}", count) for n, count in enumerate(counts)]
    async with seat_offers.offered(runtime, requests, attempt) as offers:
        return [tuple(each.seat_numbers) for each in offers]


def is_lost(runtime: Runtime, answer: Refusal | Later, count: int = 2) -> bool:
    return seat_offers.is_lost(runtime, wanted(runtime, "fan", count), answer)


async def test_offers_of_a_moment_share_no_seat_and_leave_none_out(runtime: Runtime) -> None:
    blocks = await offer(runtime, *[2] * (ROWS * SEATS // 2), 1)
    assert blocks.pop() == (), "no seat is left that is not offered"
    assert {len(block) for block in blocks} == {2}
    assert len({seat for block in blocks for seat in block}) == ROWS * SEATS


async def test_seats_are_offered_again_once_the_offer_is_decided(runtime: Runtime) -> None:
    first = wanted(runtime, "first", 2)
    async with seat_offers.offered(runtime, [first], 0) as offers:
        (block,) = [tuple(each.seat_numbers) for each in offers]
        (other,) = await offer(runtime, 2)
        assert not set(other) & set(block)
    assert await offer(runtime, 2) == [block]


async def test_a_fan_who_finds_none_hears_how_many_are_side_by_side(runtime: Runtime) -> None:
    request = wanted(runtime, "fan", SEATS + 1)
    async with seat_offers.offered(runtime, [request], 0) as offers:
        (found,) = offers
    assert found.seat_numbers == ()
    assert request.best is not None
    assert found.best == request.best._replace(largest=SEATS)


async def test_one_taken_seat_is_known_at_the_first_offer(runtime: Runtime, watch: Watch) -> None:
    """The largest block is looked for whatever the count of changes is."""
    watch.taken.presume([0], runtime.availability.now_s() + 60, runtime.availability.now_s())
    assert watch.taken.flips == 1
    (block,) = await offer(runtime, 2)
    assert len(block) == 2


# --- Seats that are locked elsewhere --------------------------------------------------------------


async def test_a_seat_that_is_locked_elsewhere_is_not_offered_for_a_moment(
    runtime: Runtime, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    (best,) = await offer(runtime, 2)
    before = time.monotonic()
    monkeypatch.setattr(seat_offers, "time", SimpleNamespace(monotonic=lambda: before))
    assert is_lost(runtime, Later(LockedRow("seat", (KEY, best[0]))))
    (seat,) = watch.locked
    assert seat == watch.plan.positions[best[0]]
    assert watch.locked[seat] == before + seat_offers.LOCKED_S
    (other,) = await offer(runtime, 2)
    assert best[0] not in other
    # It counts as free all the same, and once the moment is over it is offered.
    assert not watch.taken.is_taken(seat)
    watch.locked[seat] = before
    assert await offer(runtime, 2) == [best]
    assert is_lost(runtime, Later(LockedRow("seat", (KEY, other[1]))))
    assert list(watch.locked) == [watch.plan.positions[other[1]]], "moments that are over are gone"


async def test_a_fan_who_waits_for_another_row_than_a_seat_is_offered_no_others(
    runtime: Runtime, watch: Watch
) -> None:
    for row in (LockedRow("buyer", "fan"), LockedRow("order", uuid4())):
        assert not is_lost(runtime, Later(row))
    assert not is_lost(runtime, Later("no row"))
    assert watch.locked == {}


async def test_a_locked_seat_of_a_plan_that_is_not_here_is_lost_and_not_noted(
    runtime: Runtime, watch: Watch
) -> None:
    assert is_lost(runtime, Later(LockedRow("seat", (KEY, "Z99"))))
    assert is_lost(runtime, Later(LockedRow("seat", (99, "A1"))))
    assert watch.locked == {}


# --- Other answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(("largest", "lost"), [(1, False), (2, True), (3, True)])
async def test_a_fan_is_offered_others_as_long_as_there_are_enough_side_by_side(
    runtime: Runtime, largest: int, lost: bool
) -> None:
    assert is_lost(runtime, SeatsUnavailable("R", 2, largest)) is lost


async def test_seats_that_were_gone_are_not_offered_again_until_they_are_read(
    runtime: Runtime, watch: Watch
) -> None:
    (best,) = await offer(runtime, 2)
    assert is_lost(runtime, SeatTaken([best[0]]))
    assert watch.taken.is_taken(watch.plan.positions[best[0]])
    (other,) = await offer(runtime, 2)
    assert best[0] not in other


async def test_an_answer_that_is_not_about_the_seats_is_the_answer(runtime: Runtime) -> None:
    assert not is_lost(runtime, SeatLimitExceeded(4))
    assert not is_lost(runtime, Overloaded())


# --- Work -----------------------------------------------------------------------------------------


async def test_a_first_offer_is_the_best_and_later_ones_are_spread(runtime: Runtime) -> None:
    """So that fans of several processes who lost to one another do not meet again."""
    random.seed(5)
    assert len({(await offer(runtime, 2))[0] for _ in range(20)}) == 1
    spread = [
        len({(await offer(runtime, 2, attempt=attempt))[0] for _ in range(40)})
        for attempt in (1, seat_offers.OFFERS_MAX)
    ]
    assert 1 < spread[0] <= spread[1]


async def test_seats_are_read_again_only_before_the_answer_is_no(
    runtime: Runtime, watch: Watch
) -> None:
    async def reads(*counts: int) -> bool:
        watch.read_at = at = time.monotonic() - seat_offers.FRESH_S
        await offer(runtime, *counts)
        return watch.read_at != at

    assert not await reads(2)
    # While other seats are offered, these may come back: a read would not tell.
    assert not await reads(*[SEATS] * ROWS, 1)
    assert await reads(SEATS + 1)


async def test_seats_that_came_back_are_offered_before_the_answer_is_no(
    runtime: Runtime, watch: Watch
) -> None:
    now_s = runtime.availability.now_s()
    watch.taken.presume(range(ROWS * SEATS), now_s + 60, now_s)
    watch.read_at = time.monotonic() - seat_offers.FRESH_S
    (block,) = await offer(runtime, 2)
    assert len(block) == 2


async def test_the_runs_of_a_plan_are_made_once(runtime: Runtime, watch: Watch) -> None:
    await offer(runtime, 2)
    runs = watch.plan.made["runs"]
    await offer(runtime, 2)
    assert watch.plan.made["runs"] is runs


async def test_other_tasks_have_a_turn_between_two_offers(runtime: Runtime) -> None:
    await offer(runtime, 1)
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(take_turns())
    await offer(runtime, *[1] * 10)
    task.cancel()
    assert turns >= 9
