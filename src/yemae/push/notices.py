"""What browsers want to be notified of, in PostgreSQL: a fan's turn, and an opening.

Always holds: one place, and one opening, has at most one notice in each browser.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries

NoticeKind = Literal["turn", "opening"]
NoticeState = Literal["waiting", "sent", "given_up"]


class PushNotice(NamedTuple):
    """What a browser asks for. Number and lane are those of the place; of an opening 0."""

    user_id: str
    queue_id: str
    kind: NoticeKind
    number: int
    lane: int
    endpoint: str
    p256dh: str
    auth: str
    language: str


class NoticedQueue(NamedTuple):
    """A queue with notices that wait."""

    queue_id: str
    kind: NoticeKind


class WaitingNotice(NamedTuple):
    """One that waits for its moment."""

    id: UUID
    user_id: str
    number: int
    lane: int


class ClaimedNotice(NamedTuple):
    """One that is sent now."""

    id: UUID
    endpoint: str
    p256dh: str
    auth: str
    language: str
    attempts: int


class NoticeOutcome(NamedTuple):
    """What became of one; `after_s` is when it is tried again."""

    id: UUID
    state: NoticeState
    error: str | None = None
    after_s: int | None = None


QUERIES = load_queries(__file__, "notices.sql")
ASK = QUERIES["ask_notice"]
DROP_OF_BROWSER = QUERIES["drop_notices_of_browser"]
DROP_OWN = QUERIES["drop_own_notices"]
QUEUES = Query(QUERIES["queues_with_notices"], NoticedQueue)
FIRST = Query(QUERIES["first_notices"], WaitingNotice)
CLAIM = Query(QUERIES["claim_notices"], ClaimedNotice)
END = QUERIES["end_notices"]
FORGET = QUERIES["forget_notices"]


async def ask(tx: Transaction, notice: PushNotice, most: int) -> bool:
    """Keep it. False where the fan has `most` that wait."""
    sent = await tx.send(ASK, **notice._asdict(), most=most)
    return await sent.row() is not None


async def drop_own(tx: Transaction, user_id: str, endpoint: str) -> None:
    """Tell this browser of a fan nothing more."""
    await tx.execute(DROP_OWN, user_id=user_id, endpoint=endpoint)


async def drop_browsers(tx: Transaction, endpoints: Sequence[str]) -> None:
    """Forget browsers whose push service says that they have unsubscribed."""
    await tx.execute(DROP_OF_BROWSER, endpoints=list(endpoints))


async def queues(tx: Transaction) -> list[NoticedQueue]:
    """The queues that any browser wants to hear of."""
    return await tx.fetch(QUEUES)


async def first(tx: Transaction, queue: NoticedQueue, limit: int) -> list[WaitingNotice]:
    """Of each lane those with the lowest numbers."""
    return await tx.fetch(FIRST, **queue._asdict(), limit=limit)


async def claim(tx: Transaction, ids: Sequence[UUID], lease_s: int) -> list[ClaimedNotice]:
    """Those of them that no other process sends within the lease."""
    return await tx.fetch(CLAIM, ids=list(ids), lease_s=lease_s)


async def end(tx: Transaction, outcomes: Sequence[NoticeOutcome]) -> None:
    """Write what became of them."""
    await tx.execute(
        END,
        ids=[each.id for each in outcomes],
        states=[each.state for each in outcomes],
        errors=[each.error for each in outcomes],
        after_s=[each.after_s for each in outcomes],
    )


async def forget_old(tx: Transaction) -> None:
    """Drop those that are a month old."""
    await tx.execute(FORGET)
