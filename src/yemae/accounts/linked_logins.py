"""Accounts of people who sign in elsewhere: an issuer and its subject lead to one user."""

from collections.abc import Sequence
from typing import NamedTuple

from yemae.accounts.users import address, one_account_each
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries


class KnownAccount(NamedTuple):
    """What a sign-in needs to know. The role is None for a fan; when they last signed out
    everywhere, in Unix seconds, is None for those who never did."""

    id: str
    role: str | None
    signed_out_s: float | None


class OwnIdentity(NamedTuple):
    """A login that leads to an account."""

    issuer: str
    subject: str


class WaysIn(NamedTuple):
    """How an account is signed in to: by a password, by logins of these issuers, and by passkeys,
    of which it has a number."""

    has_password: bool
    issuers: list[str]
    passkeys: int

    def are_any(self) -> bool:
        """Whether there is one: a guest has none, and neither has a deleted account."""
        return self.has_password or bool(self.issuers) or self.passkeys > 0


QUERIES = load_queries(__file__, "linked_logins.sql")
ACCOUNT_OF_IDENTITY = QUERIES["account_of_identity"]
CLAIM_IDENTITY = QUERIES["claim_identity"]
SIGN_UP_ELSEWHERE = QUERIES["sign_up_elsewhere"]
COMPLETE_MEMBER = QUERIES["complete_member"]
LOCK_OWNER = QUERIES["lock_owner"]
WAYS_IN = Query(QUERIES["ways_in"], WaysIn)
UNLINK = QUERIES["unlink_identities"]
IDENTITIES_OF_USER = Query(QUERIES["identities_of_user"], OwnIdentity)


async def account_of(tx: Transaction, issuer: str, subject: str) -> KnownAccount | None:
    """The account that an identity leads to."""
    row = await (await tx.send(ACCOUNT_OF_IDENTITY, issuer=issuer, subject=subject)).row()
    return None if row is None else KnownAccount(*row)


async def claim(tx: Transaction, issuer: str, subject: str, user_id: str) -> bool:
    """Let an identity lead to a user, whose row may come later in the transaction. False when it
    leads to an account already."""
    sent = await tx.send(CLAIM_IDENTITY, issuer=issuer, subject=subject, user_id=user_id)
    return await sent.row() is not None


async def sign_up(
    tx: Transaction, user_id: str, name: str | None, email: str | None, terms: str | None
) -> bool:
    """Write a user without a password. False when the id or the address is taken."""
    sent = await tx.send(
        SIGN_UP_ELSEWHERE,
        user_id=user_id,
        name=name,
        email=None if email is None else address(email),
        terms=terms,
    )
    return await sent.row() is not None


async def complete_member(
    tx: Transaction, user_id: str, name: str | None, email: str | None, terms: str | None
) -> None:
    """Write a member of the operator's own login, or what their row lacks. Raises EmailTaken where
    another account gets the address in this moment."""
    canonical = None if email is None else address(email)
    with one_account_each():
        await tx.execute(COMPLETE_MEMBER, user_id=user_id, name=name, email=canonical, terms=terms)


async def lock_ways(tx: Transaction, user_id: str) -> WaysIn:
    """How an account is signed in to, under the lock of its user."""
    await tx.execute(LOCK_OWNER, user_id=user_id)
    return await (await tx.send(WAYS_IN, user_id=user_id)).row() or WaysIn(False, [], 0)


async def leads_to(tx: Transaction, issuer: str, subject: str) -> str | None:
    """The user that an identity leads to."""
    known = await account_of(tx, issuer, subject)
    return None if known is None else known.id


async def unlink(tx: Transaction, user_id: str, issuers: Sequence[str]) -> None:
    """Let no identity of these issuers lead to a user, whose ways in are locked."""
    await tx.execute(UNLINK, user_id=user_id, issuers=list(issuers))


async def of_user(tx: Transaction, user_id: str) -> list[OwnIdentity]:
    """The logins that lead to an account."""
    return await tx.fetch(IDENTITIES_OF_USER, user_id=user_id)
