"""Payments in PostgreSQL: one for each paid order, with the pass that it ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from yemae.payments.payment import Payment
from yemae.store.postgres import NOTHING, Sent, Transaction
from yemae.store.queries import load_queries
from yemae.values.pass_key import PassKey

QUERIES = load_queries(__file__)
WRITE_PAYMENTS = QUERIES["write_payments"]
PAYMENTS_BY_KEY = QUERIES["payments_by_key"]
PASSES_USED = QUERIES["passes_used"]
PAYMENTS_SINCE = QUERIES["payments_since"]
REVOKE_PASS = QUERIES["revoke_pass"]
REVOKED_SINCE = QUERIES["revoked_since"]


async def write_payments(tx: Transaction, payments: Sequence[Payment]) -> None:
    """Write new payments."""
    rows = msgspec.json.encode([payment._asdict() for payment in payments])
    await tx.send(WRITE_PAYMENTS, payments=rows.decode())


async def payments_by_key(tx: Transaction, keys: Sequence[tuple[str, str]]) -> Sent:
    """The payments made with these (user, Idempotency-Key) pairs. Rows are Payment-shaped."""
    if not keys:
        return NOTHING
    return await tx.send(
        PAYMENTS_BY_KEY,
        user_ids=[user for user, _ in keys],
        idempotency_keys=[key for _, key in keys],
    )


async def passes_used(tx: Transaction, passes: Sequence[PassKey]) -> Sent:
    """Those of these passes that ended with a payment or were revoked. Rows are PassKey-shaped."""
    return await tx.send(
        PASSES_USED,
        user_ids=[key.user_id for key in passes],
        concert_ids=[key.concert_id for key in passes],
        pass_numbers=[key.number for key in passes],
    )


async def payments_since(tx: Transaction, after: UUID, step: int) -> list[Any]:
    """Payments with a higher id: rows of id, user_id, concert_id, pass_number."""
    return await tx.fetch(PAYMENTS_SINCE, after=after, step=step)


async def revoke_pass(tx: Transaction, revoked: PassKey) -> None:
    """End a pass, and every older place of its fan, for good."""
    concert_id, user_id, number = revoked
    await tx.send(REVOKE_PASS, user_id=user_id, concert_id=concert_id, pass_number=number)


async def revoked_since(tx: Transaction, since: datetime, step: int) -> list[Any]:
    """Revocations after a time: rows of user_id, concert_id, pass_number."""
    return await tx.fetch(REVOKED_SINCE, since=since, step=step)
