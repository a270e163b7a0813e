"""What orders and their tickets look like in the API."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from yemae.http.call import Call
from yemae.http.concerts import EXAMPLE_CONCERT, EXAMPLE_PERFORMANCE, Seat
from yemae.http.users import EXAMPLE_ID
from yemae.orders import decide, ticket_code


class Ticket(msgspec.Struct, frozen=True):
    """A seat that was paid for, and the code that opens the door for it: signed, always the same,
    made to be shown as a QR code."""

    seat: str
    code: str


class Order(msgspec.Struct, frozen=True):
    """Seats that are held until `expires_at`, or sold. Money in the currency's minor unit. Whoever
    looks at a paid order finds its `tickets`, one for each seat; nothing else has any."""

    id: UUID
    status: decide.Status
    concert_id: str
    performance_id: str
    seats: list[Seat]
    total: int
    currency: str
    expires_at: datetime
    created_at: datetime
    tickets: list[Ticket] | UnsetType = UNSET


class Orders(msgspec.Struct, frozen=True):
    """One page of your orders, newest first; the next begins at `next_cursor`."""

    orders: list[Order]
    next_cursor: UUID | None


EXAMPLE_ORDER = {
    "id": EXAMPLE_ID,
    "status": "held",
    "concert_id": EXAMPLE_CONCERT["id"],
    "performance_id": EXAMPLE_PERFORMANCE["id"],
    "seats": [{"number": "7", "grade": "R", "price": 66000}],
    "total": 66000,
    "currency": "KRW",
    "expires_at": "2026-11-22T11:05:00Z",
    "created_at": "2026-11-22T11:00:00Z",
}
# The code of docs/tickets.md, signed with the key that stands there.
EXAMPLE_CODE = (
    "YEMAE1:AGM5HMTKIB6BDHKCLUHT66Q3FQKXG3LBNRWC22DBNRWC2MRQGMYC2MBVFUYDGN2FO3TGPUSATR6OQHPRLPR"
    "2K3PUIR2B2R37VBLYIXAIHLK6FUDE2C44OS4MZX7CQUZNUQDRM5XB5SZBDSB4I3IKY6YIT2ECVDO3NDRQ4"
)
EXAMPLE_PAID = {
    **EXAMPLE_ORDER,
    "status": "paid",
    "tickets": [{"seat": "7", "code": EXAMPLE_CODE}],
}


def show(call: Call, order: decide.Order) -> Order:
    """An order as the API shows it."""
    performance = call.house.catalogue.by_key[order.performance_key]
    seats = zip(order.seat_numbers, order.seat_grades, order.seat_prices, strict=True)
    return Order(
        order.id,
        order.status,
        performance.concert_id,
        performance.id,
        [Seat(*seat) for seat in seats],
        order.total,
        order.currency,
        order.expires_at,
        order.created_at,
    )


def show_with_tickets(call: Call, order: decide.Order) -> Order:
    """The same, with tickets if it is paid. They are signed here and not by the sale, which is no
    moment to do what can wait."""
    shown = show(call, order)
    if order.status != "paid":
        return shown
    return msgspec.structs.replace(
        shown, tickets=[_ticket(call, shown, seat) for seat in shown.seats]
    )


def _ticket(call: Call, order: Order, seat: Seat) -> Ticket:
    signed = ticket_code.Ticket(order.id, order.performance_id, seat.number)
    return Ticket(seat.number, call.house.ticket_signer.sign(signed))
