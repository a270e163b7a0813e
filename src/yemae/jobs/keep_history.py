"""Writes the history of sales: the figures of each queue whose sale is on, the refusals, the
latencies and the split batches of the server, once a second.

They are read from the stores, which all nodes share, so any number of nodes may write; the first
one that writes a second counts. A queue whose figures are as they were gets no row. The row of a
minute has the figures at its beginning, so what happened in one minute is in the row of the next.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from yemae.base.tallies import LATENCIES, SERVER, SPLIT_BATCHES
from yemae.concerts.catalogue import Concert
from yemae.history import history
from yemae.history.history import MINUTE, SECOND, HistoryRow
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale import figures

INTERVAL_S = 1.0
# Of more queues than this, some are read in one second and others in the next.
QUEUES_MAX = 100
# Old rows that one run removes: more than a run writes.
FORGET_MAX = 500
# A queue that is over is read until its last minute has a row.
ONCE_MORE = timedelta(minutes=2)


class HistoryKeeper:
    """What was written last, so that what has not changed is not written again."""

    def __init__(self) -> None:
        # By resolution and queue; and the latest minute that was looked at.
        self._last: dict[tuple[int, str], Mapping[str, Any]] = {}
        self._minute: datetime | None = None
        self._first = 0

    async def keep_history(self, runtime: Runtime) -> int:
        """Write what has changed. Returns how many rows there were."""
        now = runtime.now().replace(microsecond=0)
        minute = now.replace(second=0)
        found = await _figures(runtime, self._chosen(runtime, now))
        looks = [(SECOND, now)] if minute == self._minute else [(SECOND, now), (MINUTE, minute)]
        rows = [
            HistoryRow(queue_id, every_s, at, values)
            for queue_id, values in found.items()
            for every_s, at in looks
            if values != self._last.get((every_s, queue_id))
        ]
        try:
            async with runtime.postgres.transaction() as tx:
                await history.write(tx, rows)
                await history.forget_old(tx, FORGET_MAX)
        except StoreUnavailable:
            return 0  # The store's own checks tell of it, and the history has a gap.
        self._last |= {(row.every_s, row.concert_id): row.figures for row in rows}
        self._minute = minute
        return len(rows)

    def _chosen(self, runtime: Runtime, now: datetime) -> list[Concert]:
        """The queues whose prequeue or sale has begun and is not over."""
        begun = [
            queue
            for queue in runtime.catalogue.queues.values()
            if (queue.prequeue_opens_at or queue.sale_opens_at) <= now
            and not queue.is_over(now - ONCE_MORE)
        ]
        if len(begun) <= QUEUES_MAX:
            return begun
        self._first = (self._first + QUEUES_MAX) % len(begun)
        return (begun + begun)[self._first : self._first + QUEUES_MAX]


async def _figures(runtime: Runtime, queues: Sequence[Concert]) -> dict[str, Mapping[str, Any]]:
    """The figures of the server and of these queues, without those that Valkey does not answer."""

    async def numbers(queue: Concert) -> Mapping[str, Any]:
        return (await figures.of_queue(runtime, queue))._asdict()

    names = [SERVER, LATENCIES, SPLIT_BATCHES, *(queue.id for queue in queues)]
    reads: list[Awaitable[Mapping[str, Any]]]
    reads = [
        figures.refusals(runtime),
        figures.latencies(runtime),
        figures.split_batches(runtime),
        *map(numbers, queues),
    ]
    found = await asyncio.gather(*reads, return_exceptions=True)
    for each in found:
        if isinstance(each, BaseException) and not isinstance(each, StoreUnavailable):
            raise each
    return {
        name: each
        for name, each in zip(names, found, strict=True)
        if not isinstance(each, BaseException)
    }
