"""Dates and seats from memory: a process's own changes are in its next list, and PostgreSQL itself
answers where memory may be wrong.
"""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from helpers.concerts import FIRST, HALL, SEATS
from helpers.fans import Fan
from helpers.http import until
from helpers.looking import PASS, Process, without
from helpers.time_travel import travel
from yemae.base.batching import Batch, Done
from yemae.concerts.seat_map import availability
from yemae.sale import looks

Run = Callable[[list[int]], Awaitable[Done[object]]]


@pytest.fixture
def reads(own: Process, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the selling process's lists read from PostgreSQL."""
    read: list[str] = []

    for name in ("free_seats", "seats_left"):
        batch: Batch[int, object] = getattr(own.batches, name)

        async def noting(keys: list[int], name: str = name, run: Run = batch._run) -> Done[object]:
            read.append(name)
            return await run(keys)

        monkeypatch.setattr(batch, "_run", noting)
    return read


# --- A process's own changes ----------------------------------------------------------------------


async def test_own_changes_are_in_the_next_list_without_a_look_at_the_store(
    own: Process, reads: list[str]
) -> None:
    fan, buyer = Fan(own.runtime, "fan"), Fan(own.runtime, "buyer")
    await buyer.top_up()
    assert (await own.listed(), await own.left()) == (SEATS, 10)
    await fan.hold("1", "2")
    assert (await own.listed(), await own.left()) == (without("1", "2"), 8)
    await fan.release()
    assert (await own.listed(), await own.left()) == (SEATS, 10)
    await buyer.hold("3")
    await fan.hold("4")
    await buyer.pay()
    travel(own.runtime, own.runtime.settings.sale.hold_ttl_s + 1)
    assert (await own.listed(), await own.left()) == (without("3"), 9)
    assert reads == []
    assert await own.stored() == without("3")


async def test_a_list_is_made_once_for_all_who_ask_while_nothing_changes(own: Process) -> None:
    first = await looks.list_seats(own.runtime, own.batches, PASS, FIRST, is_gzipped=True)
    many = await asyncio.gather(
        *(looks.list_seats(own.runtime, own.batches, PASS, FIRST, is_gzipped=True),) * 1,
        *(looks.list_seats(own.runtime, own.batches, PASS, FIRST) for _ in range(20)),
    )
    assert all(listed.body is first.body for listed in many)
    assert all(listed.gzipped is first.gzipped for listed in many)


async def test_versions_grow_whether_memory_or_the_store_answers(own: Process) -> None:
    fan, versions = Fan(own.runtime, "fan"), []
    watch = own.watch()
    assert watch is not None
    for number in SEATS[:4]:
        await fan.hold(number)
        listed = await looks.list_seats(own.runtime, own.batches, PASS, FIRST)
        versions.append(msgspec.json.decode(listed.body)["version"])
        key = watch.performance.key
        read = await own.batches.free_seats.submit(key)
        assert (read.tag, msgspec.json.decode(read.body)["seats"]) == (
            listed.tag,
            msgspec.json.decode(listed.body)["seats"],
        )
        versions.append(msgspec.json.decode(read.body)["version"])
        await fan.release()
    assert versions == sorted(set(versions))


# --- Where memory is not trusted ------------------------------------------------------------------


def missed(own: Process, _: pytest.MonkeyPatch) -> None:
    for watch in own.runtime.availability.watches.values():
        watch.miss()


def silent(_: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "HEARD_MAX_S", -1.0)


def too_old(_: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "STALE_CHECKS", -1)


def of_another_plan(own: Process, _: pytest.MonkeyPatch) -> None:
    dates = own.runtime.catalogue.performances
    for date in list(dates.values()):
        dates[date.id] = date._replace(plan="another")
    hall = own.runtime.catalogue.queues[HALL]
    listed = tuple(dates[date.id] for date in hall.performances)
    own.runtime.catalogue.queues[HALL] = msgspec.structs.replace(hall, performances=listed)


def not_watched(own: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "SEATS_WATCHED_MAX", 19)
    for watch in list(own.runtime.availability.watches.values()):
        own.runtime.availability._forget(watch)


@pytest.mark.parametrize("doubt", [missed, silent, too_old, of_another_plan, not_watched])
async def test_a_list_that_may_be_wrong_comes_from_the_store(
    own: Process,
    reads: list[str],
    monkeypatch: pytest.MonkeyPatch,
    doubt: Callable[[Process, pytest.MonkeyPatch], None],
) -> None:
    await own.left()
    doubt(own, monkeypatch)
    assert (await own.listed(), await own.left()) == (SEATS, 10)
    assert reads == ["free_seats", "seats_left"]


async def test_no_more_seats_are_watched_for_lists_than_there_is_room_for(
    own: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    not_watched(own, monkeypatch)
    await own.left()

    async def decided() -> bool:
        return not own.runtime.availability._wanted

    await until(decided)
    assert own.runtime.availability.watched == 1
