"""Second factors: the code of an authenticator app (TOTP, RFC 6238), and recovery codes.

The secret of an app is derived from the id of its row and the server's key, so the database alone
gives no code away. A code is good once, in its half minute and the ones beside it; a recovery code
is good once, and only its digest with the server's key is kept.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.base.signing import key_for
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries

PURPOSE = "yemae second factor"
RECOVERY_PURPOSE = "yemae recovery code"
SECRET_BYTES = 20
STEP_S = 30
# Half minutes that the clocks of a phone and the server may be apart.
STEPS_APART = 1
DIGITS = 6
RECOVERY_CODES = 10
# No letter or digit that reads like another one.
RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
RECOVERY_CHARS = 10


class Factors(NamedTuple):
    """What an account has besides a password, and whether it was given a role here."""

    has_app: bool
    has_passkey: bool
    is_operator: bool


class SecondFactor(NamedTuple):
    """The authenticator app of a user, and how many recovery codes are left. It counts for nothing
    before it is confirmed."""

    id: UUID
    confirmed_at: datetime | None
    last_step: int
    codes_left: int


class FactorId(NamedTuple):
    """Which row it was."""

    id: UUID


class FactorUser(NamedTuple):
    """Whose row it was."""

    user_id: str


QUERIES = load_queries(__file__, "second_factors.sql")
FACTORS_OF_USER = Query(QUERIES["factors_of_user"], Factors)
BEGIN = Query(QUERIES["begin_second_factor"], FactorId)
SECOND_FACTOR = Query(QUERIES["second_factor"], SecondFactor)
USE_STEP = Query(QUERIES["use_step"], FactorId)
USE_RECOVERY_CODE = Query(QUERIES["use_recovery_code"], FactorUser)
WRITE_RECOVERY_CODES = QUERIES["write_recovery_codes"]
REMOVE_PASSKEYS = Query(QUERIES["remove_passkeys"], FactorId)
REMOVE = Query(QUERIES["remove_second_factor"], FactorId)


def secret_of(server_key: str, factor_id: UUID) -> str:
    """The secret that the app gets, in base32."""
    digest = hmac.digest(key_for(server_key, PURPOSE), factor_id.bytes, hashlib.sha256)
    return base64.b32encode(digest[:SECRET_BYTES]).decode()


def uri_of(secret: str, account: str, issuer: str) -> str:
    """What the QR code says that the app reads."""
    from pyotp import TOTP  # noqa: PLC0415

    return TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, now_s: float) -> int | None:
    """The half minute that a code is of, of those that are good now; None for a wrong one. Pure."""
    from pyotp import TOTP  # noqa: PLC0415

    made = TOTP(secret, digits=DIGITS, interval=STEP_S)
    now = int(now_s // STEP_S)
    steps = range(now - STEPS_APART, now + STEPS_APART + 1)
    right = [step for step in steps if hmac.compare_digest(made.generate_otp(step), code)]
    return right[0] if right else None


def new_recovery_codes() -> list[str]:
    """Codes that cannot be guessed, 49 bits each."""
    return [
        "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_CHARS))
        for _ in range(RECOVERY_CODES)
    ]


def digest_of(server_key: str, user_id: str, code: str) -> bytes:
    """What is kept of a recovery code."""
    text = f"{user_id} {code}".encode()
    return hmac.digest(key_for(server_key, RECOVERY_PURPOSE), text, hashlib.sha256)


async def factors_of(tx: Transaction, user_id: str) -> Factors:
    """What an account has besides a password."""
    return await (await tx.send(FACTORS_OF_USER, user_id=user_id)).one()


async def of_user(tx: Transaction, user_id: str) -> SecondFactor | None:
    """The authenticator app of a user, confirmed or not."""
    return await (await tx.send(SECOND_FACTOR, user_id=user_id)).row()


async def begin(tx: Transaction, user_id: str, factor_id: UUID) -> bool:
    """Write an app that is not confirmed yet. False where a confirmed one is there."""
    return await (await tx.send(BEGIN, user_id=user_id, id=factor_id)).row() is not None


async def use_step(tx: Transaction, user_id: str, factor_id: UUID, step: int) -> bool:
    """Use the code of a half minute up; the first one confirms the app. False where it or a newer
    one was used before."""
    used = await (await tx.send(USE_STEP, user_id=user_id, id=factor_id, step=step)).row()
    return used is not None


async def use_recovery_code(tx: Transaction, user_id: str, digest: bytes) -> bool:
    """Use a recovery code up. False where the user has no such one left."""
    used = await (await tx.send(USE_RECOVERY_CODE, user_id=user_id, digest=digest)).row()
    return used is not None


async def write_recovery_codes(tx: Transaction, user_id: str, digests: Sequence[bytes]) -> None:
    """Give a user these recovery codes in the place of all others."""
    await tx.execute(
        WRITE_RECOVERY_CODES, user_id=user_id, digests=[each.hex() for each in digests]
    )


async def remove(tx: Transaction, user_id: str) -> bool:
    """Remove the app and its recovery codes. False where there was none."""
    return await (await tx.send(REMOVE, user_id=user_id)).row() is not None


async def remove_passkeys(tx: Transaction, user_id: str) -> int:
    """Remove every passkey of a user. Returns how many there were."""
    return len(await tx.fetch(REMOVE_PASSKEYS, user_id=user_id))
