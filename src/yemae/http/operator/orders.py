"""Orders for operators: find them, look at one with its history, and see whose it is.

Every call is behind the gate of roles (gate.py), which comes before anything else.
"""

from typing import cast, get_args

from yemae.back_office import orders
from yemae.back_office.orders import OrderFilter
from yemae.http.contract.operation import (
    CURSOR,
    LIMIT,
    Answer,
    Operation,
    Parameter,
    Shown,
)
from yemae.http.fan.orders import path_order_id
from yemae.http.operator.order_bodies import EXAMPLE_REVEAL, REVEAL, RevealFan
from yemae.http.operator.order_shapes import (
    EXAMPLE_ADMIN_ORDER,
    EXAMPLE_FAN,
    EXAMPLE_FOUND,
    AdminOrder,
    FoundOrders,
    RevealedFan,
    admin_order,
    found_order,
)
from yemae.http.server.call import Call, one_page
from yemae.orders.booking_number import tail_of
from yemae.orders.order import Status
from yemae.refusals import (
    BodyTooLarge,
    InvalidRequest,
    MalformedBody,
    OperatorRequired,
    OrderNotFound,
    RequestTimeout,
    Unauthenticated,
)

QUEUE_NUMBER_MAX = 2**63 - 1
PATH = "/v1/admin/orders"
ONE = f"{PATH}/{{order_id}}"
STATUSES = get_args(Status)
TEXT = {"type": "string", "maxLength": 320}
FILTERS = (
    Parameter("fan", "query", "The id or the e-mail address of a fan.", TEXT),
    Parameter("name", "query", "A part of a fan's name.", TEXT),
    Parameter("performance_id", "query", "A date.", TEXT),
    Parameter("seat", "query", "The number of a seat that the order has or had.", TEXT),
    Parameter("status", "query", "A status.", {"type": "string", "enum": list(STATUSES)}),
    Parameter("booking_number", "query", "A booking number, in whatever case and groups.", TEXT),
)
QUEUE_NUMBER = Parameter(
    "queue_number",
    "query",
    "The queue number that the order was bought with.",
    {"type": "integer", "minimum": 0, "maximum": QUEUE_NUMBER_MAX},
)


async def find_orders(call: Call) -> Answer:
    """Orders of all fans, newest first; of the caller's concerts, where the role is for these."""
    call.operator()
    limit, before = call.limit(), call.cursor_uuid()
    fan, name, performance_id, seat, status, number = (call.query(each.name) for each in FILTERS)
    if status not in (None, *STATUSES):
        raise InvalidRequest.of("status", f"Expected one of {', '.join(STATUSES)}")
    for each in FILTERS:
        if not (call.query(each.name) or "").isprintable():
            raise InvalidRequest.of(each.name, "not printable")
    tail = None if number is None else tail_of(number)
    if number is not None and tail is None:
        raise InvalidRequest.of("booking_number", "Expected ten letters and digits")
    queue_number, status_ = _queue_number(call), cast("Status | None", status)
    wanted = OrderFilter(fan, name, queue_number, performance_id, seat, status_, tail)
    found = await orders.find_orders(
        call.runtime, wanted, concerts=call.caller.concerts, before=before, limit=limit + 1
    )
    listed, following = one_page(found, limit)
    return Answer(200, FoundOrders([found_order(order) for order in listed], following))


def _queue_number(call: Call) -> int | None:
    """Raises InvalidRequest."""
    text = call.query(QUEUE_NUMBER.name)
    if text is None:
        return None
    is_number = text.isascii() and text.isdigit() and int(text[:20]) <= QUEUE_NUMBER_MAX
    if not is_number:
        raise InvalidRequest.of(QUEUE_NUMBER.name, "Expected `int` >= 0")
    return int(text)


async def show_order(call: Call) -> Answer:
    """An order with what was paid, cancelled and refunded."""
    call.operator()
    return Answer(200, admin_order(await orders.show_order(call.runtime, path_order_id(call))))


async def reveal(call: Call) -> Answer:
    """The name and the address of an order's fan, with a line in the log that says who looked and
    why."""
    who, order_id = call.operator(), path_order_id(call)
    body = await call.body(REVEAL)
    fan = await orders.reveal_fan(call.runtime, who, order_id, body.reason)
    return Answer(201, RevealedFan(*fan), ((b"cache-control", b"no-store"),))


GATES = (Unauthenticated, OperatorRequired, InvalidRequest)
OF_BODIES = (MalformedBody, BodyTooLarge, RequestTimeout)

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
        parameters=(*FILTERS, QUEUE_NUMBER, CURSOR, LIMIT),
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
        "reveal_fan",
        "POST",
        f"{ONE}/fan",
        "admin",
        "Look at a fan's name and address",
        reveal,
        (Shown(201, "The fan", RevealedFan, EXAMPLE_FAN, headers=("Cache-Control",)),),
        (*GATES, OrderNotFound, *OF_BODIES),
        body=RevealFan,
        body_example=EXAMPLE_REVEAL,
        signed_in=True,
    ),
)
