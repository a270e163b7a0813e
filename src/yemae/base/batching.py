"""Many callers, one round trip.

An on-sale is thousands of people doing the same thing in the same second, so the unit of work is a
list. Requests that gather while the last round trips are in flight go out together; the request of
an idle server goes out at once. What always holds:

- a batch has at most `size_max` requests, and at most `callers_max` callers wait; the next one is
  refused with Overloaded at once (backpressure);
- requests leave in arrival order, and every caller gets exactly its own answer;
- a poisoned request fails alone: when a batch fails by a fault of its data, its requests are run
  again one by one (a verb raises only as long as nothing of the try was committed);
- a batch that returned is never run again; a failure of a follow-up is counted and logged, and
  changes no answer;
- a batch does not wait for rows that are locked elsewhere: a verb answers such a request with
  Later, and it goes into a second batch that waits for a limited time, only together with requests
  that wait for the same row;
- a caller that is cancelled before its batch starts leaves no trace; after that its request is
  carried out like any other, and its answer is dropped.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import structlog

from yemae.base import metrics, tallies
from yemae.base.submissions import Key, Submission, settle, settle_one
from yemae.base.turns import NO_TURN, YIELDS_S, Turn, TurnQueue
from yemae.refusals import Overloaded, Refusal, StoreUnavailable

# Callers wait for what follows a commit, so that they find it done, but not longer than this.
FOLLOW_UPS_S = 1.0

Request = TypeVar("Request")
Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class FollowUp(NamedTuple):
    """A step that follows a commit. It can be lost: another job repairs what it left undone."""

    name: str
    run: Callable[[], Awaitable[None]]


class Later(NamedTuple):
    """Stands for an answer: a row that the request needs, with this key, is locked elsewhere."""

    key: Key


@dataclass(frozen=True)
class Done(Generic[Answer]):
    """What a verb has done, one answer for each request in their order, and what follows."""

    answers: Sequence[Answer | Refusal | Later]
    follow_ups: Sequence[FollowUp] = ()


def decided_apart(
    requests: Sequence[Request],
    busy: Container[Key],
    rows_of: Callable[[Request], Iterable[Key]],
    decide: Callable[[Sequence[Request]], Sequence[Answer | Refusal]],
) -> list[Answer | Refusal | Later]:
    """Decide those requests whose locks were all had, in their order; the others are Later.
    `busy` are the rows that are locked elsewhere, `rows_of` names the rows that a request needs: it
    waits for the first of them that is busy."""
    if not busy:
        return list(decide(requests))
    keys = [next((row for row in rows_of(each) if row in busy), None) for each in requests]
    ready = [request for request, key in zip(requests, keys, strict=True) if key is None]
    decided = iter(decide(ready))
    return [next(decided) if key is None else Later(key) for key in keys]


async def follow_up(verb: str, steps: Sequence[FollowUp]) -> None:
    """Run each step, even after another failed. Never raises: the commit is done."""
    for step in steps:
        try:
            await step.run()
        except Exception as error:
            # A store that is away has no traceback worth reading.
            write = log.warning if isinstance(error, StoreUnavailable) else log.exception
            write("follow-up failed", verb=verb, step=step.name, error=repr(error))
            _count_failure(verb, step.name)


def _count_failure(verb: str, step: str) -> None:
    try:
        metrics.FOLLOW_UP_FAILURES.labels(verb, step).inc()
    except Exception:
        log.exception("failure not counted", verb=verb, step=step)


class Batch(Generic[Request, Answer]):
    """Gathers the callers of one verb."""

    def __init__(
        self,
        verb: str,
        run: Callable[[list[Request]], Awaitable[Done[Answer]]],
        *,
        size_max: int,
        callers_max: int,
        concurrency: int,
        again: "Batch[Request, Answer] | None" = None,
        patience_s: float | None = None,
        turns: TurnQueue | None = None,
        yields: bool = False,
    ) -> None:
        """`run` answers a list of requests in one go; at most `concurrency` of them at once.
        `again` is the second batch, for requests that are answered Later. A request that has waited
        for `patience_s` when its turn comes is refused, so that those behind it are served in
        time. `turns` are shared with other batches: each run waits for one, and until then it goes
        on gathering; one that yields lets the others go first."""
        self._verb = verb
        self._run = run
        self._size_max = size_max
        self._callers_max = callers_max
        self._concurrency = concurrency
        self._again = again
        self._patience_s = patience_s
        self._turns = turns
        self._yields = yields
        self._is_waiting = False
        self._keys_under_way: set[Key] = set()
        self._queue: deque[Submission[Request, Answer]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._following: set[asyncio.Task[None]] = set()
        self._callers = 0
        self._closed = False
        self._size = metrics.BATCH_SIZE.labels(verb)
        self._wait = metrics.BATCH_WAIT.labels(verb)

    async def submit(self, request: Request) -> Answer:
        """Wait for this request's answer. Raises its Refusal, or Overloaded."""
        if self._closed or self._callers >= self._callers_max:
            raise Overloaded
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append(Submission(request, answer, time.perf_counter()))
        self._callers += 1
        self._start_task()
        try:
            return await answer
        finally:
            self._callers -= 1

    async def close(self) -> None:
        """Refuse new requests, and finish the waiting ones."""
        self._closed = True
        while unfinished := self._tasks | self._following:
            await asyncio.wait(unfinished)
        if self._again is not None:
            await self._again.close()

    def take(self, waiting: Submission[Request, Answer]) -> None:
        """Take a caller over from the first batch."""
        self._queue.append(waiting)
        self._start_task()

    def _start_task(self) -> None:
        if len(self._tasks) < self._concurrency and not self._is_waiting:
            task = asyncio.create_task(self._serve(), name=f"batch {self._verb}")
            self._tasks.add(task)

    async def _serve(self) -> None:
        try:
            # One run at a time waits for a turn; it takes all that has gathered.
            while self._queue and not self._is_waiting:
                turn = await self._take_turn()
                try:
                    batch = self._next_batch()
                    if not batch:
                        break
                    if self._queue:
                        self._start_task()
                    self._size.observe(len(batch))
                    self._wait.observe(time.perf_counter() - batch[0].since)
                    await self._answer_keyed(batch, turn)
                finally:
                    turn.end()
        finally:
            # In the step that saw the queue empty: the next caller must not count on this task.
            task = asyncio.current_task()
            assert task is not None
            self._tasks.discard(task)

    async def _take_turn(self) -> Turn:
        if self._turns is None:
            return NO_TURN
        self._is_waiting = True
        try:
            yields = self._yields and time.perf_counter() - self._queue[0].since < YIELDS_S
            return await self._turns.take(yields=yields)
        finally:
            self._is_waiting = False

    async def _answer_keyed(self, batch: list[Submission[Request, Answer]], turn: Turn) -> None:
        if (key := batch[0].key) is None:
            await self._answer(batch, turn)
            return
        self._keys_under_way.add(key)
        try:
            await self._answer(batch, turn)
        finally:
            self._keys_under_way.discard(key)

    def _next_batch(self) -> list[Submission[Request, Answer]]:
        batch: list[Submission[Request, Answer]] = []
        others: list[Submission[Request, Answer]] = []
        too_old = -1.0 if self._patience_s is None else time.perf_counter() - self._patience_s
        queue, under_way, size_max = self._queue, self._keys_under_way, self._size_max
        while queue and len(batch) < size_max:
            waiting = queue.popleft()
            _, answer, since, key = waiting
            if answer.done():  # its caller was cancelled
                continue
            if since < too_old:
                answer.set_exception(Overloaded())
            elif key in under_way or (batch and key != batch[0].key):
                others.append(waiting)
            else:
                batch.append(waiting)
        queue.extendleft(reversed(others))
        return batch

    async def _answer(self, batch: list[Submission[Request, Answer]], turn: Turn = NO_TURN) -> None:
        try:
            try:
                done = await self._run([waiting.request for waiting in batch])
            finally:
                # Neither the follow-ups nor what is run again one by one have a turn.
                turn.end()
        except Refusal as refusal:
            if self._is_of_one(refusal) and len(batch) > 1:
                await self._answer_one_by_one(batch, refusal)
            else:
                # The store is away: true for each of them, and not for us to try again.
                settle(batch, [refusal] * len(batch))
        except Exception as error:
            await self._answer_one_by_one(batch, error)
        except asyncio.CancelledError:
            # Maybe during the commit.
            settle(batch, [StoreUnavailable() for _ in batch])
            raise
        else:
            try:
                await self._follow_up(done.follow_ups)
            finally:
                self._settle_done(batch, done.answers)

    def _is_of_one(self, refusal: Refusal) -> bool:
        """Whether a refusal of a first batch is about a row that one of its requests needs."""
        is_locked = isinstance(refusal, StoreUnavailable) and refusal.is_locked
        return is_locked and self._again is not None

    async def _follow_up(self, steps: Sequence[FollowUp]) -> None:
        if not steps:
            return
        following = asyncio.create_task(follow_up(self._verb, steps), name=f"after {self._verb}")
        self._following.add(following)
        following.add_done_callback(self._following.discard)
        await asyncio.wait((following,), timeout=FOLLOW_UPS_S)

    def _settle_done(
        self, batch: list[Submission[Request, Answer]], answers: Sequence[Answer | Refusal | Later]
    ) -> None:
        if len(answers) != len(batch):
            # A fault of the verb. It has committed, so it is not run again.
            settle(batch, [AssertionError(f"{self._verb}: an answer is missing")] * len(batch))
            return
        for waiting, answer in zip(batch, answers, strict=True):
            if not isinstance(answer, Later):
                settle_one(waiting, answer)
            elif not waiting.answer.done():
                assert self._again is not None, f"{self._verb} has no second batch"
                self._again.take(waiting._replace(since=time.perf_counter(), key=answer.key))

    async def _answer_one_by_one(
        self, batch: list[Submission[Request, Answer]], error: Exception
    ) -> None:
        if len(batch) == 1:
            settle(batch, [error])
            return
        log.warning("batch split", verb=self._verb, size=len(batch), error=repr(error))
        metrics.BATCH_SPLITS.labels(self._verb).inc()
        tallies.count(tallies.SPLIT_BATCHES, self._verb)
        begun = time.perf_counter()
        for place, waiting in enumerate(batch):
            if self._patience_s is not None and time.perf_counter() - begun > self._patience_s:
                # Each waits for the same thing, such as a table that is locked as a whole.
                settle(batch[place:], [Overloaded() for _ in batch[place:]])
                return
            await self._answer([waiting])
