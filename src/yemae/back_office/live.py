"""A sale as it runs, for operators who watch it: the queue's report and figures of this moment, and
the latest lines of its log. One look is for all who watch in a process."""

import time
from datetime import datetime
from functools import partial
from typing import NamedTuple

from yemae.back_office import action_log, queue_report
from yemae.back_office.action_log import LogFilter, LogLine
from yemae.back_office.queue_report import QueueReport
from yemae.base.rate_limit import Latest
from yemae.base.tallies import SERVER
from yemae.history import history
from yemae.history.history import HistoryPoint, Resolution
from yemae.refusals import StoreUnavailable
from yemae.runtime import Stores
from yemae.sale import figures
from yemae.sale.figures import QueueNumbers

# An operator does not act more often than this between two looks.
LINES_MAX = 20


class LiveView(NamedTuple):
    """What a look has found. Figures and refusals are None while Valkey is away."""

    at: datetime
    report: QueueReport
    figures: QueueNumbers | None
    refusals: dict[str, int] | None
    # Newest first.
    lines: list[LogLine]


class QueueWatch:
    """Looks at a queue: at its log each time, and at its numbers once in `numbers_s` and when the
    log has a new line, since to read them costs several round trips."""

    def __init__(self, *, kept_s: float, numbers_s: float) -> None:
        self._numbers_s = numbers_s
        self._looks = Latest[LiveView](kept_s)
        self._view: LiveView | None = None
        self._read_at = 0.0

    async def look(self, stores: Stores, queue_id: str) -> LiveView:
        """The queue as it is now, or was at the latest look, if that is not `kept_s` old. Raises
        ConcertNotFound, or StoreUnavailable for the database."""
        return await self._looks.get(partial(self._look, stores, queue_id))

    async def _look(self, stores: Stores, queue_id: str) -> LiveView:
        of_queue = LogFilter(concert_id=queue_id)
        lines = await action_log.find(stores, of_queue, concerts=None, before=None, limit=LINES_MAX)
        is_old = time.monotonic() - self._read_at >= self._numbers_s
        if self._view is None or is_old or lines != self._view.lines:
            self._view = await _read(stores, queue_id, lines)
            self._read_at = time.monotonic()
        return self._view


async def _read(stores: Stores, queue_id: str, lines: list[LogLine]) -> LiveView:
    report = await queue_report.report(stores, queue_id)
    queue = stores.catalogue.queue(queue_id)
    numbers, refused = None, None
    try:
        numbers = await figures.of_queue(stores, queue)
        refused = await figures.refusals(stores)
    except StoreUnavailable:
        pass  # The report has no numbers either.
    return LiveView(stores.now(), report, numbers, refused, lines)


async def history_of(
    stores: Stores, queue_id: str | None, resolution: Resolution, *, since: datetime, limit: int
) -> list[HistoryPoint]:
    """The history of a queue, or of the whole server, from a moment on. Raises ConcertNotFound."""
    if queue_id is not None:
        stores.catalogue.queue(queue_id)
    async with stores.postgres.transaction() as tx:
        return await history.read(
            tx, SERVER if queue_id is None else queue_id, resolution, since=since, limit=limit
        )
