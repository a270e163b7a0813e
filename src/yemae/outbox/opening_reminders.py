"""Reminders of openings in PostgreSQL: which accounts asked for a mail before a sale opens.

Always holds: an account has one reminder of a queue, and its mail is written once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.outbox.messages import Language
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries


class AskedReminder(NamedTuple):
    """Whether a reminder is there now, whether its mail was written before, and whether the account
    has an address at all."""

    is_asked: bool
    was_sent: bool
    has_address: bool


class RemindedQueue(NamedTuple):
    """The queue that a reminder is of."""

    queue_id: str


class WrittenMessage(NamedTuple):
    """A message that was written."""

    id: UUID


QUERIES = load_queries(__file__, "opening_reminders.sql")
ASK = Query(QUERIES["ask_reminder"], AskedReminder)
DROP = QUERIES["drop_reminder"]
OF_USER = Query(QUERIES["reminders_of_user"], RemindedQueue)
TELL = Query(QUERIES["tell_of_openings"], WrittenMessage)
QUEUE_OF = Query(QUERIES["queue_of_reminder"], RemindedQueue)
FORGET = QUERIES["forget_reminders"]


async def ask(
    tx: Transaction, reminder_id: UUID, user_id: str, queue_id: str, language: Language, most: int
) -> AskedReminder:
    """Remind an account of the opening of a queue, of `most` at most."""
    sent = await tx.send(
        ASK, id=reminder_id, user_id=user_id, queue_id=queue_id, language=language, most=most
    )
    return await sent.one()


async def drop(tx: Transaction, user_id: str, queue_id: str) -> None:
    """Remind an account of this opening no more."""
    await tx.execute(DROP, user_id=user_id, queue_id=queue_id)


async def of_user(tx: Transaction, user_id: str) -> list[str]:
    """The queues that an account is to be reminded of."""
    return [each.queue_id for each in await tx.fetch(OF_USER, user_id=user_id)]


async def tell(tx: Transaction, openings: Sequence[tuple[str, datetime]], limit: int) -> int:
    """Write the messages of reminders that are due, of queues that open at these times. Returns how
    many."""
    queue_ids = [queue_id for queue_id, _ in openings]
    opens_at = [at.isoformat() for _, at in openings]
    return len(await tx.fetch(TELL, queue_ids=queue_ids, opens_at=opens_at, limit=limit))


async def queue_of(tx: Transaction, reminder_id: UUID) -> str | None:
    """The queue that a reminder is of; None: it is gone, with its account."""
    row = await (await tx.send(QUEUE_OF, id=reminder_id)).row()
    return None if row is None else row.queue_id


async def forget_old(tx: Transaction) -> None:
    """Drop reminders of openings that are long over."""
    await tx.execute(FORGET)
