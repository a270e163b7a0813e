"""Passkeys in PostgreSQL: which keys of devices sign a user in."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries
from yemae.values.text import composed

# How long a challenge is good, and what its signature is made for; see passkey_proofs.py.
CHALLENGE_TTL_S = 600
PURPOSE = "yemae passkey challenge"


class Passkey(NamedTuple):
    """A passkey as its owner sees it. One that is synced is on other devices of the owner, too."""

    id: UUID
    name: str
    is_synced: bool
    created_at: datetime
    used_at: datetime | None


class NewPasskey(NamedTuple):
    """What a device has made: its key's id and public half, and how often it has signed."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_synced: bool


class KnownPasskey(NamedTuple):
    """What a sign-in needs to know. The role is None for a fan; when they last signed out
    everywhere, in Unix seconds, is None for those who never did."""

    id: UUID
    user_id: str
    public_key: bytes
    sign_count: int
    role: str | None
    signed_out_s: float | None


class CredentialId(NamedTuple):
    """What a device calls a key."""

    credential_id: bytes


class PasskeyId(NamedTuple):
    """Which passkey it was."""

    id: UUID


QUERIES = load_queries(__file__, "passkeys.sql")
ADD_PASSKEY = Query(QUERIES["add_passkey"], Passkey)
PASSKEYS_OF_USER = Query(QUERIES["passkeys_of_user"], Passkey)
CREDENTIALS_OF_USER = Query(QUERIES["credentials_of_user"], CredentialId)
PASSKEY_BY_CREDENTIAL = Query(QUERIES["passkey_by_credential"], KnownPasskey)
USE_PASSKEY = Query(QUERIES["use_passkey"], PasskeyId)
RENAME_PASSKEY = Query(QUERIES["rename_passkey"], Passkey)
REMOVE_PASSKEY = Query(QUERIES["remove_passkey"], PasskeyId)


async def add(
    tx: Transaction, passkey_id: UUID, user_id: str, made: NewPasskey, name: str
) -> Passkey | None:
    """Let a key sign a user in. None where it leads to an account already."""
    sent = await tx.send(
        ADD_PASSKEY, id=passkey_id, user_id=user_id, name=composed(name), **made._asdict()
    )
    return await sent.row()


async def of_user(tx: Transaction, user_id: str) -> list[Passkey]:
    """The passkeys of a user, newest first."""
    return await tx.fetch(PASSKEYS_OF_USER, user_id=user_id)


async def credentials_of(tx: Transaction, user_id: str) -> list[bytes]:
    """What the devices call the passkeys of a user."""
    return [each.credential_id for each in await tx.fetch(CREDENTIALS_OF_USER, user_id=user_id)]


async def by_credential(tx: Transaction, credential_id: bytes) -> KnownPasskey | None:
    """The passkey that a device calls so."""
    return await (await tx.send(PASSKEY_BY_CREDENTIAL, credential_id=credential_id)).row()


async def use(tx: Transaction, passkey_id: UUID, sign_count: int) -> bool:
    """Note that a passkey was used. False where it is gone, or the count was seen before: another
    one may be a copy of it."""
    used = await (await tx.send(USE_PASSKEY, id=passkey_id, sign_count=sign_count)).row()
    return used is not None


async def rename(tx: Transaction, user_id: str, passkey_id: UUID, name: str) -> Passkey | None:
    """Call a passkey of a user this. None where the user has no such one."""
    sent = await tx.send(RENAME_PASSKEY, id=passkey_id, user_id=user_id, name=composed(name))
    return await sent.row()


async def remove(tx: Transaction, user_id: str, passkey_id: UUID) -> bool:
    """Let a passkey sign its user in no more. False where the user has no such one."""
    gone = await (await tx.send(REMOVE_PASSKEY, id=passkey_id, user_id=user_id)).row()
    return gone is not None
