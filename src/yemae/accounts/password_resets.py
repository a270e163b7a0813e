"""Resets of passwords in PostgreSQL: each is good once, for an hour."""

from typing import NamedTuple
from uuid import UUID

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries


class ResetAccount(NamedTuple):
    """The account that a link is for."""

    id: str
    name: str | None
    email: str


class ChangedAccount(NamedTuple):
    """An account that has a new password; the role is None for a fan."""

    id: str
    role: str | None


QUERIES = load_queries(__file__, "password_resets.sql")
RESET_FOR_ACCOUNT = Query(QUERIES["reset_for_account"], ResetAccount)
USE_RESET = Query(QUERIES["use_password_reset"], ChangedAccount)
END_RESETS = QUERIES["end_password_resets"]
FORGET_RESETS = QUERIES["forget_password_resets"]


async def account_of(tx: Transaction, reset_id: UUID) -> ResetAccount | None:
    """The account of a reset that is still good."""
    return await (await tx.send(RESET_FOR_ACCOUNT, id=reset_id)).row()


async def use(tx: Transaction, reset_id: UUID, password_hash: str) -> ChangedAccount | None:
    """Set the password, and end this and every other link of the user. None when it was not good
    any more."""
    return await (await tx.send(USE_RESET, id=reset_id, password_hash=password_hash)).row()


async def end_all(tx: Transaction, user_id: str) -> None:
    """End every link of a user."""
    await tx.execute(END_RESETS, user_id=user_id)


async def forget_old(tx: Transaction) -> None:
    """Drop resets that have been good for nothing for days."""
    await tx.execute(FORGET_RESETS)
