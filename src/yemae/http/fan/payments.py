"""결제 · Payments: pay a held order."""

from uuid import UUID

import msgspec

from yemae.http.contract.operation import (
    ENTRY_PROOF,
    ENTRY_TOKEN,
    IDEMPOTENCY_KEY,
    Answer,
    Body,
    Operation,
    Shown,
)
from yemae.http.fan.concerts import ENTRY_PROBLEMS
from yemae.http.fan.order_shapes import EXAMPLE_ORDER, OrderBody, show
from yemae.http.fan.orders import path_order_id
from yemae.http.fan.terms import EXAMPLE_VERSION, Accepted
from yemae.http.fan.users import EXAMPLE_ID, Email
from yemae.http.server.call import Call
from yemae.outbox.messages import Contact, Language
from yemae.refusals import (
    BodyTooLarge,
    CheckoutInProgress,
    ConsentRequired,
    IdempotencyConflict,
    InsufficientBalance,
    InvalidRequest,
    MalformedBody,
    OrderAlreadyPaid,
    OrderExpired,
    OrderNotFound,
    OrderNotHeld,
    RequestTimeout,
)
from yemae.sale.pay import Payment, pay_order
from yemae.values.instants import Instant, instant


class Pay(Body, frozen=True):
    """What the fan agrees to, and where mails about the order go; the whole body may be left out.
    Without `email` they go to the address of the account, if it has one; without `language` they
    are in the one that `Accept-Language` prefers."""

    terms: Accepted | None = None
    email: Email | None = None
    language: Language | None = None


class PaymentBody(msgspec.Struct, frozen=True):
    """A paid order, what was charged, what is left in the wallet, and the version of the operator's
    terms that the fan agreed to (null: none was published)."""

    id: UUID
    order: OrderBody
    amount: int
    balance_after: int
    paid_at: Instant
    terms: str | None


EXAMPLE_PAYMENT = {
    "id": EXAMPLE_ID,
    "order": {**EXAMPLE_ORDER, "status": "paid"},
    "amount": 66000,
    "balance_after": 34000,
    "paid_at": "2026-11-22T11:02:00.000Z",
    "terms": EXAMPLE_VERSION,
}


PAY = msgspec.json.Decoder(Pay)
NOTHING = Pay()


async def pay(call: Call) -> Answer:
    """Pay a held order. With an Idempotency-Key a repeat is answered as before, although the
    payment has ended the pass."""
    fan = await call.enter()
    agreed = await call.optional_body(PAY) or NOTHING
    payment, order = await pay_order(
        call.runtime,
        call.batches,
        fan,
        path_order_id(call),
        agreed.terms,
        contact_of(call, agreed.email, agreed.language),
    )
    return Answer(201, payment_body(payment, await show(call, order)))


def contact_of(call: Call, email: str | None, language: Language | None) -> Contact:
    """Where the fan of this call wants to hear of an order."""
    return Contact(email, language or call.language())


def payment_body(payment: Payment, order: OrderBody) -> PaymentBody:
    """A payment as the API shows it."""
    return PaymentBody(
        payment.id,
        order,
        payment.amount,
        payment.balance_after,
        instant(payment.paid_at),
        payment.terms,
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
        body=Pay,
        body_is_optional=True,
        body_example={
            "terms": EXAMPLE_VERSION,
            "email": "fan@example.com",
            "language": "ko",
        },
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
            CheckoutInProgress,
            ConsentRequired,
            IdempotencyConflict,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
        ),
        step="pay",
        timed_as="pay",
    ),
)
