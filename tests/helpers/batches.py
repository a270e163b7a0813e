"""A batch as tests drive it: verbs that fail in one way, round trips that wait for a sign."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from yemae.base.batching import Batch, Done, FollowUp
from yemae.refusals import Refusal, SeatLimitExceeded, StoreUnavailable

PATIENCE_S = 60


Answers = Sequence[str | Refusal]


def texts(requests: list[int]) -> Answers:
    """Each request as text."""
    return [str(request) for request in requests]


def poisoned(requests: list[int]) -> Answers:
    """Fails for everybody when one request is negative."""
    if min(requests) < 0:
        raise ValueError(min(requests))
    return texts(requests)


def picky(requests: list[int]) -> Answers:
    """Refuses odd requests, each by itself."""
    return [SeatLimitExceeded(r) if r % 2 else str(r) for r in requests]


def away(_: list[int]) -> Answers:
    """Cannot be reached."""
    raise StoreUnavailable


def forgetful(requests: list[int]) -> Answers:
    """Loses one answer as soon as there are two."""
    return texts(requests)[: max(1, len(requests) - 1)]


def silent(_: list[int]) -> Answers:
    """Answers no caller."""
    return []


class Trip:
    """A round trip that a test can hold up, and that keeps what went out together."""

    def __init__(self, answer: Callable[[list[int]], Answers] = texts) -> None:
        self.batches: list[list[int]] = []
        self.go = asyncio.Event()
        self.go.set()
        self.under_way = 0
        self.most_under_way = 0
        self._answer = answer
        self.follow_ups: list[FollowUp] = []

    async def __call__(self, requests: list[int]) -> Done[str]:
        """Answer when the test lets it."""
        self.batches.append(requests)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self.go.wait()
            await asyncio.sleep(0)  # A turn of the loop, as a real round trip takes.
        finally:
            self.under_way -= 1
        return Done(self._answer(requests), self.follow_ups)


@asynccontextmanager
async def opened(
    trip: Trip,
    *,
    size_max: int = 64,
    callers_max: int = 1_000,
    concurrency: int = 1,
    patience_s: float | None = None,
) -> AsyncIterator[Batch[int, str]]:
    """A batch that is closed in the end; nothing in here may take long."""
    async with asyncio.timeout(PATIENCE_S):
        batch = Batch[int, str](
            "test",
            trip,
            size_max=size_max,
            callers_max=callers_max,
            concurrency=concurrency,
            patience_s=patience_s,
        )
        yield batch
        trip.go.set()
        await batch.close()


async def until(condition: Callable[[], bool]) -> None:
    """Let the others go on until it holds; `opened` sets the deadline."""
    while not condition():  # noqa: ASYNC110 - it waits for what happens inside the batch
        await asyncio.sleep(0)


async def gather_behind(
    batch: Batch[int, str], trip: Trip, requests: Sequence[int]
) -> list[asyncio.Task[str]]:
    """Callers who ask while the round trip of request 0 is held up."""
    trip.go.clear()
    first = asyncio.create_task(batch.submit(0))
    await until(lambda: trip.batches == [[0]])
    tasks = [asyncio.create_task(batch.submit(request)) for request in requests]
    await until(lambda: len(batch._queue) == len(requests))
    return [first, *tasks]
