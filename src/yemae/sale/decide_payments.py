"""Who may pay: pure decisions over rows that are locked, in arrival order."""

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.orders.order import Order
from yemae.outbox.messages import Contact
from yemae.payments.payment import Payment
from yemae.refusals import (
    CheckoutInProgress,
    ConsentRequired,
    EntryTokenExpired,
    EntryTokenMismatch,
    IdempotencyConflict,
    InsufficientBalance,
    OrderAlreadyPaid,
    OrderExpired,
    OrderNotFound,
    OrderNotHeld,
    Refusal,
)
from yemae.values.pass_key import PassKey


class PayRequest(NamedTuple):
    """An order that a fan inside wants to pay."""

    pass_key: PassKey
    order_id: UUID
    idempotency_key: str | None = None
    # The version of the operator's terms that the fan agrees to.
    terms: str | None = None
    # Where the fan wants to hear of the order.
    contact: Contact | None = None

    @property
    def user_id(self) -> str:
        """The fan."""
        return self.pass_key.user_id


class Paid(NamedTuple):
    """A payment and the order that it paid."""

    payment: Payment
    order: Order

    @property
    def id(self) -> UUID:
        """The payment's."""
        return self.payment.id


def decide_payments(
    requests: Sequence[PayRequest],
    orders: Mapping[UUID, Order],
    intact: Mapping[UUID, int],
    balances: Mapping[str, int],
    earlier: Mapping[tuple[str, str], Payment],
    *,
    passes_used: Container[PassKey] = (),
    passes_paying: Container[PassKey] = (),
    being_paid: Container[UUID] = (),
    terms: str | None = None,
    now: datetime,
    new_id: Callable[[], UUID],
) -> list[Paid | Refusal]:
    """Answer each payment: a new one, the earlier one of the same key, or why nothing is charged.

    `orders` are the locked ones, `intact` counts the seats that each still holds, `balances` are
    the locked wallets, `earlier` maps (user, Idempotency-Key) to the payment made with it,
    `passes_used` are the passes that a payment has ended (each pays once), `passes_paying` and
    `being_paid` the passes and orders of which a card payment is not known yet, and `terms` is the
    version that a new payment has to agree to, if any. A wallet that pays twice in one batch is
    charged in arrival order.
    """
    balances = dict(balances)
    made = dict(earlier)
    paid: set[UUID] = set()
    ended: set[PassKey] = set()
    answers: list[Paid | Refusal] = []
    for request in requests:
        user_id = request.pass_key.user_id
        key = (user_id, request.idempotency_key or "")
        order = orders.get(request.order_id)
        before = made.get(key) if request.idempotency_key else None
        refusal = _refuse_payment(request, order, before, intact, paid, now)
        if refusal is not None or order is None:
            answers.append(refusal or OrderNotFound())
            continue
        if order.queue_id != request.pass_key.concert_id:
            answers.append(EntryTokenMismatch())
            continue
        if before is not None:
            # A repeat shows what became of the order since it was paid.
            now_paid = order._replace(status="paid") if order.id in paid else order
            answers.append(Paid(before, now_paid))
            continue
        if request.pass_key in ended or request.pass_key in passes_used:
            answers.append(EntryTokenExpired())
            continue
        if request.order_id in being_paid or request.pass_key in passes_paying:
            answers.append(CheckoutInProgress())
            continue
        if terms is not None and request.terms != terms:
            answers.append(ConsentRequired(terms))
            continue
        balance = balances.get(user_id, 0)
        if balance < order.total:
            answers.append(InsufficientBalance(balance, order.total, order.currency))
            continue
        payment = _payment(request, order, balance - order.total, now, new_id(), terms)
        balances[user_id] = payment.balance_after
        paid.add(order.id)
        ended.add(request.pass_key)
        made[key] = payment
        answers.append(Paid(payment, order._replace(status="paid")))
    return answers


def _refuse_payment(
    request: PayRequest,
    order: Order | None,
    before: Payment | None,
    intact: Mapping[UUID, int],
    paid: set[UUID],
    now: datetime,
) -> Refusal | None:
    if before is not None:
        return None if before.order_id == request.order_id else IdempotencyConflict()
    if order is None or order.user_id != request.user_id:
        return OrderNotFound()
    if order.id in paid or order.status == "paid":
        return OrderAlreadyPaid()
    if order.status == "expired" or (order.status == "held" and order.expires_at <= now):
        return OrderExpired()
    if order.status != "held":
        return OrderNotHeld(order.status)
    # A live hold has all its seats; were one gone, selling the order would be a lie.
    assert intact.get(order.id, 0) == len(order.seat_numbers), f"order {order.id} lost a seat"
    return None


def _payment(
    request: PayRequest,
    order: Order,
    balance_after: int,
    now: datetime,
    payment_id: UUID,
    terms: str | None,
) -> Payment:
    return Payment(
        id=payment_id,
        order_id=order.id,
        user_id=request.user_id,
        concert_id=request.pass_key.concert_id,
        pass_number=request.pass_key.number,
        amount=order.total,
        balance_after=balance_after,
        paid_at=now,
        idempotency_key=request.idempotency_key,
        terms=terms,
    )
