"""Wallets and transfers in PostgreSQL.

Every change of a balance comes with the transfer that explains it, in the same transaction, under
the wallet's row lock.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.store.postgres import Sent, Transaction
from yemae.store.queries import Query, as_json, load_queries
from yemae.wallet.decide import Transfer


class Wallet(NamedTuple):
    """A fan's money, in the currency's minor unit."""

    balance: int
    currency: str


class LockedWallet(NamedTuple):
    """A wallet once its lock was had. A busy one is locked elsewhere, and only its owner known."""

    user_id: str
    now: datetime
    is_busy: bool
    wallet: Wallet | None


QUERIES = load_queries(__file__)
ENSURE_WALLETS = QUERIES["ensure_wallets"]
LOCK_WALLETS = Query(QUERIES["lock_wallets"], LockedWallet, rest=Wallet)
TRY_WALLETS = Query(QUERIES["try_wallets"], LockedWallet, rest=Wallet)
WALLET_OF_USER = Query(QUERIES["wallet_of_user"], Wallet)
SET_BALANCES = QUERIES["set_balances"]
WRITE_TRANSFERS = QUERIES["write_transfers"]
TOP_UPS_BY_KEY = Query(QUERIES["top_ups_by_key"], Transfer)
TRANSFER_BY_ID = Query(QUERIES["transfer_by_id"], Transfer)
TRANSFERS_OF_USERS = Query(QUERIES["transfers_of_users"], Transfer)


async def ensure_wallets(tx: Transaction, user_ids: Sequence[str], currency: str) -> None:
    """Give these users an empty wallet unless they have one."""
    await tx.execute(ENSURE_WALLETS, user_ids=sorted(set(user_ids)), currency=currency)


async def lock_wallets(
    tx: Transaction, user_ids: Sequence[str], *, wait: bool = True
) -> Sent[LockedWallet]:
    """Lock wallets in user order. Users without a wallet have no row."""
    return await tx.send(LOCK_WALLETS if wait else TRY_WALLETS, user_ids=sorted(set(user_ids)))


def balances(wallets: Iterable[LockedWallet]) -> dict[str, int]:
    """What those wallets hold whose locks were had, by user."""
    return {row.user_id: row.wallet.balance for row in wallets if row.wallet is not None}


async def wallet_of(tx: Transaction, user_id: str) -> Wallet | None:
    """A user's wallet, or None while none was needed."""
    return await (await tx.send(WALLET_OF_USER, user_id=user_id)).row()


async def append(tx: Transaction, transfers: Sequence[Transfer]) -> None:
    """Append new lines, and leave each wallet at the balance after its last one."""
    if not transfers:
        return
    balances = {transfer.user_id: transfer.balance_after for transfer in transfers}
    await tx.execute(SET_BALANCES, user_ids=list(balances), balances=list(balances.values()))
    await tx.execute(WRITE_TRANSFERS, transfers=as_json(transfers))


async def top_ups_by_key(tx: Transaction, keys: Sequence[tuple[str, str]]) -> Sent[Transfer]:
    """The top-ups made with these (user, key) pairs."""
    return await tx.send(
        TOP_UPS_BY_KEY,
        user_ids=[user for user, _ in keys],
        idempotency_keys=[key for _, key in keys],
    )


async def transfer_of(tx: Transaction, transfer_id: UUID) -> Transfer:
    """A line that is there."""
    return await (await tx.send(TRANSFER_BY_ID, id=transfer_id)).one()


async def transfers_of(
    tx: Transaction, user_ids: Sequence[str], *, before: UUID | None, limit: int
) -> list[Transfer]:
    """The ledger lines of these users, newest first, those older than `before`."""
    return await tx.fetch(TRANSFERS_OF_USERS, user_ids=list(user_ids), before=before, limit=limit)
