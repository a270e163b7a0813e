"""Events on their way to endpoints, and the log of what became of them.

A delivery waits until its endpoint has answered with 2xx, or it is given up. Who sends it claims it
for a lease; a process that dies leaves it to others after that.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries

DeliveryState = Literal["waiting", "delivered", "given_up"]


class DueEndpoint(NamedTuple):
    """An endpoint that something is due for."""

    id: UUID
    url: str
    secret_number: int
    rotated_at: datetime | None


class ClaimedDelivery(NamedTuple):
    """What is to be sent now; `is_last`: it is given up when this fails."""

    event_id: UUID
    body: str
    attempts: int
    is_last: bool


class DeliveryOutcome(NamedTuple):
    """What became of an attempt; `after_s` is when the next one is, None: never."""

    event_id: UUID
    state: DeliveryState
    status: int | None
    error: str | None
    after_s: int | None


class LoggedDelivery(NamedTuple):
    """A line of the log."""

    event_id: UUID
    type: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    attempted_at: datetime | None
    due_at: datetime
    ended_at: datetime | None
    status: int | None
    error: str | None
    body: str

    @property
    def id(self) -> UUID:
        """The event's, which a list goes by."""
        return self.event_id


class EndpointFailed(NamedTuple):
    """Why an endpoint is disabled now; None: it is not."""

    disabled_reason: str | None


class Replayed(NamedTuple):
    """A count of deliveries."""

    deliveries: int


QUERIES = load_queries(__file__, "deliveries.sql")
ENDPOINTS_DUE = Query(QUERIES["endpoints_due"], DueEndpoint)
CLAIM_DELIVERIES = Query(QUERIES["claim_deliveries"], ClaimedDelivery)
END_DELIVERIES = QUERIES["end_deliveries"]
ENDPOINT_ANSWERS = QUERIES["endpoint_answers"]
ENDPOINT_FAILS = Query(QUERIES["endpoint_fails"], EndpointFailed)
LIST_DELIVERIES = Query(QUERIES["list_deliveries"], LoggedDelivery)
REPLAY_DELIVERIES = Query(QUERIES["replay_deliveries"], Replayed)
GIVE_UP_WHERE_OFF = QUERIES["give_up_where_off"]
FORGET_OLD_EVENTS = QUERIES["forget_old_events"]


async def endpoints_due(tx: Transaction) -> list[DueEndpoint]:
    """The endpoints that something is due for."""
    return await tx.fetch(ENDPOINTS_DUE, id=None)


async def due_endpoint(tx: Transaction, endpoint_id: UUID) -> DueEndpoint | None:
    """An endpoint as it is now, if something is due for it."""
    return await (await tx.send(ENDPOINTS_DUE, id=endpoint_id)).row()


async def claim(
    tx: Transaction, endpoint_id: UUID, limit: int, lease_s: int
) -> list[ClaimedDelivery]:
    """What is due for an endpoint, the oldest first. No other process gets it within the lease."""
    return await tx.fetch(CLAIM_DELIVERIES, endpoint_id=endpoint_id, limit=limit, lease_s=lease_s)


async def end(tx: Transaction, endpoint_id: UUID, outcomes: Sequence[DeliveryOutcome]) -> None:
    """Write what became of a round."""
    await tx.execute(
        END_DELIVERIES,
        endpoint_id=endpoint_id,
        event_ids=[each.event_id for each in outcomes],
        states=[each.state for each in outcomes],
        statuses=[each.status for each in outcomes],
        errors=[each.error for each in outcomes],
        after_s=[each.after_s for each in outcomes],
    )


async def note_answer(tx: Transaction, endpoint_id: UUID) -> None:
    """An endpoint has taken something."""
    await tx.execute(ENDPOINT_ANSWERS, id=endpoint_id)


async def note_failure(tx: Transaction, endpoint_id: UUID, *, gone: bool, for_s: int) -> str | None:
    """An endpoint has taken nothing of a round. It is disabled when it is gone, or fails for longer
    than `for_s`. Returns why it is disabled now."""
    failed = await (await tx.send(ENDPOINT_FAILS, id=endpoint_id, gone=gone, for_s=for_s)).row()
    return None if failed is None else failed.disabled_reason


async def listed(
    tx: Transaction,
    endpoint_id: UUID,
    state: DeliveryState | None,
    limit: int,
    before: UUID | None = None,
) -> list[LoggedDelivery]:
    """The log of an endpoint, newest first."""
    return await tx.fetch(
        LIST_DELIVERIES, endpoint_id=endpoint_id, state=state, limit=limit, before=before
    )


async def replay(
    tx: Transaction,
    endpoint_id: UUID,
    event_ids: Sequence[UUID] | None,
    state: DeliveryState | None,
) -> int:
    """Send again: these, or all of a state. Returns how many."""
    ids = None if event_ids is None else list(event_ids)
    (row,) = await tx.fetch(REPLAY_DELIVERIES, endpoint_id=endpoint_id, event_ids=ids, state=state)
    return row.deliveries


async def give_up_where_off(tx: Transaction, limit: int) -> None:
    """Give up what has waited too long for endpoints that are disabled or removed."""
    await tx.execute(GIVE_UP_WHERE_OFF, limit=limit)


async def forget_old(tx: Transaction, limit: int) -> None:
    """Drop events whose time in the log is over."""
    await tx.execute(FORGET_OLD_EVENTS, limit=limit)
