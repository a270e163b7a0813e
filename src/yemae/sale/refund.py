"""환불 · Refund: an operator gives money of an order back for which no seat is cancelled, or again
what a card's provider has declined.

One transaction: the refund, its transfers, and the line in the log. The order keeps its seats and
its tickets. It locks as every verb does: wallet, order.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.concerts import controls
from yemae.outbox import messages as outbox
from yemae.payments import refunds
from yemae.payments.refunds import Refund
from yemae.refusals import (
    IdempotencyConflict,
    InvalidRequest,
    RefundExceedsPayment,
)
from yemae.runtime import Stores
from yemae.sale import announcements
from yemae.sale.decide_refunds import given
from yemae.sale.disputed_orders import require_no_open_dispute
from yemae.sale.paid_orders import PaidOrder, lock_paid_order
from yemae.sale.refund_destination import send_to_source
from yemae.store.postgres import Transaction
from yemae.wallet import ledger
from yemae.wallet.decide import Transfer

# `source`: to what paid the order, a card, cash or the wallet.
To = Literal["source", "wallet"]


class RefundWish(NamedTuple):
    """How much of an order to give back, why and where to."""

    order_id: UUID
    amount: int
    reason: str | None = None
    idempotency_key: str | None = None
    to: To = "source"


class Refunded(NamedTuple):
    """A refund in its parts, by where they go, and what of the payment has not been refunded after
    it."""

    parts: list[Refund]
    left: int
    currency: str

    @property
    def refund(self) -> Refund:
        """The first part, which has the key of the call."""
        return self.parts[0]

    @property
    def amount(self) -> int:
        """All of it."""
        return sum(part.amount for part in self.parts)


async def refund_order(stores: Stores, who: str, wish: RefundWish) -> Refunded:
    """Refund an amount of a paid or cancelled order, once for each Idempotency-Key. Raises
    OrderNotFound, OrderNotPaid, OrderDisputed, RefundExceedsPayment, IdempotencyConflict,
    InvalidRequest."""
    if wish.amount < 1:
        raise InvalidRequest.of("amount", "Expected `int` >= 1")
    async with stores.postgres.transaction() as tx:
        at = await lock_paid_order(tx, wish.order_id, stores.new_id)
        if earlier := _earlier(at.made, wish):
            return Refunded(earlier, at.left, at.order.currency)
        refund = refunds.to_wallet(
            stores.new_id(), wish.order_id, wish.amount, at.now, by=who, reason=wish.reason
        )._replace(idempotency_key=wish.idempotency_key)
        return await _give(tx, stores, at, refund, wish.to)


async def retry_refund(stores: Stores, who: str, refund_id: UUID, to: To = "source") -> Refunded:
    """Give back once more what the provider of a card has declined, to the card or to the wallet;
    a repeat is answered with the refund that stands for it. Raises InvalidRequest for a refund
    that is not there or was not declined, OrderDisputed, and RefundExceedsPayment where something
    else was given back since."""
    async with stores.postgres.transaction() as tx:
        known = await refunds.by_id(tx, refund_id)
        if known is None:
            raise InvalidRequest.of("refund", "No refund has this id")
        at = await lock_paid_order(tx, known.order_id, stores.new_id)
        if later := [each for each in at.made if each.instead_of == refund_id]:
            return Refunded(_with_parts(at.made, later[0]), at.left, at.order.currency)
        declined = next(each for each in at.made if each.id == refund_id)
        if declined.state != "declined":
            raise InvalidRequest.of("refund", f"is {declined.state}, not declined")
        refund = refunds.to_wallet(
            stores.new_id(), at.order.id, declined.amount, at.now, by=who, reason=declined.reason,
            cancellation_id=declined.cancellation_id,
        )._replace(instead_of=refund_id)  # fmt: skip
        return await _give(tx, stores, at, refund, to)


async def _give(tx: Transaction, stores: Stores, at: PaidOrder, refund: Refund, to: To) -> Refunded:
    """Write a refund out of the account of refunds. Raises OrderDisputed, RefundExceedsPayment."""
    order, amount = at.order, refund.amount
    await require_no_open_dispute(tx, order.id)
    if amount > at.left:
        raise RefundExceedsPayment(at.left, order.currency)
    came = given(refund, at.ledger)
    parts, payouts = [refund], list[Transfer]()
    if to == "wallet":
        await refunds.write(tx, refund)
    else:
        after = at.ledger._replace(balance=came.balance_after)
        parts, payouts = await send_to_source(tx, refund, after)
    await ledger.append(tx, [came, *payouts])
    for part in parts:
        if stores.settings.tells_fans():
            await outbox.tell(tx, "refunded", part.id, order.id)
        await announcements.tell_of_refund(tx, stores, part)
    details = {"order": str(order.id), "refund": amount, "reason": refund.reason}
    await controls.log(
        tx, stores.new_id(), order.concert_id, refund.requested_by, "refund", details
    )
    return Refunded(parts, at.left - amount, order.currency)


def _earlier(made: Sequence[Refund], wish: RefundWish) -> list[Refund]:
    """The parts of the refund that this key made before, if any. Raises IdempotencyConflict for
    another amount."""
    key = wish.idempotency_key
    first = next((each for each in made if key and each.idempotency_key == key), None)
    if first is None:
        return []
    earlier = _with_parts(made, first)
    if sum(part.amount for part in earlier) != wish.amount:
        raise IdempotencyConflict
    return earlier


def _with_parts(made: Sequence[Refund], first: Refund) -> list[Refund]:
    return [first, *(each for each in made if each.part_of == first.id)]
