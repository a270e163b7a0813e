"""Addresses that wait for the link of a mail, in PostgreSQL: each link is good once, for a day."""

from typing import Literal, NamedTuple
from uuid import UUID

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries


class Confirmation(NamedTuple):
    """An address to be confirmed: of an account to be, with all that it needs, or of one that gets
    another address."""

    id: UUID
    email: str
    user_id: str | None
    old_email: str | None
    name: str | None
    password_hash: str | None
    terms: str | None
    language: Literal["ko", "en"]


class ReaddressedAccount(NamedTuple):
    """An account with its new address; the role is None for a fan."""

    id: str
    name: str | None
    email: str
    role: str | None


QUERIES = load_queries(__file__, "email_confirmations.sql")
ASK_CONFIRMATION = QUERIES["ask_confirmation"]
TELL_CONFIRMATION = QUERIES["tell_confirmation"]
USE_CONFIRMATION = Query(QUERIES["use_confirmation"], Confirmation)
DROP_CONFIRMATION = QUERIES["drop_confirmation"]
CHANGE_EMAIL = Query(QUERIES["change_email"], ReaddressedAccount)
TELL_EMAIL_CHANGED = QUERIES["tell_email_changed"]
FORGET_CONFIRMATIONS = QUERIES["forget_confirmations"]


async def ask(tx: Transaction, wanted: Confirmation) -> None:
    """Write it, and send its link; or, where an account has the address, word of that."""
    await tx.execute(ASK_CONFIRMATION, **wanted._asdict())
    await tx.execute(TELL_CONFIRMATION, id=wanted.id)


async def use(tx: Transaction, confirmation_id: UUID) -> Confirmation | None:
    """What a link confirms; None when it is not good any more."""
    return await (await tx.send(USE_CONFIRMATION, id=confirmation_id)).row()


async def drop(tx: Transaction, confirmation_id: UUID) -> None:
    """Drop one whose account is made."""
    await tx.execute(DROP_CONFIRMATION, id=confirmation_id)


async def change_email(tx: Transaction, used: Confirmation) -> ReaddressedAccount | None:
    """Give the account its new address, and tell the old one. None when the address was taken or
    changed meanwhile."""
    sent = await tx.send(
        CHANGE_EMAIL, user_id=used.user_id, email=used.email, old_email=used.old_email
    )
    account = await sent.row()
    if account is not None:
        await tx.execute(TELL_EMAIL_CHANGED, id=used.id)
    return account


async def forget_old(tx: Transaction) -> None:
    """Drop those that have been good for nothing for days."""
    await tx.execute(FORGET_CONFIRMATIONS)
