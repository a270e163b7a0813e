"""What a process tells the others about seats: the changes of a tenth of a second in one notice.

A process hears its own notices too, and leaves them out (`is_own`): it applied their changes when
it noted them.
"""

import asyncio

import structlog

from yemae.concerts.seat_map.changes import CHANNEL, Change, has_changes, notices_of
from yemae.refusals import StoreUnavailable
from yemae.store.postgres import Postgres
from yemae.store.queries import load_queries

PUBLISH_CHANGES = load_queries(__file__)["publish_changes"]

PUBLISH_S = 0.1
UNPUBLISHED_MAX = 10_000

log = structlog.get_logger(__name__)


class Publisher:
    """The changes that are still to be published, and the notices that are still to be heard."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self.unpublished: list[Change] = []
        # The performances of what was published since `Availability.take_changed`.
        self.changed: set[int] = set()
        # None while this process hears nothing.
        self.unheard: set[str] | None = None

    def listen(self, *, hears: bool) -> None:
        """Whether this process hears notices from now on; what was published before it does not."""
        self.unheard = set() if hears else None

    def is_own(self, notice: str) -> bool:
        """Whether a notice was heard that this process has published."""
        if self.unheard is None or notice not in self.unheard:
            return False
        self.unheard.remove(notice)
        return True

    async def keep_publishing(self) -> None:
        """Publish what this process has changed; runs until it is cancelled."""
        while True:
            await asyncio.sleep(PUBLISH_S)
            if self.unpublished:
                changes, self.unpublished = self.unpublished, []
                self.changed.update(change.performance_key for change in changes)
                await self._publish(changes)

    async def _publish(self, changes: list[Change]) -> None:
        published = notices_of(changes)
        if self.unheard is not None:
            self.unheard.update(filter(has_changes, published))
        try:
            async with self._postgres.transaction() as tx:
                await tx.send(PUBLISH_CHANGES, channel=CHANNEL, notices=published)
        except StoreUnavailable:
            # Retried; the others' next check finds what is above the bound.
            self.unpublished = [*changes, *self.unpublished][-UNPUBLISHED_MAX:]
        except Exception:
            log.exception("changes of seats not published")
