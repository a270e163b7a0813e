"""Wallets and transfers in PostgreSQL.

Every change of a balance comes with the transfer that explains it, in the same transaction, under
the wallet's row lock.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from yemae.store.postgres import Sent, Transaction
from yemae.store.queries import load_queries
from yemae.wallet.decide import Transfer

QUERIES = load_queries(__file__)
ENSURE_WALLETS = QUERIES["ensure_wallets"]
LOCK_WALLETS = QUERIES["lock_wallets"]
TRY_WALLETS = QUERIES["try_wallets"]
WALLET_OF_USER = QUERIES["wallet_of_user"]
SET_BALANCES = QUERIES["set_balances"]
WRITE_TRANSFERS = QUERIES["write_transfers"]
TOP_UPS_BY_KEY = QUERIES["top_ups_by_key"]
TRANSFERS_OF_USER = QUERIES["transfers_of_user"]


class Wallet(NamedTuple):
    """A fan's money, in the currency's minor unit."""

    balance: int
    currency: str


async def ensure_wallets(tx: Transaction, user_ids: Sequence[str], currency: str) -> None:
    """Give these users an empty wallet unless they have one."""
    await tx.send(ENSURE_WALLETS, user_ids=sorted(set(user_ids)), currency=currency)


async def lock_wallets(tx: Transaction, user_ids: Sequence[str], *, wait: bool = True) -> Sent:
    """Lock wallets in user order. Rows: user_id, balance, currency, now, is_busy; of a busy wallet
    the balance is not known."""
    return await tx.send(LOCK_WALLETS if wait else TRY_WALLETS, user_ids=sorted(set(user_ids)))


async def wallet_of(tx: Transaction, user_id: str) -> Wallet | None:
    """A user's wallet, or None while none was needed."""
    row = await (await tx.send(WALLET_OF_USER, user_id=user_id)).row()
    return None if row is None else Wallet(*row)


async def append(tx: Transaction, transfers: Sequence[Transfer]) -> None:
    """Append new lines, and leave each wallet at the balance after its last one."""
    if not transfers:
        return
    balances = {transfer.user_id: transfer.balance_after for transfer in transfers}
    await tx.send(SET_BALANCES, user_ids=list(balances), balances=list(balances.values()))
    rows = msgspec.json.encode([transfer._asdict() for transfer in transfers])
    await tx.send(WRITE_TRANSFERS, transfers=rows.decode())


async def top_ups_by_key(tx: Transaction, keys: Sequence[tuple[str, str]]) -> Sent:
    """The top-ups made with these (user, key) pairs. Rows are Transfer-shaped."""
    return await tx.send(
        TOP_UPS_BY_KEY,
        user_ids=[user for user, _ in keys],
        idempotency_keys=[key for _, key in keys],
    )


async def transfers_of(
    tx: Transaction, user_id: str, *, before: UUID | None, limit: int
) -> list[Transfer]:
    """A user's ledger lines, newest first, those older than `before`."""
    rows = await tx.fetch(TRANSFERS_OF_USER, user_id=user_id, before=before, limit=limit)
    return [Transfer(*row) for row in rows]
