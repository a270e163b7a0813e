"""The log of the whole server: who did what, to which concert, with old and new values, and why.

Lines are written by the verbs, in the transactions of their changes; PostgreSQL refuses to change
or remove one.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from yemae.runtime import Stores
from yemae.store.queries import Query, load_queries


class LogLine(NamedTuple):
    """A line of the log; without a concert it is about the whole server. `details` have old and new
    values as `from` and `to`, and the operator's reason where the action asks for one."""

    id: UUID
    at: datetime
    who: str
    concert_id: str | None
    action: str
    details: dict[str, Any]


class LogFilter(NamedTuple):
    """Which lines are looked for; None: whichever."""

    concert_id: str | None = None
    who: str | None = None
    action: str | None = None
    order_id: str | None = None


FIND_ACTIONS = Query(load_queries(__file__, "action_log.sql")["find_actions"], LogLine)


async def find(
    stores: Stores,
    wanted: LogFilter,
    *,
    concerts: Collection[str] | None,
    before: UUID | None,
    limit: int,
) -> list[LogLine]:
    """Lines of these concerts, or of the whole server, newest first, from the one before `before`
    on."""
    scope = None if concerts is None else sorted(concerts)
    async with stores.postgres.transaction() as tx:
        return await tx.fetch(
            FIND_ACTIONS, **wanted._asdict(), concerts=scope, before=before, limit=limit
        )
