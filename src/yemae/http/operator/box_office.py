"""The box office for operators: sell seats without a queue, for cash or as complimentary tickets,
and print tickets.

Every call is behind the gate of roles (gate.py), which comes before anything else.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from yemae.back_office import orders
from yemae.concerts.limits import ShortText, Slug
from yemae.http.contract.operation import IDEMPOTENCY_KEY, Answer, Body, Operation, Shown
from yemae.http.fan.order_shapes import EXAMPLE_CODE
from yemae.http.fan.orders import path_order_id
from yemae.http.operator.gate import require_concert
from yemae.http.operator.matrix import MATRIX
from yemae.http.operator.order_bodies import SeatNumber
from yemae.http.operator.order_shapes import EXAMPLE_ADMIN_ORDER, AdminOrder, admin_order
from yemae.http.operator.orders import GATES, OF_BODIES, ONE, PATH
from yemae.http.server.call import Call
from yemae.refusals import (
    BlockNotFound,
    CompanionSeatAlone,
    IdempotencyConflict,
    OperatorRequired,
    OrderNotFound,
    OrderNotPaid,
    PerformanceNotFound,
    PriceTypeUnavailable,
    SaleClosed,
    SeatNotFound,
    SeatsInTheWay,
    Unauthenticated,
)
from yemae.sale.decide_box_office import SellWish
from yemae.sale.sell import SEATS_MAX, sell_at_box_office


class SellSeats(Body, frozen=True, kw_only=True):
    """Seats of a date, for cash or complimentary. The order is that of a fan, `user` (an id or an
    e-mail address), or of a person named `name` who has no account. `price_types` has one for each
    seat, null for the full price; `from_block` names a block that the seats may be in."""

    performance_id: str
    seats: Annotated[list[SeatNumber], Meta(min_length=1, max_length=SEATS_MAX)]
    tender: Literal["cash", "complimentary"]
    price_types: Annotated[tuple[Slug | None, ...], Meta(max_length=SEATS_MAX)] = ()
    user: Annotated[str, Meta(min_length=1, max_length=320, pattern="^[!-?A-~][!-~]*$")] | None = (
        None
    )
    name: ShortText | None = None
    from_block: Annotated[str, Meta(min_length=1, max_length=63)] | None = None


class PrintedTicket(msgspec.Struct, frozen=True):
    """The code of a seat's ticket, for a printer."""

    seat: str
    code: str


class PrintedTickets(msgspec.Struct, frozen=True):
    """The tickets of an order."""

    tickets: list[PrintedTicket]


SELL = msgspec.json.Decoder(SellSeats)
EXAMPLE_SELL: dict[str, Any] = {
    "performance_id": "small-hall-2030-05-03",
    "seats": ["8"],
    "tender": "cash",
    "name": "Ann",
}


async def sell(call: Call) -> Answer:
    """Sell seats at once: no queue, no limit of a fan, no booking fee. With an Idempotency-Key a
    repeat sells nothing again."""
    who, key = call.operator(), call.idempotency_key()
    body = await call.body(SELL)
    date = call.runtime.catalogue.performances.get(body.performance_id)
    require_concert(call, MATRIX["sell_at_box_office"], "" if date is None else date.concert_id)
    wish = SellWish(
        body.performance_id,
        body.seats,
        body.tender,
        body.price_types,
        body.user,
        body.name,
        body.from_block,
        key,
    )
    sold = await sell_at_box_office(call.runtime, who, wish)
    return Answer(201, admin_order(await orders.show_order(call.runtime, sold.order.id)))


async def print_tickets(call: Call) -> Answer:
    """The ticket codes of a paid order, with a line in the log that says who printed them."""
    who, order_id = call.operator(), path_order_id(call)
    order = await orders.order_to_print(call.runtime, who, order_id)
    codes = orders.ticket_codes(call.runtime.ticket_signer, order)
    tickets = [PrintedTicket(seat, code) for seat, code in codes.items()]
    return Answer(201, PrintedTickets(tickets), ((b"cache-control", b"no-store"),))


OPERATIONS = (
    Operation(
        "sell_at_box_office",
        "POST",
        PATH,
        "admin",
        "Sell at the box office",
        sell,
        (Shown(201, "The order", AdminOrder, EXAMPLE_ADMIN_ORDER),),
        (
            *GATES,
            PerformanceNotFound,
            SaleClosed,
            SeatNotFound,
            SeatsInTheWay,
            BlockNotFound,
            CompanionSeatAlone,
            PriceTypeUnavailable,
            IdempotencyConflict,
            *OF_BODIES,
        ),
        parameters=(IDEMPOTENCY_KEY,),
        body=SellSeats,
        body_example=EXAMPLE_SELL,
        signed_in=True,
    ),
    Operation(
        "print_tickets",
        "POST",
        f"{ONE}/tickets",
        "admin",
        "Print the tickets of an order",
        print_tickets,
        (
            Shown(
                201,
                "The tickets",
                PrintedTickets,
                {"tickets": [{"seat": "7", "code": EXAMPLE_CODE}]},
                headers=("Cache-Control",),
            ),
        ),
        (Unauthenticated, OperatorRequired, OrderNotFound, OrderNotPaid),
        signed_in=True,
    ),
)
