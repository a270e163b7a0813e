"""Addresses that wait for the link of a mail, in PostgreSQL: each link is good once, for a day."""

from typing import Literal, NamedTuple
from uuid import UUID

from yemae.accounts.users import one_account_each
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries

# Of one address, that a link may be for; each costs a hash.
WAITING_MAX = 5


class Confirmation(NamedTuple):
    """An address to be confirmed: of an account to be, with all that it needs, or of one that gets
    another address. Where it waits for its link, the hash is that of its account."""

    id: UUID
    email: str
    user_id: str | None
    old_email: str | None
    name: str | None
    password_hash: str | None
    terms: str | None
    language: Literal["ko", "en"]


class Used(NamedTuple):
    """A confirmation that is used now."""

    id: UUID


class ReaddressedAccount(NamedTuple):
    """An account with its new address; the role is None for a fan."""

    id: str
    name: str | None
    email: str
    role: str | None


QUERIES = load_queries(__file__, "email_confirmations.sql")
ASK_CONFIRMATION = QUERIES["ask_confirmation"]
TELL_CONFIRMATION = QUERIES["tell_confirmation"]
WAITING_CONFIRMATIONS = Query(QUERIES["waiting_confirmations"], Confirmation)
USE_CONFIRMATION = Query(QUERIES["use_confirmation"], Used)
DROP_CONFIRMATIONS = QUERIES["drop_confirmations"]
CHANGE_EMAIL = Query(QUERIES["change_email"], ReaddressedAccount)
TELL_EMAIL_CHANGED = QUERIES["tell_email_changed"]
FORGET_CONFIRMATIONS = QUERIES["forget_confirmations"]


async def ask(tx: Transaction, wanted: Confirmation) -> None:
    """Write it, and send its link; or, where an account has the address, word of that. At most one
    such mail of an address within ten minutes."""
    await tx.execute(ASK_CONFIRMATION, **wanted._asdict())
    await tx.execute(TELL_CONFIRMATION, id=wanted.id)


async def waiting(tx: Transaction, link_id: UUID) -> list[Confirmation]:
    """The latest that a link may confirm: all of its address. None of them: it is not good any
    more."""
    return await tx.fetch(WAITING_CONFIRMATIONS, id=link_id, limit=WAITING_MAX)


async def use(tx: Transaction, confirmed_id: UUID, link_id: UUID) -> bool:
    """Use one of those up, and the link. False when either was used meanwhile."""
    wanted = {confirmed_id, link_id}
    used = await tx.fetch(USE_CONFIRMATION, ids=sorted(wanted))
    return len(used) == len(wanted)


async def drop(tx: Transaction, *confirmation_ids: UUID) -> None:
    """Drop those whose account is made."""
    await tx.execute(DROP_CONFIRMATIONS, ids=list(confirmation_ids))


async def change_email(tx: Transaction, used: Confirmation) -> ReaddressedAccount | None:
    """Give the account its new address, and tell the old one. None when it has another one than
    that by now. Raises EmailTaken."""
    with one_account_each():
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
