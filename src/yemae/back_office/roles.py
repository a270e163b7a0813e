"""Who may do what: roles are given, taken back and listed, over HTTP and as commands.

A role holds from the next call on, and ends at once when it is taken back. Each change is a line of
the log, in the same transaction.
"""

from uuid import UUID

from yemae.accounts import roles, strength
from yemae.accounts.access import Identity
from yemae.accounts.roles import EVERYTHING, Grant, RoleGrant
from yemae.accounts.users import User
from yemae.concerts import controls
from yemae.orders import orders
from yemae.payments import refunds
from yemae.refusals import InvalidRequest
from yemae.runtime import Stores
from yemae.store.postgres import Transaction

PAGE = 100


async def held(stores: Stores, caller: Identity) -> frozenset[Grant]:
    """The roles of a caller: those of the access token, and those given here."""
    if caller.is_operator or Grant("admin") in caller.roles:
        return EVERYTHING
    async with stores.postgres.transaction() as tx:
        return caller.roles | await roles.of_user(tx, caller.user_id)


async def require_strong(stores: Stores, caller: Identity) -> None:
    """Raise SecondFactorRequired where a caller with a role has signed in with a password alone,
    and that is not enough."""
    is_production = stores.settings.server.mode == "production"
    await strength.require_operator(stores.postgres, caller, is_production=is_production)


async def give(stores: Stores, by: str, who: str, grant: Grant, reason: str | None) -> RoleGrant:
    """Give a role to a user, named by id or e-mail address; again, nothing changes. Raises
    InvalidRequest for a user who has no account, ConcertNotFound."""
    if grant.concert_id is not None:
        stores.catalogue.concert(grant.concert_id)
    async with stores.postgres.transaction() as tx:
        user = await _user(tx, who)
        grant_id = stores.new_id()
        given = await roles.give(tx, grant_id, user.id, grant, by)
        if given.id == grant_id:
            await _log(tx, stores, by, "grant role", user, grant, reason)
    return given


async def take_back(stores: Stores, by: str, who: str, grant: Grant, reason: str | None) -> bool:
    """Take a role back; with an admin's goes the role of before, but not from tokens that have it.
    Returns whether the user had it. Raises InvalidRequest for a user who has no account."""
    async with stores.postgres.transaction() as tx:
        user = await _user(tx, who)
        had_it = await roles.take_back(tx, user.id, grant)
        if had_it:
            await _log(tx, stores, by, "revoke role", user, grant, reason)
    return had_it


async def listed(stores: Stores, *, before: UUID | None, limit: int) -> list[RoleGrant]:
    """Roles that were given here, newest first, from the one before `before` on."""
    async with stores.postgres.transaction() as tx:
        return await roles.listed(tx, before=before, limit=limit)


async def every(stores: Stores) -> list[RoleGrant]:
    """All of them, by user."""
    found: list[RoleGrant] = []
    page = await listed(stores, before=None, limit=PAGE)
    while page:
        found += page
        page = await listed(stores, before=page[-1].id, limit=PAGE)
    return sorted(found, key=lambda each: (each.email or "", each.user_id, each.role))


async def concert_of_order(stores: Stores, order_id: UUID | None) -> str | None:
    """The concert of an order; None where there is no such order."""
    if order_id is None:
        return None
    async with stores.postgres.transaction() as tx:
        order = await orders.by_id(tx, order_id)
    return None if order is None else order.concert_id


async def concert_of_refund(stores: Stores, refund_id: UUID | None) -> str | None:
    """The concert of a refund; None where there is no such refund."""
    if refund_id is None:
        return None
    async with stores.postgres.transaction() as tx:
        refund = await refunds.by_id(tx, refund_id)
    return None if refund is None else await concert_of_order(stores, refund.order_id)


async def _user(tx: Transaction, who: str) -> User:
    user = await roles.named(tx, who)
    if user is None:
        raise InvalidRequest.of("user", "No account has this id or e-mail address")
    return user


async def _log(
    tx: Transaction,
    stores: Stores,
    by: str,
    action: str,
    user: User,
    grant: Grant,
    reason: str | None,
) -> None:
    details = {"user_id": user.id, "role": grant.role, "reason": reason}
    given = {name: value for name, value in details.items() if value is not None}
    await controls.log(tx, stores.new_id(), grant.concert_id, by, action, given)
