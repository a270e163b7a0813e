"""The endpoints of webhooks in PostgreSQL. A removed one keeps its row and is found no more."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.store.postgres import Transaction
from yemae.store.queries import Query
from yemae.webhooks.events import QUERIES


class WebhookEndpoint(NamedTuple):
    """Where events go. `disabled_at` is when nothing more was sent, by an operator or because it
    failed for too long; `waiting` counts what is still to be sent."""

    id: UUID
    url: str
    events: list[str]
    secret_number: int
    rotated_at: datetime | None
    created_at: datetime
    created_by: str
    failing_since: datetime | None
    paused_until: datetime | None
    disabled_at: datetime | None
    disabled_reason: str | None
    waiting: int


LISTED = Query(QUERIES["list_endpoints"], WebhookEndpoint)
LOCK_ENDPOINTS = QUERIES["lock_endpoints"]
ADD_ENDPOINT = QUERIES["add_endpoint"]
CHANGE_ENDPOINT = QUERIES["change_endpoint"]
ROTATE_SECRET = QUERIES["rotate_secret"]
REMOVE_ENDPOINT = QUERIES["remove_endpoint"]


async def listed(tx: Transaction) -> list[WebhookEndpoint]:
    """All endpoints, the oldest first."""
    return await tx.fetch(LISTED, id=None)


async def by_id(tx: Transaction, endpoint_id: UUID) -> WebhookEndpoint | None:
    """An endpoint that was not removed."""
    return await (await tx.send(LISTED, id=endpoint_id)).row()


async def lock_all(tx: Transaction) -> None:
    """Let no other endpoint be added before this transaction ends."""
    await tx.execute(LOCK_ENDPOINTS)


async def add(tx: Transaction, endpoint_id: UUID, url: str, events: Sequence[str], by: str) -> None:
    """Write a new endpoint."""
    await tx.execute(ADD_ENDPOINT, id=endpoint_id, url=url, events=list(events), created_by=by)


async def change(
    tx: Transaction,
    endpoint_id: UUID,
    *,
    url: str | None = None,
    events: Sequence[str] | None = None,
    enabled: bool | None = None,
) -> None:
    """Change what is given."""
    chosen = None if events is None else list(events)
    await tx.execute(CHANGE_ENDPOINT, id=endpoint_id, url=url, events=chosen, enabled=enabled)


async def rotate(tx: Transaction, endpoint_id: UUID) -> None:
    """Give it another secret."""
    await tx.execute(ROTATE_SECRET, id=endpoint_id)


async def remove(tx: Transaction, endpoint_id: UUID) -> None:
    """Send nothing there any more."""
    await tx.execute(REMOVE_ENDPOINT, id=endpoint_id)
