"""The rows about admission: whether the set rate is reached, also when the first fans are absent.

Each has a line of FANS from which no fan is admitted until its limits are raised. `recovery_30pct`:
the first 30 % stop polling; when the server counts them as absent, the limits are raised, and the
rate of admissions is compared with the one that was set. `admission_rate` is the same with all fans
present. `draw_1m`: joins before the opening, and the time from the opening to the first place.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench.line_store import Draw, LineStore
from bench.load import ask, drive, get
from bench.results import Row
from bench.serving import Bench, Concert, concert_file
from yemae.concerts.draw_seeds import DrawSeeds
from yemae.concerts.files.import_files import load_files
from yemae.waiting_room.pace import Pace
from yemae.waiting_room.tokens import QueueToken, TokenKeys

SEED = "select draw_seed from concerts where id = %s"
VANISHING, PRESENT, DRAWN = "bench-vanishing", "bench-present", "bench-draw"
# Polls come quickly here, so that a fan who does not is absent after ABSENT_AFTER_S and not after
# three of the long intervals that a far position gives.
VARIABLES = {"YEMAE_POLL_AFTER_MAX_MS": "3000"}
ABSENT_AFTER_S = 15
PACE = Pace(ABSENT_AFTER_S * 1_000, at_front_ms=1_000, per_place_ms=10, longest_ms=3_000)
FANS = 20_000
PER_MINUTE = 60_000
# The poll interval of present fans.
POLL_EVERY_S = 3.0
# One round of polls may take longer than that on a busy machine, and is finished.
ROUND_MAX_S = 12.0
# The first second brings what the rate's bucket had saved up.
SETTLE_S = 2.0
MEASURE_S = 8.0
GONE_WITHIN_S = 60.0
RAISED_WITHIN_S = 20.0
# A loaded file is known to every process after this.
RELOADED_S = 3.0
LOOK_S = 0.1
LOOKS_MAX = 600


async def admission_rows(bench: Bench, store: LineStore) -> list[Row]:
    """The rows of both lines, one after the other."""
    present = await store.fill(PRESENT, FANS, FANS, pace=PACE)
    rate = await _row(bench, "admission_rate", "admissions/s over the set rate", PRESENT, present)
    # The first to come are the first in line.
    fans = await store.fill(VANISHING, FANS, FANS, pace=PACE)
    gone, stay = fans[: FANS * 3 // 10], fans[FANS * 3 // 10 :]
    await _vanish(bench, stay, len(gone))
    what = "the same after the first 30 % have gone"
    return [rate, await _row(bench, "recovery_30pct", what, VANISHING, stay)]


async def _row(
    bench: Bench, name: str, what: str, concert_id: str, present: Sequence[QueueToken]
) -> Row:
    """Raise the limits, and measure the rate of admissions while present fans poll."""
    polls = _polls(bench, present)
    polling = asyncio.create_task(_keep_polling(bench.port, polls))
    try:
        rate = await _admissions_per_s(bench, concert_id)
    finally:
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
    wanted = PER_MINUTE / 60
    return Row(
        name=name,
        what=f"{what}, {FANS:,} in line",
        rate=round(rate, 1),
        yardstick=wanted,
        ratio=round(rate / wanted, 3),
        aim=0.95,
    )


async def _vanish(bench: Bench, stay: Sequence[QueueToken], gone: int) -> None:
    """Poll for the present fans until the server counts the others as absent."""
    polls = _polls(bench, stay)
    polling = asyncio.create_task(_keep_polling(bench.port, polls))
    try:
        deadline = time.monotonic() + GONE_WITHIN_S
        while (await _queue(bench, VANISHING))["waiting"] > FANS - gone:
            assert time.monotonic() < deadline, "those who went are still counted"
            assert not polling.done(), "the polls have ended"
            await asyncio.sleep(LOOK_S)
    finally:
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)


async def _keep_polling(port: int, polls: Sequence[bytes]) -> None:
    """Poll for all present fans every POLL_EVERY_S, until cancelled."""
    while True:
        began = time.monotonic()
        await drive(port, iter(polls), seconds=ROUND_MAX_S, connections=16, warm_up_s=0.0)
        await asyncio.sleep(max(0.0, began + POLL_EVERY_S - time.monotonic()))


def _polls(bench: Bench, places: Sequence[QueueToken]) -> list[bytes]:
    tokens = TokenKeys(bench.settings.stores.secret_key, bench.settings.queue.queue_token_ttl_s)
    now_s = int(time.time())
    return [
        get("/v1/queue-tokens/me", queue_token=tokens.sign_place(place, now_s)) for place in places
    ]


async def _admissions_per_s(bench: Bench, concert_id: str) -> float:
    """Raise a line's limits, and measure from SETTLE_S after the first admission."""
    before = (await _queue(bench, concert_id))["admitted"]
    await _load(bench, concert_id, active_limit=1_000_000, admit_per_minute=PER_MINUTE)
    changes: list[tuple[float, int]] = [(time.monotonic(), before)]
    ends_at = changes[0][0] + RAISED_WITHIN_S
    while time.monotonic() < ends_at:
        await asyncio.sleep(LOOK_S)
        admitted = (await _queue(bench, concert_id))["admitted"]
        if admitted == changes[-1][1]:
            continue
        changes.append((time.monotonic(), admitted))
        if len(changes) == 2:
            ends_at = changes[1][0] + SETTLE_S + MEASURE_S
    assert len(changes) > 2, "no fan was admitted"
    settled = [change for change in changes if change[0] >= changes[1][0] + SETTLE_S]
    (first_at, first), (last_at, last) = settled[0], settled[-1]
    return (last - first) / (last_at - first_at)


