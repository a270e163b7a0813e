"""Lists of two processes: what one sells leaves the other's lists, whatever is lost or dies."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from helpers.concerts import SEATS, concert, load_concert
from helpers.fans import Fan
from helpers.http import until
from helpers.looking import Process, process, without
from helpers.time_travel import travel
from yemae.concerts.seat_map import availability
from yemae.concerts.seat_map.availability import HEARD_MAX_S
from yemae.jobs import sweep
from yemae.refusals import Refusal
from yemae.settings import Settings
from yemae.store.notices import notices

LISTENERS = (
    b"select pid from pg_stat_activity where application_name = 'yemae listener' "
    b"and datname = current_database()"
)


async def test_a_sold_seat_leaves_the_lists_of_other_processes(
    own: Process, other: Process
) -> None:
    fan = Fan(own.runtime, "fan")
    await fan.top_up()
    await fan.hold("5")
    await other.lists(without("5"))
    await fan.pay()
    await fan.hold("6")
    await other.lists(without("5", "6"))
    await fan.release()
    await other.lists(without("5"))


class Forgetful(list):  # type: ignore[type-arg]
    """A list that keeps nothing."""

    def append(self, _: object) -> None:
        """Keep nothing."""


async def test_a_lost_notice_is_found_by_the_next_check(
    own: Process, other: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.runtime.availability.publisher.unpublished = Forgetful()
    await Fan(own.runtime, "fan").hold("5")
    monkeypatch.setattr(availability, "CHECK_S", 0.5)
    await other.lists(without("5"))


async def kill_listeners(own: Process) -> None:
    """End every connection that hears notices, from the server's side."""
    async with own.runtime.postgres.transaction() as tx:
        for listener in await tx.fetch(LISTENERS):
            await tx.send(b"select pg_terminate_backend(%(pid)s)", pid=listener.pid)


async def test_a_process_that_hears_nothing_lists_what_the_store_has(
    own: Process, other: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    # That the connection broke is enough: no silence has to be waited for.
    monkeypatch.setattr(availability, "RECONNECT_S", 3_600.0)
    monkeypatch.setattr(availability, "HEARD_MAX_S", 3_600.0)
    await kill_listeners(own)
    await stops_trusting(other)
    await Fan(own.runtime, "fan").hold("9")
    assert (await other.listed(), await other.left()) == (without("9"), 9)


async def stops_trusting(process: Process) -> None:
    async def so() -> bool:
        return process.watch() is None

    await until(so)


async def test_a_process_that_hears_again_has_missed_nothing(
    own: Process, other: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_connect = asyncio.Event()

    async def late(*about: Any) -> AsyncIterator[str | None]:
        await may_connect.wait()
        async for text in notices(*about):
            yield text

    monkeypatch.setattr(availability, "notices", late)
    await kill_listeners(own)
    await stops_trusting(other)
    # Sold while no process hears of it.
    await Fan(own.runtime, "fan").hold("9")
    may_connect.set()
    await other.trusts_its_memory()
    assert (await other.listed(), await other.left()) == (without("9"), 9)


# Far above what a notice takes, also on a busy machine, and far below a check of these tests.
BOUND_S = 4 * HEARD_MAX_S


async def test_no_sold_seat_is_listed_for_longer_than_the_bound_whatever_dies(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process sells, the listeners of both are killed again and again, and the other lists."""
    monkeypatch.setattr(availability, "CHECK_S", 3_600.0)
    await load_concert(settings, concert(seats=60))
    async with process(settings) as own, process(settings) as other:
        sold_at: dict[str, float] = {}

        async def sell() -> None:
            for number in map(str, range(1, 61)):
                await Fan(own.runtime, f"fan-{number}").hold(number)
                sold_at[number] = time.monotonic()
                if int(number) % 12 == 0:
                    await kill_listeners(own)
                await asyncio.sleep(0.02)

        selling = asyncio.create_task(sell())
        while not selling.done() or other.watch() is None or await other.listed():
            begun_at = time.monotonic()
            for number in await other.listed():
                assert begun_at < sold_at.get(number, begun_at) + BOUND_S
            await asyncio.sleep(0.01)
        await selling
        assert len(sold_at) == 60


async def test_a_load_shows_in_every_process(
    own: Process, other: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its notice comes with the commit, before the catalogue is read again."""
    monkeypatch.setattr("yemae.runtime.CATALOGUE_REFRESH_S", 3_600.0)
    await load_concert(own.runtime.settings, concert(seats=12))
    everything = [str(number) for number in range(1, 13)]
    for each in (own, other):
        await each.lists(everything)
        # The read that follows the notice finds another plan, and with it the new catalogue.
        await each.trusts_its_memory()
        assert (await each.listed(), await each.left()) == (everything, 12)


# --- Random histories -----------------------------------------------------------------------------


class History:
    """Two processes whose fans do whatever they like."""

    def __init__(self, processes: tuple[Process, ...], seed: int) -> None:
        self._processes = processes
        self._random = random.Random(seed)  # noqa: S311
        self._fans = [Fan(each.runtime, f"fan-{n}") for each in processes for n in range(3)]

    async def step(self) -> None:
        """One thing; what is refused changes nothing."""
        fan = self._random.choice(self._fans)
        act = self._random.choice(
            [self._hold, self._hold, self._hold, self._release, self._pay, self._pay, self._wait]
        )
        with contextlib.suppress(Refusal):
            await act(fan)

    async def _hold(self, fan: Fan) -> None:
        await fan.hold(*self._random.sample(SEATS, self._random.randint(1, 3)))

    async def _release(self, fan: Fan) -> None:
        if fan.order is not None:
            await fan.release()

    async def _pay(self, fan: Fan) -> None:
        if fan.order is not None:
            await fan.top_up()
            await fan.pay()

    async def _wait(self, fan: Fan) -> None:
        for each in self._processes:
            travel(each.runtime, 101)
        if self._random.random() < 0.3:
            await sweep.sweep(fan.runtime, fan.runtime.now())


@pytest.mark.parametrize("seed", range(4))
async def test_memory_agrees_with_the_store_at_rest(
    own: Process, other: Process, seed: int
) -> None:
    history = History((own, other), seed)
    for _ in range(25):
        await history.step()
        for each in (own, other):
            await each.lists(await each.stored())
            # A busy machine may have been late with a notice.
            await each.trusts_its_memory()
            assert await each.listed() == await each.stored()
