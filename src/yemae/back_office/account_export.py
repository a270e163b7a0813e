"""계정 내보내기 · Everything that is kept of a fan, for an operator whom the fan has asked for it.

It is what `GET /v1/me/data` answers the fan, without the codes of tickets. Each export is a line of
the log: who looked, at whom, and why.
"""

from typing import Any

from yemae.accounts import linked_logins, merged_users, passkeys, users
from yemae.accounts.users import User
from yemae.concerts import controls
from yemae.orders import orders
from yemae.runtime import Stores
from yemae.sale import account_deletion
from yemae.store.postgres import Transaction
from yemae.wallet import ledger

# Of orders, addresses and ledger lines, the newest.
KEPT_MAX = 1_000


async def export(stores: Stores, by: str, who: str, reason: str) -> dict[str, Any] | None:
    """What is kept of a user, named by id or e-mail address; None where there is no such user.
    Datetimes and ids are as they are."""
    async with stores.postgres.transaction() as tx:
        user = await users.named(tx, who)
        if user is None:
            return None
        found = await _kept(tx, stores, user)
        details = {"user_id": user.id, "reason": reason}
        await controls.log(tx, stores.new_id(), None, by, "export account", details)
    return found


async def _kept(tx: Transaction, stores: Stores, user: User) -> dict[str, Any]:
    wallet = await ledger.wallet_of(tx, user.id)
    guests = await merged_users.guests_of(tx, user.id)
    found = await orders.orders_of(tx, user.id, before=None, limit=KEPT_MAX)
    lines = await ledger.transfers_of(tx, [user.id, *guests], before=None, limit=KEPT_MAX)
    addresses = await account_deletion.addresses_in(tx, user.id, KEPT_MAX)
    return {
        "user": user._asdict(),
        "wallet": {
            "balance": wallet.balance if wallet else 0,
            "currency": wallet.currency if wallet else stores.settings.sale.currency,
        },
        "orders": [
            {
                "id": each.id,
                "concert_id": each.concert_id,
                "performance_id": each.performance_id,
                "status": each.status,
                "seats": each.seat_numbers,
                "total": each.total,
                "currency": each.currency,
                "created_at": each.created_at,
            }
            for each in found
        ],
        "addresses": [each._asdict() for each in addresses],
        "transfers": [
            {
                "id": each.id,
                "kind": each.kind,
                "amount": each.amount,
                "balance_after": each.balance_after,
                "order_id": each.order_id,
                "created_at": each.created_at,
            }
            for each in lines
        ],
        "sign_ins": [each._asdict() for each in await linked_logins.of_user(tx, user.id)],
        "passkeys": [each._asdict() for each in await passkeys.of_user(tx, user.id)],
    }
