"""결제 · Payments: pay a held order."""

from uuid import UUID

import msgspec

from yemae.http.contract.operation import (
    ENTRY_PROOF,
    ENTRY_TOKEN,
    IDEMPOTENCY_KEY,
    Answer,
    Operation,
    Shown,
)
from yemae.http.fan.concerts import ENTRY_PROBLEMS
from yemae.http.fan.order_shapes import EXAMPLE_ORDER, OrderBody, show
from yemae.http.fan.orders import path_order_id
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.server.call import Call
from yemae.refusals import (
    IdempotencyConflict,
    InsufficientBalance,
    InvalidRequest,
    OrderAlreadyPaid,
    OrderExpired,
    OrderNotFound,
    OrderNotHeld,
)
from yemae.sale.pay import pay_order
from yemae.values.instants import Instant, instant


class PaymentBody(msgspec.Struct, frozen=True):
    """A paid order, what was charged, and what is left in the wallet."""

    id: UUID
    order: OrderBody
    amount: int
    balance_after: int
    paid_at: Instant


EXAMPLE_PAYMENT = {
    "id": EXAMPLE_ID,
    "order": {**EXAMPLE_ORDER, "status": "paid"},
    "amount": 66000,
    "balance_after": 34000,
    "paid_at": "2026-11-22T11:02:00.000Z",
}


async def pay(call: Call) -> Answer:
    """Pay a held order. With an Idempotency-Key a repeat is answered as before, although the
    payment has ended the pass."""
    fan = await call.enter()
    payment, order = await pay_order(call.runtime, call.batches, fan, path_order_id(call))
    return Answer(
        201,
        PaymentBody(
            payment.id,
            await show(call, order),
            payment.amount,
            payment.balance_after,
            instant(payment.paid_at),
        ),
    )


OPERATIONS = (
    Operation(
        "pay_order",
        "POST",
        "/v1/orders/{order_id}/payment",
        "orders",
        "Pay an order",
        pay,
        signed_in=True,
        parameters=(ENTRY_TOKEN, ENTRY_PROOF, IDEMPOTENCY_KEY),
        answers=(Shown(201, "Paid; the entry token has ended", PaymentBody, EXAMPLE_PAYMENT),),
        problems=(
            *ENTRY_PROBLEMS,
            InvalidRequest,
            OrderNotFound,
            InsufficientBalance,
            OrderAlreadyPaid,
            OrderNotHeld,
            OrderExpired,
            IdempotencyConflict,
        ),
    ),
)
