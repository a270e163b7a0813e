"""Messages to fans in PostgreSQL.

Always holds: a message is there if and only if its cause was committed, and one cause has one
message of a kind. A message waits until a mail server has taken it, or it is given up.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries

Kind = Literal[
    "order_paid",
    "order_cancelled",
    "refunded",
    "ticket_link",
    "tickets_moved",
    "date_moved",
    "date_cancelled",
    "refund_failed",
    "password_reset",
    "confirm_email",
    "email_taken",
    "email_changed",
    "opening_soon",
]
MessageState = Literal["waiting", "sent", "given_up"]
Language = Literal["ko", "en"]


class Contact(NamedTuple):
    """Where a fan wants to hear of an order, and in which language. Without an address: where the
    account is."""

    email: str | None
    language: Language


class SaleToTell(NamedTuple):
    """A payment, and what the fan said with it; None: a card payment, which was begun before."""

    payment_id: UUID
    order_id: UUID
    user_id: str
    contact: Contact | None


class OutboxMessage(NamedTuple):
    """A message. `email` is None when the account has gone since; a message about an account has
    no order."""

    id: UUID
    kind: Kind
    cause: UUID
    order_id: UUID | None
    user_id: str
    email: str | None
    language: Language
    created_at: datetime
    state: MessageState
    due_at: datetime
    attempts: int
    ended_at: datetime | None
    error: str | None


class MailAddress(NamedTuple):
    """Where the messages of an order go; None: nowhere."""

    email: str | None


class HowMany(NamedTuple):
    """A count of messages."""

    messages: int


QUERIES = load_queries(__file__, "messages.sql")
KEEP_CONTACT = QUERIES["keep_contact"]
ADDRESS_OF_ORDER = Query(QUERIES["address_of_order"], MailAddress)
TELL_OF_SALES = QUERIES["tell_of_sales"]
TELL = QUERIES["tell_of_order"]
TELL_OF_DATE = QUERIES["tell_of_date"]
TELL_LINK = QUERIES["tell_ticket_link"]
TELL_RESET = QUERIES["tell_password_reset"]
CLAIM = Query(QUERIES["claim_messages"], OutboxMessage)
END_MESSAGE = QUERIES["end_message"]
PUT_OFF = QUERIES["put_off_message"]
LISTED = Query(QUERIES["list_messages"], OutboxMessage)
RETRY = Query(QUERIES["retry_messages"], HowMany)


async def keep_contact(tx: Transaction, order_id: UUID, contact: Contact) -> None:
    """Keep where the fan of an order wants to hear of it, under the lock of the order."""
    await tx.execute(KEEP_CONTACT, order_id=order_id, **contact._asdict())


async def address_of(tx: Transaction, order_id: UUID) -> str | None:
    """Where the messages of an order go; None: nowhere."""
    (found,) = await tx.fetch(ADDRESS_OF_ORDER, order_id=order_id)
    return found.email


async def tell_of_sales(tx: Transaction, sales: Sequence[SaleToTell]) -> None:
    """Tell the fans of these orders that they are paid, where an address is known."""
    contacts = [sale.contact for sale in sales]
    await tx.execute(
        TELL_OF_SALES,
        payment_ids=[sale.payment_id for sale in sales],
        order_ids=[sale.order_id for sale in sales],
        user_ids=[sale.user_id for sale in sales],
        emails=[contact.email if contact else None for contact in contacts],
        languages=[contact.language if contact else None for contact in contacts],
    )


async def tell(tx: Transaction, kind: Kind, cause: UUID, order_id: UUID) -> None:
    """Tell the fan of an order what became of it, where an address is known."""
    await tx.execute(TELL, kind=kind, cause=cause, order_id=order_id)


async def tell_of_date(tx: Transaction, kind: Kind, change: UUID, performance_key: int) -> None:
    """Tell the fans of every paid order of a date of one change, where an address is known."""
    await tx.execute(TELL_OF_DATE, kind=kind, change=change, performance_key=performance_key)


async def tell_link(tx: Transaction, tail: str, email: str) -> None:
    """Send the tickets of an order again, found by the end of its id and its fan's address, which
    is composed and has no capitals."""
    await tx.execute(TELL_LINK, tail=tail, email=email)


async def tell_reset(
    tx: Transaction, reset_id: UUID, email: str, as_typed: str, language: Language
) -> None:
    """Send a link for a new password to the account with this address, which is composed and has
    no capitals; or nothing."""
    await tx.execute(TELL_RESET, id=reset_id, email=email, as_typed=as_typed, language=language)


async def claim(tx: Transaction, limit: int, lease_s: int) -> list[OutboxMessage]:
    """Messages that are due, the oldest first. No other process gets them within the lease."""
    return await tx.fetch(CLAIM, limit=limit, lease_s=lease_s)


async def end(tx: Transaction, message_id: UUID, state: MessageState, error: str | None) -> None:
    """A message was sent, or is given up."""
    await tx.execute(END_MESSAGE, id=message_id, state=state, error=error)


async def put_off(tx: Transaction, message_id: UUID, after_s: int, error: str) -> None:
    """Try a message again later."""
    await tx.execute(PUT_OFF, id=message_id, after_s=after_s, error=error)


async def listed(
    tx: Transaction, state: MessageState | None, limit: int, message_id: UUID | None = None
) -> list[OutboxMessage]:
    """Messages, newest first."""
    return await tx.fetch(LISTED, state=state, limit=limit, id=message_id)


async def retry(tx: Transaction, ids: Sequence[UUID] | None) -> int:
    """Send messages now that were given up or wait; None: all of them. Returns how many."""
    (found,) = await tx.fetch(RETRY, ids=None if ids is None else list(ids))
    return found.messages
