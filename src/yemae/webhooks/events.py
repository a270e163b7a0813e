"""Events for systems of the operator, written by the transaction that causes them.

Always holds: an event is there if and only if its cause was committed and an endpoint wanted its
type; one cause has one event of a type, under one id. While no endpoint wants a type, telling it
costs no statement.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.store.postgres import Postgres, Transaction
from yemae.store.queries import Query, load_queries
from yemae.values.instants import instant
from yemae.webhooks.payloads import TYPE_OF, Data, Type, body


class WantedType(NamedTuple):
    """A type of events that an endpoint wants, and since when one does."""

    type: str
    since: datetime


class WebhookEvent(NamedTuple):
    """Something that happened. `cause` names it within its type, so that it is announced once."""

    id: UUID
    cause: str
    at: datetime
    data: Data

    @property
    def type(self) -> Type:
        """What kind of event it is."""
        return TYPE_OF[type(self.data)]


QUERIES = load_queries(__file__, "webhooks.sql")
WANTED_EVENTS = Query(QUERIES["wanted_events"], WantedType)
TELL = QUERIES["tell_endpoints"]
TELL_AGAIN = QUERIES["tell_again"]


class Listeners:
    """The types that some endpoint wants, as this process knows them: a new endpoint is known to
    each within half a second."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    async def refresh(self, postgres: Postgres) -> None:
        """Read what is wanted. Raises StoreUnavailable."""
        async with postgres.transaction() as tx:
            self._since = {row.type: row.since for row in await tx.fetch(WANTED_EVENTS)}

    def want(self, *types: Type) -> bool:
        """Whether an endpoint wants one of these."""
        return any(each in self._since for each in types)

    def since(self, type_: Type) -> datetime | None:
        """Since when an endpoint wants this type; None: none does."""
        return self._since.get(type_)


async def tell(tx: Transaction, events: Sequence[WebhookEvent], only: UUID | None = None) -> None:
    """Write events for the endpoints that want them; `only`: for this endpoint, also if it did not
    choose the type."""
    await tx.execute(
        TELL,
        ids=[event.id for event in events],
        types=[event.type for event in events],
        causes=[event.cause for event in events],
        bodies=[body(event.data, instant(event.at)) for event in events],
        only=only,
    )


async def tell_again(tx: Transaction, type_: Type, cause: str) -> None:
    """Let a cause be announced once more when it comes back."""
    await tx.execute(TELL_AGAIN, type=type_, cause=cause)
