"""The clock of a server process: it runs the jobs of scheduler.py at their times."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from yemae import scheduler
from yemae.house import House

# How late a job may begin, and how long one that runs is waited for at the end.
LATE_S = 30
LAST_S = 5.0

Job = Callable[[House], Awaitable[object]]


@asynccontextmanager
async def running_clock(house: House) -> AsyncIterator[None]:
    """Run the jobs beside the block; one that runs at its end is finished, as far as that is
    soon."""
    running: set[asyncio.Task[object]] = set()

    def of_house(job: Job) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            # The clock's own task, which is more than the job: what is waited for is over whole.
            task = asyncio.current_task()
            assert task is not None
            running.add(task)
            try:
                await job(house)
            finally:
                running.discard(task)

        return run

    clock = AsyncIOScheduler(timezone=UTC)
    rules = {"max_instances": 1, "coalesce": True, "misfire_grace_time": LATE_S}
    every_s = {
        scheduler.tick: house.settings.admission_tick_ms / 1000,
        scheduler.count_seats: house.settings.seats_count_ms / 1000,
    }
    clock.add_job(of_house(scheduler.run_sweep), "cron", second=0, **rules)
    for job, seconds in every_s.items():
        clock.add_job(of_house(job), "interval", seconds=seconds, **rules)
    clock.start()
    try:
        yield
    finally:
        clock.pause()
        await asyncio.sleep(0)  # A job that was due just now begins.
        if running:
            await asyncio.wait(running, timeout=LAST_S)
        clock.shutdown(wait=False)
