"""What operators change of fans' orders: cancel them, give money back, and move them.

Every call is behind the gate of roles (gate.py), which comes before anything else.
"""

from uuid import UUID

from yemae.back_office import orders
from yemae.http.contract.operation import IDEMPOTENCY_KEY, Answer, Operation, Parameter, Shown
from yemae.http.fan.cancellation_shapes import EXAMPLE_QUOTE, QuoteBody, quote_body
from yemae.http.fan.cancellations import SEATS
from yemae.http.fan.orders import path_order_id
from yemae.http.operator.gate import require_call, require_fresh
from yemae.http.operator.order_bodies import (
    CANCEL,
    EXAMPLE_CANCEL,
    EXAMPLE_MOVE,
    EXAMPLE_PROPOSED,
    EXAMPLE_REFUND,
    MOVE,
    REFUND,
    CancelForFan,
    MoveForFan,
    Proposed,
    RefundFan,
    proposed,
)
from yemae.http.operator.order_shapes import EXAMPLE_ADMIN_ORDER, AdminOrder, admin_order
from yemae.http.operator.orders import GATES, OF_BODIES, ONE
from yemae.http.server.call import Call
from yemae.refusals import (
    BlockNotFound,
    CancellationClosed,
    CheckoutInProgress,
    FreshSignInRequired,
    IdempotencyConflict,
    InvalidRequest,
    OrderDisputed,
    OrderNotFound,
    OrderNotPaid,
    RefundExceedsPayment,
    SeatNotFound,
    SeatsInTheWay,
    SeatsNotInOrder,
)
from yemae.sale.cancel import By, CancelWish, quote_cancellation
from yemae.sale.move import MoveWish
from yemae.sale.refund import RefundWish, refund_order
from yemae.sale.second_person import Proposal, cancel_by_operator, move_by_operator

FEE = Parameter(
    "fee",
    "query",
    "The fee of the order's policy at this moment, or none.",
    {"type": "string", "enum": ["policy", "none"], "default": "policy"},
)


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
    done = await cancel_by_operator(call.runtime, by, CancelWish(order_id, body.seats))
    if isinstance(done, Proposal):
        return Answer(202, proposed(done))
    return await _shown(call, order_id, 201)


async def refund(call: Call) -> Answer:
    """Give money of a paid or cancelled order back to its fan. The order keeps its seats. With an
    Idempotency-Key a repeat gives nothing back again."""
    who, key, order_id = call.operator(), call.idempotency_key(), path_order_id(call)
    body = await call.body(REFUND)
    wish = RefundWish(order_id, body.amount, body.reason, key, body.to)
    await refund_order(call.runtime, who, wish)
    return await _shown(call, order_id, 201)


async def move(call: Call) -> Answer:
    """Give a held or paid order other seats of its performance. The codes of the tickets that it
    loses open no door any more; its seats have new ones. With the `price` of the new seats money
    may go back or be charged: that asks for a sign-in of the last ten minutes. A `surcharge` of
    `cash` asks for the role `box_office`."""
    who, order_id = call.operator(), path_order_id(call)
    body = await call.body(MOVE)
    if body.surcharge == "cash":
        # Who takes cash may also sell for it.
        await require_call(call, "sell_at_box_office", ONE)
    if body.price == "new":
        require_fresh(call)
    wish = MoveWish(order_id, body.seats, body.from_block, body.price, body.surcharge)
    moved = await move_by_operator(call.runtime, who, wish)
    if isinstance(moved, Proposal):
        return Answer(202, proposed(moved))
    return await _shown(call, order_id, 201)


async def _shown(call: Call, order_id: UUID, status: int = 200) -> Answer:
    return Answer(status, admin_order(await orders.show_order(call.runtime, order_id)))


PROPOSED = Shown(202, "Proposed: another operator has to do the same", Proposed, EXAMPLE_PROPOSED)
OF_CANCELLATIONS = (
    OrderDisputed,
    OrderNotFound,
    OrderNotPaid,
    CancellationClosed,
    SeatsNotInOrder,
)

OPERATIONS = (
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
        (Shown(201, "The order as it is now", AdminOrder, EXAMPLE_ADMIN_ORDER), PROPOSED),
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
            OrderDisputed,
            RefundExceedsPayment,
            IdempotencyConflict,
            *OF_BODIES,
        ),
        parameters=(IDEMPOTENCY_KEY,),
        body=RefundFan,
        body_example=EXAMPLE_REFUND,
        signed_in=True,
    ),
    Operation(
        "move_order",
        "POST",
        f"{ONE}/move",
        "admin",
        "Give an order other seats",
        move,
        (Shown(201, "The order as it is now", AdminOrder, EXAMPLE_ADMIN_ORDER), PROPOSED),
        (
            *GATES,
            OrderNotFound,
            SeatNotFound,
            SeatsInTheWay,
            BlockNotFound,
            OrderDisputed,
            CheckoutInProgress,
            FreshSignInRequired,
            *OF_BODIES,
        ),
        body=MoveForFan,
        body_example=EXAMPLE_MOVE,
        signed_in=True,
    ),
)
