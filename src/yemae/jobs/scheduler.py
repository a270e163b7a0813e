"""Runs jobs at their times: those of a server process by the clock, and those of the jobs process.

Each job repeats in a task of its own, never twice at once. Intervals are measured by the monotonic
clock, and second :00 is PostgreSQL's, so no job stops or runs twice when the node's clock is wrong
or is set.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog

from yemae.jobs import admission_tick, seat_count, send_tallies, sweep
from yemae.runtime import Runtime

# Seconds to wait at the end for a job that runs.
LAST_S = 5.0

Job = Callable[[Runtime], Awaitable[object]]
# Seconds until the job's next time.
Pause = Callable[[], float]

log = structlog.get_logger(__name__)


@asynccontextmanager
async def running_clock(runtime: Runtime) -> AsyncIterator[None]:
    """Run the jobs of a server process beside the block."""
    jobs: dict[Job, Pause] = {
        sweep.run_sweep: runtime.clock.to_next_minute_s,
        admission_tick.tick: every(admission_tick.INTERVAL_S),
        seat_count.count_seats: every(seat_count.INTERVAL_MS / 1000),
        send_tallies.send_tallies: every(send_tallies.INTERVAL_S),
    }
    async with repeating(runtime, jobs):
        yield


@asynccontextmanager
async def repeating(runtime: Runtime, jobs: Mapping[Job, Pause]) -> AsyncIterator[None]:
    """Run jobs beside the block. A job that runs at its end gets LAST_S to finish."""
    ending = asyncio.Event()
    running = [
        asyncio.create_task(_repeat(runtime, job, pause, ending), name=f"clock {job.__name__}")
        for job, pause in jobs.items()
    ]
    try:
        yield
    finally:
        ending.set()
        _, late = await asyncio.wait(running, timeout=LAST_S)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=LAST_S)


def every(seconds: float) -> Pause:
    """The pauses of a job that runs at an interval; a missed run is not made up for."""
    due = time.monotonic()

    def pause() -> float:
        nonlocal due
        now = time.monotonic()
        due = max(due + seconds, now)
        return due - now

    return pause


async def _repeat(runtime: Runtime, job: Job, pause: Pause, ending: asyncio.Event) -> None:
    while not await _is_set_within(ending, pause()):
        try:
            await job(runtime)
        except Exception:
            log.exception("job failed", job=job.__name__)


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
