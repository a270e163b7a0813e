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


QUERIES = load_queries(__file__, "action_log.sql")
FIND_ACTIONS = Query(QUERIES["find_actions"], LogLine)
FIND_ACTIONS_OF_CONCERTS = Query(QUERIES["find_actions_of_concerts"], LogLine)


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
    named = _concerts(stores, wanted.concert_id, concerts)
    also = {"who": wanted.who, "action": wanted.action, "order_id": wanted.order_id}
    async with stores.postgres.transaction() as tx:
        if named is None:
            return await tx.fetch(FIND_ACTIONS, **also, before=before, limit=limit)
        return await tx.fetch(
            FIND_ACTIONS_OF_CONCERTS, **also, concerts=named, before=before, limit=limit
        )


def _concerts(
    stores: Stores, wanted: str | None, allowed: Collection[str] | None
) -> list[str] | None:
    """The concerts whose lines are looked for, of those that are allowed; None: of all of the
    server."""
    if wanted is None:
        return None if allowed is None else sorted(allowed)
    queue = stores.catalogue.queues.get(wanted)
    concert_id = wanted if queue is None else queue.concert_id
    return [wanted] if allowed is None or concert_id in allowed else []
