"""예매 취소 · Cancellations: what a cancellation costs, and cancelling an order or seats of it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.concerts.cancellation_policy import CancellationPolicy
from yemae.http.contract.operation import (
    IDEMPOTENCY_KEY,
    Answer,
    Body,
    Operation,
    Parameter,
    Shown,
)
from yemae.http.fan.cancellation_shapes import (
    EXAMPLE_CANCELLATION,
    EXAMPLE_POLICY,
    EXAMPLE_QUOTE,
    CancellationBody,
    QuoteBody,
    cancellation_body,
    quote_body,
)
from yemae.http.fan.details import FOR_EVER
from yemae.http.fan.order_shapes import EXAMPLE_ORDER, OrderBody, show_with_tickets
from yemae.http.fan.orders import SEATS_MAX, SeatNumber, path_order_id
from yemae.http.server.call import Call
from yemae.refusals import (
    BodyTooLarge,
    CancellationClosed,
    CancellationFeeChanged,
    IdempotencyConflict,
    InvalidRequest,
    MalformedBody,
    NotFound,
    OrderDisputed,
    OrderNotFound,
    OrderNotPaid,
    RequestTimeout,
    SeatsNotInOrder,
    Unauthenticated,
)
from yemae.sale.cancel import By, CancelWish, cancel_order, quote_cancellation
from yemae.sale.decide_cancellations import CancelledPart

PATH = "/v1/orders/{order_id}/cancellation"
SEATS = Parameter(
    "seats",
    "query",
    "The number of a seat to cancel; repeat it for several. Without it, all seats of the order.",
    {"type": "array", "items": {"type": "string"}, "maxItems": SEATS_MAX},
)


class Cancel(Body, frozen=True):
    """What to cancel; without `seats`, all that the order has. `fee` is the fee of the quote that
    the fan has seen: with another one now, nothing is cancelled. The whole body may be left out."""

    seats: (
        Annotated[
            list[SeatNumber],
            Meta(min_length=1, max_length=SEATS_MAX, extra_json_schema={"uniqueItems": True}),
        ]
        | None
    ) = None
    fee: Annotated[int, Meta(ge=0)] | None = None


class CancelledBody(CancellationBody, frozen=True):
    """What was cancelled, and the order as it is now."""

    order: OrderBody


CANCEL = msgspec.json.Decoder(Cancel)
EVERYTHING = Cancel()


async def show_policy(call: Call) -> Answer:
    """A cancellation policy by its digest, as concerts and orders name it; it never changes."""
    policy = call.runtime.catalogue.policies.get(call.path("digest"))
    if policy is None:
        raise NotFound
    return Answer(200, policy, ((b"cache-control", FOR_EVER),))


async def show_quote(call: Call) -> Answer:
    """What cancelling would give back at this moment, by the policy that the order was bought
    under. Nothing is changed, and nothing is promised: the fee grows with the days."""
    by = By(call.user_id())
    seats = call.queries(SEATS.name) or None
    order_id = path_order_id(call)
    quoted = await quote_cancellation(call.runtime, by, order_id, seats)
    return Answer(200, quote_body(quoted), ((b"cache-control", b"no-store"),))


async def cancel(call: Call) -> Answer:
    """Cancel a paid order, or seats of it. The seats are free at once, their ticket codes open no
    door, and what is not kept as a fee goes back to what paid. With an Idempotency-Key a repeat is
    answered as before."""
    user_id, key, order_id = call.user_id(), call.idempotency_key(), path_order_id(call)
    wanted = await call.optional_body(CANCEL) or EVERYTHING
    wish = CancelWish(order_id, wanted.seats, wanted.fee, key)
    done = await cancel_order(call.runtime, user_id, wish)
    shown = cancellation_body(CancelledPart(done.cancellation, done.refunds))
    order = await show_with_tickets(call, done.order)
    return Answer(201, CancelledBody(**msgspec.structs.asdict(shown), order=order))


OF_ORDERS = (
    Unauthenticated,
    InvalidRequest,
    OrderNotFound,
    OrderNotPaid,
    OrderDisputed,
    CancellationClosed,
    SeatsNotInOrder,
)

OPERATIONS = (
    Operation(
        "quote_cancellation",
        "GET",
        PATH,
        "orders",
        "What a cancellation costs",
        show_quote,
        signed_in=True,
        parameters=(SEATS,),
        answers=(
            Shown(200, "What goes back", QuoteBody, EXAMPLE_QUOTE, headers=("Cache-Control",)),
        ),
        problems=OF_ORDERS,
    ),
    Operation(
        "cancel_order",
        "POST",
        PATH,
        "orders",
        "Cancel an order or seats of it",
        cancel,
        signed_in=True,
        parameters=(IDEMPOTENCY_KEY,),
        body=Cancel,
        body_is_optional=True,
        body_example={"seats": ["7"], "fee": 4000},
        answers=(
            Shown(
                201,
                "Cancelled",
                CancelledBody,
                {**EXAMPLE_CANCELLATION, "order": {**EXAMPLE_ORDER, "status": "cancelled"}},
            ),
        ),
        problems=(
            *OF_ORDERS,
            CancellationFeeChanged,
            IdempotencyConflict,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
        ),
    ),
    Operation(
        "show_cancellation_policy",
        "GET",
        "/v1/cancellation-policies/{digest}",
        "orders",
        "A cancellation policy",
        show_policy,
        answers=(
            Shown(
                200, "The policy", CancellationPolicy, EXAMPLE_POLICY, headers=("Cache-Control",)
            ),
        ),
    ),
)
