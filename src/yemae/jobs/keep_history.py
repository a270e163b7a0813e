"""Writes the history of sales: the figures of each queue whose sale is on, once a second.

They are read from the stores, which all nodes share, so any number of nodes may write; the first
one that writes a second counts. A queue whose figures are as they were gets no row.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yemae.base.tallies import SERVER
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


class HistoryKeeper:
    """What was written last, so that what has not changed is not written again."""

    def __init__(self) -> None:
        self._last: dict[str, Mapping[str, Any]] = {}
        self._first = 0

    async def keep_history(self, runtime: Runtime) -> int:
        """Write what has changed. Returns how many rows there were."""
        now = runtime.now().replace(microsecond=0)
        try:
            found: dict[str, Mapping[str, Any]] = {SERVER: await figures.refusals(runtime)}
            for queue in self._chosen(runtime, now):
                found[queue.id] = (await figures.of_queue(runtime, queue))._asdict()
            rows = [
                row
                for queue_id, values in found.items()
                if values != self._last.get(queue_id)
                for row in _rows(queue_id, now, values)
            ]
            async with runtime.postgres.transaction() as tx:
                await history.write(tx, rows)
                await history.forget_old(tx, FORGET_MAX)
        except StoreUnavailable:
            return 0  # The stores' own checks tell of it, and the history has a gap.
        self._last |= found
        return len(rows)

    def _chosen(self, runtime: Runtime, now: datetime) -> list[Concert]:
        """The queues whose prequeue or sale has begun and is not over."""
        begun = [
            queue
            for queue in runtime.catalogue.queues.values()
            if (queue.prequeue_opens_at or queue.sale_opens_at) <= now and not queue.is_over(now)
        ]
        if len(begun) <= QUEUES_MAX:
            return begun
        self._first = (self._first + QUEUES_MAX) % len(begun)
        return (begun + begun)[self._first : self._first + QUEUES_MAX]


def _rows(queue_id: str, now: datetime, values: Mapping[str, Any]) -> list[HistoryRow]:
    """The row of the second; the first one of a minute is that of the minute as well."""
    minute = now.replace(second=0)
    return [
        HistoryRow(queue_id, SECOND, now, values),
        HistoryRow(queue_id, MINUTE, minute, values),
    ]
