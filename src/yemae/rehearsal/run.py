"""Runs a rehearsal: starts the processes of fans, watches them, adds up their tallies."""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import msgspec

from yemae.rehearsal.crowd import Assignment, TallyMessage
from yemae.rehearsal.histogram import Histogram
from yemae.rehearsal.tally import Tally, add_up
from yemae.values.troubles import TroubleError

COMMAND = (sys.executable, "-m", "yemae.rehearsal.crowd")
WATCH_S = 0.5
SERIES_S = 1.0
END_WAIT_S = 60.0
LINE_MAX_BYTES = 1 << 30


class RehearsalError(TroubleError):
    """The rehearsal could not run; the text is one sentence."""


class Moment(msgspec.Struct, frozen=True):
    """The state at `at_s` seconds after the start; the rates are those of the last second."""

    at_s: float
    waiting: int
    inside: int
    holding: int
    seats_sold: int
    requests_per_s: float
    refusals_per_s: float
    p50_ms: float
    p99_ms: float


class Ran(msgspec.Struct, frozen=True):
    """The result of a run."""

    tally: Tally
    seconds: float
    series: list[Moment]
    was_stopped: bool
    # When the first fan could come, by the monotonic clock.
    began_at: float = 0.0

    def since_start_s(self) -> float:
        """Seconds since the first fan could come."""
        return time.monotonic() - self.began_at


Progress = Callable[[float, Tally, Moment], None]


class Process:
    """A process of fans, and its latest message."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.latest = TallyMessage(Tally())

    async def listen(self) -> None:
        """Read messages until the last one."""
        assert self.process.stdout is not None
        while not self.latest.is_last and (line := await self.process.stdout.readline()):
            self.latest = msgspec.json.decode(line, type=TallyMessage)

    def say(self, line: bytes) -> None:
        """Write a line to it."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")

    def stop(self) -> None:
        """Make it end its fans and write its last message."""
        assert self.process.stdin is not None
        self.process.stdin.close()


async def run(assignments: Sequence[Assignment], progress: Progress, stop: asyncio.Event) -> Ran:
    """Run all fans until they are done, the time is up, or `stop` is set."""
    async with AsyncExitStack() as stack:
        processes = []
        for assignment in assignments:
            process = await _start(assignment)
            stack.push_async_callback(_end, process)
            processes.append(process)
        for process in processes:
            await _ready(process)
        began_at = time.monotonic()
        for process in processes:
            process.say(b"go")
        series = await _watch(processes, began_at, progress, stop)
        seconds = time.monotonic() - began_at
        tally = add_up([process.latest.tally for process in processes])
    return Ran(tally, seconds, series, stop.is_set(), began_at)


async def _start(assignment: Assignment) -> Process:
    # A session of its own: Ctrl-C reaches the parent only, which stops the children.
    process = Process(
        await asyncio.create_subprocess_exec(
            *COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
            limit=LINE_MAX_BYTES,
        )
    )
    process.say(msgspec.json.encode(assignment))
    return process


async def _ready(process: Process) -> None:
    assert process.process.stdout is not None
    if not await process.process.stdout.readline():
        raise RehearsalError("A process of fans could not start; its reason is above.")


async def _watch(
    processes: Sequence[Process], began_at: float, progress: Progress, stop: asyncio.Event
) -> list[Moment]:
    listening = asyncio.gather(*(process.listen() for process in processes))
    stopping = asyncio.create_task(stop.wait())
    series: list[Moment] = []
    last, last_s = Tally(), 0.0
    while not listening.done():
        awaited: list[asyncio.Future[Any]] = [listening, *([] if stop.is_set() else [stopping])]
        await asyncio.wait(awaited, timeout=WATCH_S, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            for process in processes:
                process.stop()
        now_s = time.monotonic() - began_at
        tally = add_up([process.latest.tally for process in processes])
        moment = _moment(now_s, tally, last, now_s - last_s)
        progress(now_s, tally, moment)
        if now_s - last_s >= SERIES_S or listening.done():
            series.append(moment)
            last, last_s = tally, now_s
    stopping.cancel()
    await listening
    if not all(process.latest.is_last for process in processes):
        raise RehearsalError("A process of fans ended before its time; its reason is above.")
    return series


async def _end(process: Process) -> None:
    process.stop()
    try:
        async with asyncio.timeout(END_WAIT_S):
            await process.process.wait()
    except TimeoutError:
        process.process.kill()
        await process.process.wait()


def _moment(at_s: float, tally: Tally, last: Tally, seconds: float) -> Moment:
    lately = _difference(_all_calls(tally), _all_calls(last))
    refusals = sum(tally.refusals.values()) - sum(last.refusals.values())
    return Moment(
        at_s=round(at_s, 1),
        waiting=tally.people.get("waiting", 0),
        inside=tally.people.get("inside", 0),
        holding=tally.people.get("holding", 0),
        seats_sold=tally.seats_sold,
        requests_per_s=round(lately.total / seconds, 1),
        refusals_per_s=round(refusals / seconds, 1),
        p50_ms=round(lately.percentile_s(0.5) * 1000, 2),
        p99_ms=round(lately.percentile_s(0.99) * 1000, 2),
    )


def _all_calls(tally: Tally) -> Histogram:
    whole = Histogram()
    for histogram in tally.calls.values():
        whole.merge(histogram)
    return whole


def _difference(now: Histogram, before: Histogram) -> Histogram:
    counts = {
        step: more
        for step, count in now.counts.items()
        if (more := count - before.counts.get(step, 0)) > 0
    }
    return Histogram(counts, sum(counts.values()), now.longest_s)
