"""계정 삭제 · A fan has the account deleted: what says who it was is gone, the books stay.

One transaction, under the locks of the buyer and the wallet: name, address, password and role of
the account, and the addresses of its orders. Orders, payments and the ledger keep the user id,
which leads to no person any more; every session ends. A balance, tickets of dates to come and
money that is on its way would be lost with the account, so it is not deleted while there are any.
"""

from typing import NamedTuple
from uuid import UUID

from yemae.accounts import merged_users, sessions, sign_outs, strength
from yemae.accounts.access import Identity
from yemae.orders import orders
from yemae.refusals import InvalidRequest
from yemae.runtime import Runtime
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries
from yemae.wallet import ledger
from yemae.wallet.decide import Transfer

BALANCE = "is not used up: spend it, or ask the organiser to pay it out"
ORDERS = "some are held, or have tickets for a date to come: cancel them, or wait for the date"
CHECKOUTS = "one is not settled: wait until its card payment has ended"


class LiveOrders(NamedTuple):
    """Whether a fan has orders that are not over, card payments that are not settled, and money
    of a guest who has moved in that is on its way to the wallet."""

    has_orders: bool
    has_checkouts: bool
    has_late_money: bool


class OrderAddress(NamedTuple):
    """Where mails about an order go, as its fan said."""

    order_id: UUID
    email: str
    language: str


QUERIES = load_queries(__file__, "account_deletion.sql")
LIVE_ORDERS = Query(QUERIES["live_orders_of_fan"], LiveOrders)
LOCK_ACCOUNT = QUERIES["lock_account"]
FORGET_FAN = QUERIES["forget_fan"]
ADDRESSES = Query(QUERIES["addresses_of_fan"], OrderAddress)


async def delete_account(
    runtime: Runtime, caller: Identity, issued_s: float, *, password: str | None, address: str
) -> None:
    """Delete the account of a fan with a token issued at `issued_s`; one with a password needs it,
    one with passkeys alone a fresh sign-in. Raises InvalidRequest, WrongCredentials,
    SecondFactorRequired, FreshSignInRequired, RateLimited, Overloaded or StoreUnavailable."""
    user_id = caller.user_id
    await strength.require_owner(runtime.postgres, caller, runtime.issuer.signer.now())
    await sessions.require_owner(
        runtime.postgres,
        runtime.passwords,
        runtime.sign_in_limit,
        user_id,
        password=password,
        address=address,
    )
    async with runtime.postgres.transaction() as tx:
        ended_s = await delete_in(tx, user_id, issued_s)
    runtime.issuer.sign_outs.note(user_id, ended_s)


async def delete_in(tx: Transaction, user_id: str, issued_s: float = 0.0) -> float:
    """Delete the account, also without its owner. Returns when its sessions have ended. Raises
    InvalidRequest."""
    await orders.lock_buyers(tx, [user_id])
    wallets = await (await ledger.lock_wallets(tx, [user_id])).rows()
    if ledger.balances(wallets).get(user_id, 0):
        raise InvalidRequest.of("balance", BALANCE)
    live = await (await tx.send(LIVE_ORDERS, user_id=user_id)).one()
    if live.has_orders:
        raise InvalidRequest.of("orders", ORDERS)
    if live.has_checkouts or live.has_late_money:
        raise InvalidRequest.of("checkouts", CHECKOUTS)
    await tx.execute(LOCK_ACCOUNT, user_id=user_id)
    await tx.execute(FORGET_FAN, user_id=user_id)
    return await sign_outs.sign_out(tx, user_id, issued_s)


async def addresses(runtime: Runtime, user_id: str, limit: int) -> list[OrderAddress]:
    """The addresses that a fan gave with orders, newest first."""
    async with runtime.postgres.transaction() as tx:
        return await addresses_in(tx, user_id, limit)


async def addresses_in(tx: Transaction, user_id: str, limit: int) -> list[OrderAddress]:
    """The same in a transaction."""
    return await tx.fetch(ADDRESSES, user_id=user_id, limit=limit)


async def transfers(runtime: Runtime, user_id: str, limit: int) -> list[Transfer]:
    """The ledger lines of a fan and of the guests who were merged into the account, newest
    first."""
    async with runtime.postgres.transaction() as tx:
        guests = await merged_users.guests_of(tx, user_id)
        return await ledger.transfers_of(tx, [user_id, *guests], before=None, limit=limit)