async def _queue(bench: Bench, concert_id: str) -> Any:
    """The public numbers of the queue."""
    return await ask(bench.port, get(f"/v1/concerts/{concert_id}/queue"))


async def _load(bench: Bench, concert_id: str, **queue: Any) -> None:
    concert = Concert(concert_id, absent_after_s=ABSENT_AFTER_S, **queue)
    file = concert_file(bench.folder, concert)
    await asyncio.to_thread(load_files, bench.settings, [file])


# --- The draw ---------------------------------------------------------------------------------


async def draw_row(bench: Bench, store: LineStore, fans_max: int) -> Row:
    """All fans join before the opening; then the sale opens and places are polled."""
    planned = datetime.now(UTC) + timedelta(days=1)
    await _load_draw(bench, planned)
    await asyncio.sleep(RELOADED_S)
    began = time.monotonic()
    draw = Draw(await asyncio.to_thread(_seed, bench), int(planned.timestamp() * 1000))
    fans = await store.fill(DRAWN, fans_max, fans_max // 50, draw=draw)
    joins_per_s = fans_max / (time.monotonic() - began)
    opens_at = datetime.now(UTC) + timedelta(seconds=RELOADED_S)
    await _load_draw(bench, opens_at)
    poll = _polls(bench, fans[-1:])[0]
    for _ in range(LOOKS_MAX):
        if (await ask(bench.port, poll))["state"] != "prequeue":
            break
        await asyncio.sleep(LOOK_S)
    opened_ms = (datetime.now(UTC) - opens_at).total_seconds() * 1000
    return Row(
        name="draw_1m",
        what=f"{fans_max:,} joins before the opening; time from it to the first place",
        rate=round(joins_per_s, 1),
        value=round(opened_ms, 1),
        unit="ms",
        aim=1_000,
        aim_is_most=True,
    )


def _seed(bench: Bench) -> bytes:
    """The sealed seed, as only the server knows it."""
    with psycopg.connect(bench.settings.stores.database_url) as connection:
        row = connection.execute(SEED, (DRAWN,)).fetchone()
    assert row is not None
    return DrawSeeds(bench.settings.stores.secret_key).seed(bytes(row[0]), is_keyed=True)


async def _load_draw(bench: Bench, opens_at: datetime) -> None:
    concert = Concert(
        DRAWN, opens_at=opens_at.isoformat(), more_of_queue='queueing_method = "draw"'
    )
    file = concert_file(bench.folder, concert)
    await asyncio.to_thread(load_files, bench.settings, [file])
