"""Card payment: let this process ask the provider about checkouts, and keep their orders held
meanwhile."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple
from uuid import UUID

from yemae.base.batching import Done, decided_apart
from yemae.payments import checkouts
from yemae.payments.checkout import Checkout
from yemae.refusals import CheckoutNotFound
from yemae.runtime import Runtime
from yemae.sale import checkouts_at_hand as at_hand
from yemae.sale.ask_provider import provider_of
from yemae.sale.checkouts_at_hand import AtHand, Changes
from yemae.sale.decide_checkouts import Step, leased, next_step
from yemae.sale.row_locks import LockedRow, rows_of_checkout


class LeaseRequest(NamedTuple):
    """A checkout, and the fan who asks, if one does."""

    checkout_id: UUID
    of_user: str | None = None


class Leased(NamedTuple):
    """A checkout, and what its provider is to be asked for."""

    checkout: Checkout
    step: Step


async def lease(
    runtime: Runtime, requests: list[LeaseRequest], *, wait: bool = True
) -> Done[Leased | None]:
    """Give checkouts their leases in one transaction. Answers CheckoutNotFound to who has no such
    checkout, and None to what has to come again."""
    changes = Changes()
    async with runtime.postgres.transaction() as tx:
        rows = await checkouts.by_ids(tx, list({each.checkout_id for each in requests}))
        known = {row.id: row for row in rows}
        found = {each: _found(runtime, known, each) for each in requests}
        to_lock = {row.id: row for row in found.values() if isinstance(row, Checkout)}
        locked = await at_hand.lock(runtime, tx, list(to_lock.values()), wait=wait)

        def rows_of(request: LeaseRequest) -> list[LockedRow]:
            row = found[request]
            return rows_of_checkout(row) if isinstance(row, Checkout) else []

        def fan_of(request: LeaseRequest) -> str:
            row = found[request]
            return row.user_id if isinstance(row, Checkout) else str(request.checkout_id)

        def decide(request: LeaseRequest) -> Leased | CheckoutNotFound:
            row = found[request]
            return _lease(locked.at[row.id], changes) if isinstance(row, Checkout) else row

        once = partial(at_hand.once_for_each_fan, fan_of=fan_of, decide=decide)
        answers = decided_apart(requests, locked.busy, rows_of, once)
        steps = await at_hand.write(runtime, tx, changes)
    return Done(answers, steps)


def _found(
    runtime: Runtime, known: Mapping[UUID, Checkout], request: LeaseRequest
) -> Checkout | Leased | CheckoutNotFound:
    """The checkout to lock, or what is answered without a lock: a settled one never changes, and
    one of another provider waits."""
    row = known.get(request.checkout_id)
    if row is None or request.of_user not in (None, row.user_id):
        return CheckoutNotFound()
    if row.settled_at is not None:
        return Leased(row, "none")
    return row if provider_of(runtime, row) else Leased(row, "wait")


def _lease(at: AtHand, changes: Changes) -> Leased:
    step = next_step(at.checkout, at.order, at.used, at.now)
    if step in ("none", "wait"):
        return Leased(at.checkout, step)
    order = at.order.order if at.order else None
    checkout = leased(at.checkout, order.expires_at if order else None, at.now)
    if step == "give_back":
        checkout = checkout._replace(
            lease_until=at.checkout.lease_until, hold_ends_at=at.checkout.hold_ends_at
        )
    elif order is not None and at.order and at.order.checkout_id is None:
        assert checkout.lease_until is not None
        changes.keep(at, max(order.expires_at, checkout.lease_until), checkout.id)
    changes.written.append(checkout)
    return Leased(checkout, step)
