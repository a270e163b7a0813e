"""Admission ticks at once, from several runtimes: never more fans inside than the limit, and never
faster than the rate."""

from collections.abc import AsyncIterator, Sequence

import pytest
from valkey.asyncio import Valkey as Client

from helpers.concerts import HALL, concert
from helpers.fans import carried_out
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from races.interleaving import all_at_once, several_runtimes, without_in_lua
from yemae.concerts.files.concert_file import FileConcert
from yemae.runtime import Runtime
from yemae.sale import join
from yemae.sale.admission import admit
from yemae.sale.join import JoinRequest
from yemae.settings import Settings
from yemae.waiting_room import counts, passes
from yemae.waiting_room.admission import admit_lua

LIMIT = 5
ENTRY_TTL_S = 30
NARROW = concert(
    active_limit=LIMIT, admit_per_minute=60_000, entry_ttl_s=ENTRY_TTL_S, absent_after_s=3_600
)
PER_MINUTE = 120
SLOW = concert(
    active_limit=10_000, admit_per_minute=PER_MINUTE, entry_ttl_s=600, absent_after_s=3_600
)
ROOM = "doors.active_limit - inside - reserved"
RATE = "math.floor(filled)"


@pytest.fixture
async def valkey(valkey_url: str) -> AsyncIterator[Client]:
    """A client of its own, for reading and for what our scripts never do."""
    async with Client.from_url(valkey_url, decode_responses=True) as client:
        yield client


async def crowd(runtimes: Sequence[Runtime], size: int) -> None:
    await carried_out(join.join(runtimes[0], [JoinRequest(HALL, f"fan-{n}") for n in range(size)]))


async def ticks(runtimes: Sequence[Runtime], each: int = 3) -> int:
    """Every runtime ticks several times, all at once. Returns how many were let in."""
    of_hall = runtimes[0].catalogue.concert(HALL)
    admissions = await all_at_once(admit(runtime, of_hall) for runtime in [*runtimes] * each)
    return sum(admission.admitted for admission in admissions)


async def active(runtimes: Sequence[Runtime]) -> int:
    return (await counts.snapshot(runtimes[0].valkey, HALL)).active


async def now_s(client: Client, runtime: Runtime) -> float:
    """Valkey's clock as the runtime sees it."""
    seconds, microseconds = await client.time()
    return int(seconds) + int(microseconds) / 1e6 + runtime.valkey.clock_offset_ms / 1000


# --- The limit ---------------------------------------------------------------------------------


async def test_ticks_at_once_never_let_in_more_than_the_limit(settings: Settings) -> None:
    async with several_runtimes(settings, 3, NARROW) as runtimes:
        await crowd(runtimes, LIMIT * 10)
        for _ in range(10):
            assert await ticks(runtimes) == LIMIT
            assert await active(runtimes) == LIMIT
            assert await ticks(runtimes) == 0
            for runtime in runtimes:
                travel(runtime, ENTRY_TTL_S)
        assert await ticks(runtimes) == 0, "everybody has been inside"
        await assert_reconciled(runtimes[0])


async def test_passes_that_end_while_runtimes_tick_make_room_for_as_many_fans(
    settings: Settings,
) -> None:
    async with several_runtimes(settings, 3, NARROW) as runtimes:
        await crowd(runtimes, LIMIT * 10)
        assert await ticks(runtimes) == LIMIT
        for _ in range(10):
            for runtime in runtimes:
                travel(runtime, ENTRY_TTL_S / 2)
            ending = passes.expire_passes(runtimes[1].valkey, HALL, 500)
            let_in, _ = await all_at_once([ticks(runtimes), ending])
            assert let_in in (0, LIMIT)
            assert await active(runtimes) == LIMIT
        await assert_reconciled(runtimes[0])


async def test_control_a_tick_without_the_limit_lets_more_in(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_in_lua(monkeypatch, admit_lua, ROOM, "doors.active_limit")
    async with several_runtimes(settings, 3, NARROW) as runtimes:
        await crowd(runtimes, 100)
        assert await ticks(runtimes) == LIMIT * 9
        assert await active(runtimes) > LIMIT


async def test_control_ticks_that_do_not_count_admitted_fans_let_in_more_than_the_limit(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_in_lua(
        monkeypatch, admit_lua, "local inside = redis.call('ZCARD', ACTIVE)", "local inside = 0"
    )
    async with several_runtimes(settings, 2, NARROW) as runtimes:
        await crowd(runtimes, 20)
        assert await ticks(runtimes, each=1) == 2 * LIMIT
        assert await active(runtimes) == 2 * LIMIT


# --- The rate ----------------------------------------------------------------------------------


async def let_in_at_most(
    settings: Settings, wanted: FileConcert, client: Client
) -> tuple[int, int]:
    """Many ticks over eight seconds. Returns how many were let in, and how many may be:
    the rate times the time, and one second's worth that the bucket holds at first."""
    async with several_runtimes(settings, 3, wanted) as runtimes:
        await crowd(runtimes, 400)
        began = await now_s(client, runtimes[0])
        let_in = 0
        for step_s in (1, 0.25, 0.25, 0.25, 0.25) * 4:
            let_in += await ticks(runtimes)
            for runtime in runtimes:
                travel(runtime, step_s)
        passed_s = await now_s(client, runtimes[0]) - began
        return let_in, int((passed_s + 1) * PER_MINUTE / 60)


async def test_ticks_at_once_never_let_in_faster_than_the_rate(
    settings: Settings, valkey: Client
) -> None:
    let_in, most = await let_in_at_most(settings, SLOW, valkey)
    assert 10 <= let_in <= most


async def test_control_a_tick_without_the_rate_lets_everybody_in(
    settings: Settings, valkey: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_in_lua(monkeypatch, admit_lua, RATE, "step")
    let_in, most = await let_in_at_most(settings, SLOW, valkey)
    assert let_in == 400
    assert let_in > most


async def test_control_ticks_that_do_not_note_what_they_spend_let_in_faster_than_the_rate(
    settings: Settings, valkey: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_in_lua(
        monkeypatch, admit_lua, "'bucket', tostring(filled - admitted)", "'bucket', filled"
    )
    let_in, most = await let_in_at_most(settings, SLOW, valkey)
    assert let_in > most
