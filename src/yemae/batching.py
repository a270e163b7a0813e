"""Many callers, one round trip.

An on-sale is thousands of people doing the same thing in the same second, so the unit of work is a
list. Whatever gathers while the last round trips are in flight goes out together; an idle caller
waits for nobody. What always holds:

- a batch has at most `size_max` requests, and at most `callers_max` callers wait; beyond that the
  answer is Overloaded, at once;
- requests leave in arrival order, and every caller gets exactly its own answer;
- a poisoned request fails alone: when a batch fails by a fault of its data, its requests are run
  again one by one (nothing of the failed try was committed);
- a caller that is cancelled before its batch starts leaves no trace; after that its request is
  carried out like any other, and only the answer has no taker.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import structlog

from yemae import metrics
from yemae.refusals import Overloaded, Refusal

Request = TypeVar("Request")
Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class Waiting(NamedTuple, Generic[Request, Answer]):
    """A request and the caller who waits for its answer."""

    request: Request
    answer: "asyncio.Future[Answer]"
    since: float


class Batch(Generic[Request, Answer]):
    """Gathers the callers of one verb."""

    def __init__(
        self,
        verb: str,
        run: Callable[[list[Request]], Awaitable[Sequence[Answer | Refusal]]],
        *,
        size_max: int,
        callers_max: int,
        lanes: int,
    ) -> None:
        """`run` answers a list of requests in one go; at most `lanes` of them are under way."""
        self._verb = verb
        self._run = run
        self._size_max = size_max
        self._callers_max = callers_max
        self._lanes = lanes
        self._queue: deque[Waiting[Request, Answer]] = deque()
        self._under_way: set[asyncio.Task[None]] = set()
        self._callers = 0
        self._closed = False
        self._size = metrics.BATCH_SIZE.labels(verb)
        self._wait = metrics.BATCH_WAIT.labels(verb)

    async def submit(self, request: Request) -> Answer:
        """Wait for this request's answer. Raises its Refusal, or Overloaded."""
        if self._closed or self._callers >= self._callers_max:
            raise Overloaded
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append(Waiting(request, answer, time.perf_counter()))
        self._callers += 1
        self._start_lane()
        try:
            return await answer
        finally:
            self._callers -= 1

    async def close(self) -> None:
        """Take nobody new, and finish everybody who waits."""
        self._closed = True
        while self._under_way:
            await asyncio.wait(self._under_way)

    def _start_lane(self) -> None:
        if len(self._under_way) < self._lanes:
            lane = asyncio.create_task(self._serve(), name=f"batch {self._verb}")
            self._under_way.add(lane)

    async def _serve(self) -> None:
        try:
            while batch := self._next_batch():
                self._size.observe(len(batch))
                self._wait.observe(time.perf_counter() - batch[0].since)
                await self._answer(batch)
        finally:
            # In the same step in which the queue was seen empty: a caller who comes next must not
            # count on a lane that is about to end.
            lane = asyncio.current_task()
            assert lane is not None
            self._under_way.discard(lane)

    def _next_batch(self) -> list[Waiting[Request, Answer]]:
        batch: list[Waiting[Request, Answer]] = []
        while self._queue and len(batch) < self._size_max:
            waiting = self._queue.popleft()
            if not waiting.answer.done():  # done: its caller was cancelled
                batch.append(waiting)
        return batch

    async def _answer(self, batch: list[Waiting[Request, Answer]]) -> None:
        try:
            answers = await self._run([waiting.request for waiting in batch])
            assert len(answers) == len(batch), f"{self._verb}: an answer is missing"
        except Refusal as refusal:
            # The store is away: true for each of them, and not for us to try again.
            _settle(batch, [refusal] * len(batch))
        except Exception as error:
            await self._answer_one_by_one(batch, error)
        except asyncio.CancelledError:
            _settle(batch, [Overloaded() for _ in batch])
            raise
        else:
            _settle(batch, answers)

    async def _answer_one_by_one(
        self, batch: list[Waiting[Request, Answer]], error: Exception
    ) -> None:
        if len(batch) == 1:
            _settle(batch, [error])
            return
        log.warning("batch split", verb=self._verb, size=len(batch), error=repr(error))
        metrics.BATCH_SPLITS.labels(self._verb).inc()
        for waiting in batch:
            await self._answer([waiting])


def _settle(batch: list[Waiting[Request, Answer]], answers: Sequence[Answer | Exception]) -> None:
    for waiting, answer in zip(batch, answers, strict=True):
        if waiting.answer.done():  # its caller was cancelled
            continue
        if isinstance(answer, Exception):
            waiting.answer.set_exception(answer)
        else:
            waiting.answer.set_result(answer)
