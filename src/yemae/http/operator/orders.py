"""Orders for operators: find and look at them, cancel them, and give money back.

Every call needs an access token with the role `operator`; that gate comes before anything else.
"""

from typing import cast, get_args
from uuid import UUID

from yemae.back_office import orders
from yemae.back_office.orders import OrderFilter
from yemae.http.contract.operation import (
    CURSOR,
    IDEMPOTENCY_KEY,
    LIMIT,
    Answer,
    Operation,
    Parameter,
    Shown,
)
from yemae.http.fan.cancellation_shapes import EXAMPLE_QUOTE, QuoteBody, quote_body
from yemae.http.fan.cancellations import SEATS
from yemae.http.fan.orders import path_order_id
from yemae.http.operator.order_shapes import (
    CANCEL,
    EXAMPLE_ADMIN_ORDER,
    EXAMPLE_CANCEL,
    EXAMPLE_FOUND,
    EXAMPLE_REFUND,
    REFUND,
    AdminOrder,
    CancelForFan,
    FoundOrders,
    RefundFan,
    admin_order,
    found_order,
)
from yemae.http.server.call import Call, one_page
from yemae.orders.order import Status
from yemae.refusals import (
    BodyTooLarge,
    CancellationClosed,
    IdempotencyConflict,
    InvalidRequest,
    MalformedBody,
    OperatorRequired,
    OrderNotFound,
    OrderNotPaid,
    RefundExceedsPayment,
    RequestTimeout,
    SeatsNotInOrder,
    Unauthenticated,
)
from yemae.sale.cancel import By, CancelWish, cancel_seats, quote_cancellation
from yemae.sale.refund import RefundWish, refund_order

PATH = "/v1/admin/orders"
ONE = f"{PATH}/{{order_id}}"
STATUSES = get_args(Status)
TEXT = {"type": "string", "maxLength": 320}
FILTERS = (
    Parameter("fan", "query", "The id or the e-mail address of a fan.", TEXT),
    Parameter("performance_id", "query", "A date.", TEXT),
    Parameter("seat", "query", "The number of a seat that the order has or had.", TEXT),
    Parameter("status", "query", "A status.", {"type": "string", "enum": list(STATUSES)}),
)
FEE = Parameter(
    "fee",
    "query",
    "The fee of the order's policy at this moment, or none.",
    {"type": "string", "enum": ["policy", "none"], "default": "policy"},
)


async def find_orders(call: Call) -> Answer:
    """Orders of all fans, newest first."""
    call.operator()
    limit, before = call.limit(), call.cursor_uuid()
    fan, performance_id, seat, status = (call.query(each.name) for each in FILTERS)
    if status not in (None, *STATUSES):
        raise InvalidRequest.of("status", f"Expected one of {', '.join(STATUSES)}")
    for name, value in (("fan", fan), ("performance_id", performance_id), ("seat", seat)):
        if value is not None and not value.isprintable():
            raise InvalidRequest.of(name, "not printable")
    wanted = OrderFilter(fan, performance_id, seat, cast("Status | None", status))
    found = await orders.find_orders(call.runtime, wanted, before=before, limit=limit + 1)
    listed, following = one_page(found, limit)
    return Answer(200, FoundOrders([found_order(order) for order in listed], following))


async def show_order(call: Call) -> Answer:
    """An order with what was paid, cancelled and refunded."""
    call.operator()
    return await _shown(call, path_order_id(call))


async def quote(call: Call) -> Answer:
    """What cancelling would give back at this moment. Nothing is changed."""
    who = call.operator()
    fee = call.query(FEE.name) or "policy"
    if fee not in ("policy", "none"):
        raise InvalidRequest.of("fee", "Expected policy or none")
    by = By(who, is_operator=True, takes_fee=fee == "policy")
    seats = call.queries(SEATS.name) or None
    quoted = await quote_cancellation(call.runtime, by, path_order_id(call), seats)
    return Answer(200, quote_body(quoted), ((b"cache-control", b"no-store"),))


async def cancel(call: Call) -> Answer:
    """Cancel a paid order of a fan, or seats of it; without a fee also when its policy has closed
    or it has none. The seats are free at once, and their ticket codes open no door."""
    who, order_id = call.operator(), path_order_id(call)
    body = await call.body(CANCEL)
    by = By(who, is_operator=True, takes_fee=body.fee == "policy", reason=body.reason)
    await cancel_seats(call.runtime, by, CancelWish(order_id, body.seats))
    return await _shown(call, order_id, 201)


async def refund(call: Call) -> Answer:
    """Give money of a paid or cancelled order back to its fan's wallet. The order keeps its seats.
    With an Idempotency-Key a repeat gives nothing back again."""
    who, key, order_id = call.operator(), call.idempotency_key(), path_order_id(call)
    body = await call.body(REFUND)
    wish = RefundWish(order_id, body.amount, body.reason, key)
    await refund_order(call.runtime, who, wish)
    return await _shown(call, order_id, 201)


async def _shown(call: Call, order_id: UUID, status: int = 200) -> Answer:
    return Answer(status, admin_order(await orders.show_order(call.runtime, order_id)))


GATES = (Unauthenticated, OperatorRequired, InvalidRequest)
OF_BODIES = (MalformedBody, BodyTooLarge, RequestTimeout)
OF_CANCELLATIONS = (OrderNotFound, OrderNotPaid, CancellationClosed, SeatsNotInOrder)

OPERATIONS = (
    Operation(
        "find_orders",
        "GET",
        PATH,
        "admin",
        "Find orders",
        find_orders,
        (
            Shown(
                200,
                "A page of orders",
                FoundOrders,
                {"orders": [EXAMPLE_FOUND], "next_cursor": None},
            ),
        ),
        GATES,
        parameters=(*FILTERS, CURSOR, LIMIT),
        signed_in=True,
    ),
    Operation(
        "show_any_order",
        "GET",
        ONE,
        "admin",
        "An order with its money",
        show_order,
        (Shown(200, "The order", AdminOrder, EXAMPLE_ADMIN_ORDER),),
        (Unauthenticated, OperatorRequired, OrderNotFound),
        signed_in=True,
    ),
    Operation(
        "quote_any_cancellation",
        "GET",
        f"{ONE}/cancellation",
        "admin",
        "What a cancellation costs a fan",
        quote,
        (Shown(200, "What goes back", QuoteBody, EXAMPLE_QUOTE, headers=("Cache-Control",)),),
        (*GATES, *OF_CANCELLATIONS),
        parameters=(SEATS, FEE),
        signed_in=True,
    ),
    Operation(
        "cancel_any_order",
        "POST",
        f"{ONE}/cancellation",
        "admin",
        "Cancel an order or seats of it for a fan",
        cancel,
        (Shown(201, "The order as it is now", AdminOrder, EXAMPLE_ADMIN_ORDER),),
        (*GATES, *OF_CANCELLATIONS, *OF_BODIES),
        body=CancelForFan,
        body_example=EXAMPLE_CANCEL,
        signed_in=True,
    ),
    Operation(
        "refund_order",
        "POST",
        f"{ONE}/refunds",
        "admin",
        "Give money back without cancelling",
        refund,
        (Shown(201, "The order as it is now", AdminOrder, EXAMPLE_ADMIN_ORDER),),
        (
            *GATES,
            OrderNotFound,
            OrderNotPaid,
            RefundExceedsPayment,
            IdempotencyConflict,
            *OF_BODIES,
        ),
        parameters=(IDEMPOTENCY_KEY,),
        body=RefundFan,
        body_example=EXAMPLE_REFUND,
        signed_in=True,
    ),
)
