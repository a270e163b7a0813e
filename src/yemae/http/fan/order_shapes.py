"""What orders and their tickets look like in the API."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
import structlog
from msgspec import UNSET, UnsetType

from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance, Schedule
from yemae.concerts.seat_map.marks import SeatMark
from yemae.concerts.seat_map.plans import KnownPlan, SeatWords
from yemae.http.concert_shapes import EXAMPLE_CONCERT, EXAMPLE_DIGEST, EXAMPLE_PERFORMANCE
from yemae.http.fan.cancellation_shapes import CancellationBody, cancellation_body
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.server.call import Call
from yemae.orders import ticket_code
from yemae.orders.booking_number import booking_number
from yemae.orders.order import Order, SoldAs, Status
from yemae.refusals import Refusal
from yemae.sale import looks
from yemae.values.instants import Instant, LocalTime, instant, instant_or_none, local_time


class Where(msgspec.Struct, frozen=True):
    """Where a seat is, as the plan and the signs in the hall say it: `label` is the seat's own
    within its row. In an area without seats, `section` is the area, `row` is null and `label` is
    the entry number. `floor` is null in a hall without floors; all are null where the concert was
    loaded by an earlier version. What ends in `_en` is the same in English, null where there is
    none."""

    floor: str | None
    section: str | None
    row: str | None
    label: str | None
    floor_en: str | None
    section_en: str | None


class OrderedSeat(Where, frozen=True):
    """A seat of an order: its number, which names it in every call, its price in the currency's
    minor unit when it was held, the price type it was held with (null: the full price), where it
    is, and its marks."""

    number: str
    grade: str
    price: int
    grade_en: str | None
    price_type: SoldAs | None = None
    marks: Sequence[SeatMark] = ()


class TicketBody(Where, frozen=True):
    """A seat that was paid for, and the code that opens the door for it: signed, always the same,
    made to be shown as a QR code. With a price type its proof has to be shown as well."""

    seat: str
    code: str
    price_type: SoldAs | None = None


class OrderBody(msgspec.Struct, frozen=True, kw_only=True):
    """Seats that are held until `expires_at`, or sold. `booking_number` is for people: short, and
    without 0, O, 1 and I. Money in the currency's minor unit, taxes included: `total` is the
    prices of the seats and `booking_fee`. A paid order that is looked at has `tickets`, one for
    each seat; no other answer has any. When some of its seats were cancelled, `seats` are those
    that are left, and an order that is looked at has the others in `cancellations`.
    `cancellation` is the digest of the cancellation policy that it is bought under; null: you
    cannot cancel it. Title, venue and start are the concert's as they are now;
    `starts_at_local` is the start on the venue's clocks, null where their offset from UTC is
    not known, and `time_zone` is their zone in the IANA database, null where the concert file
    names none. `schedule` says whether the date takes place; of one that was postponed, an order
    that was paid before is cancelled without a fee until `refundable_until`."""

    id: UUID
    booking_number: str
    status: Status
    concert_id: str
    concert_title: str
    concert_title_en: str | None
    venue: str
    venue_en: str | None
    performance_id: str
    starts_at: Instant
    starts_at_local: LocalTime | None
    time_zone: str | None
    schedule: Schedule
    refundable_until: Instant | None
    seats: list[OrderedSeat]
    booking_fee: int
    total: int
    currency: str
    expires_at: Instant
    created_at: Instant
    cancellation: str | None = None
    tickets: list[TicketBody] | UnsetType = UNSET
    cancellations: list[CancellationBody] | UnsetType = UNSET


class Orders(msgspec.Struct, frozen=True):
    """One page of your orders, newest first; the next begins at `next_cursor`."""

    orders: list[OrderBody]
    next_cursor: UUID | None


# Dates of which what their orders share is kept.
OF_DATES_MAX = 4_096
NO_ID = UUID(int=0)

log = structlog.get_logger(__name__)

EXAMPLE_WHERE = {
    "floor": None,
    "section": "앞",
    "row": "A",
    "label": "7",
    "floor_en": None,
    "section_en": "Front",
}
EXAMPLE_ORDER = {
    "id": EXAMPLE_ID,
    "booking_number": booking_number(UUID(EXAMPLE_ID)),
    "status": "held",
    "concert_id": EXAMPLE_CONCERT["id"],
    "concert_title": EXAMPLE_CONCERT["title"],
    "concert_title_en": EXAMPLE_CONCERT["title_en"],
    "venue": EXAMPLE_CONCERT["venue"],
    "venue_en": EXAMPLE_CONCERT["venue_en"],
    "performance_id": EXAMPLE_PERFORMANCE["id"],
    "starts_at": EXAMPLE_PERFORMANCE["starts_at"],
    "starts_at_local": EXAMPLE_PERFORMANCE["starts_at_local"],
    "time_zone": EXAMPLE_PERFORMANCE["time_zone"],
    "schedule": "as_planned",
    "refundable_until": None,
    "seats": [
        {
            **EXAMPLE_WHERE,
            "number": "7",
            "grade": "R",
            "price": 66000,
            "grade_en": None,
            "price_type": None,
            "marks": [{"mark": "aisle"}],
        }
    ],
    "booking_fee": 0,
    "total": 66000,
    "currency": "KRW",
    "expires_at": "2026-11-22T11:05:00.000Z",
    "created_at": "2026-11-22T11:00:00.000Z",
    "cancellation": EXAMPLE_DIGEST,
}
# The code of docs/tickets.md, signed with the key that stands there.
EXAMPLE_CODE = (
    "YEMAE1:AGM5HMTKIB6BDHKCLUHT66Q3FQKXG3LBNRWC22DBNRWC2MRQGMYC2MBVFUYDGN2FO3TGPUSATR6OQHPRLPR"
    "2K3PUIR2B2R37VBLYIXAIHLK6FUDE2C44OS4MZX7CQUZNUQDRM5XB5SZBDSB4I3IKY6YIT2ECVDO3NDRQ4"
)
EXAMPLE_PAID = {
    **EXAMPLE_ORDER,
    "status": "paid",
    "tickets": [{"seat": "7", "code": EXAMPLE_CODE, "price_type": None, **EXAMPLE_WHERE}],
}


async def show(call: Call, order: Order) -> OrderBody:
    """An order as the API shows it."""
    catalogue = call.runtime.catalogue
    if order.performance_id not in catalogue.performances:
        await catalogue.know([order.performance_id])
    performance = catalogue.performances[order.performance_id]
    concert = catalogue.concert_of(performance)
    plan = call.runtime.plans.at_hand(performance) or await _plan_of(call, performance)
    # Quicker than a new one, of which each field is looked up by its name.
    return msgspec.structs.replace(
        _of_date(performance, concert),
        id=order.id,
        booking_number=booking_number(order.id),
        status=order.status,
        seats=_seats(order, plan),
        booking_fee=order.booking_fee,
        total=order.total,
        currency=order.currency,
        expires_at=instant(order.expires_at),
        created_at=instant(order.created_at),
        cancellation=order.cancellation,
    )


# By performance, with what they are made of: a date or a concert that has changed is another object
# in the catalogue.
_of_dates: dict[str, tuple[Performance, Concert, OrderBody]] = {}


def _of_date(performance: Performance, concert: Concert) -> OrderBody:
    """An order of this date, with what all of them share and nothing of its own."""
    known = _of_dates.get(performance.id)
    if known is not None and known[0] is performance and known[1] is concert:
        return known[2]
    blank = OrderBody(
        id=NO_ID,
        booking_number="",
        status="held",
        concert_id=concert.id,
        concert_title=concert.title,
        concert_title_en=concert.title_en,
        venue=concert.venue,
        venue_en=concert.venue_en,
        performance_id=performance.id,
        starts_at=instant(performance.starts_at),
        starts_at_local=local_time(performance.starts_at, performance.zone),
        time_zone=performance.time_zone,
        schedule=performance.schedule,
        refundable_until=instant_or_none(performance.refundable_until),
        seats=[],
        booking_fee=0,
        total=0,
        currency=concert.currency,
        expires_at=instant(performance.starts_at),
        created_at=instant(performance.starts_at),
    )
    if len(_of_dates) >= OF_DATES_MAX:
        _of_dates.clear()
    _of_dates[performance.id] = (performance, concert, blank)
    return blank


async def show_with_tickets(call: Call, order: Order) -> OrderBody:
    """The same, with tickets if it is paid. They are signed here, not in the payment, which has
    locks to give back."""
    shown = await show(call, order)
    if order.status != "paid":
        return shown
    return msgspec.structs.replace(
        shown, tickets=[_ticket(call, shown, seat) for seat in shown.seats]
    )


async def show_looked_at(call: Call, orders: Sequence[Order]) -> list[OrderBody]:
    """Orders that their fan looks at: with tickets where they are paid, and with what was
    cancelled of them."""
    cancelled = await looks.own_cancellations(call.runtime, orders)
    return [
        msgspec.structs.replace(
            await show_with_tickets(call, order),
            cancellations=[cancellation_body(each) for each in cancelled.get(order.id, ())]
            or UNSET,
        )
        for order in orders
    ]


async def _plan_of(call: Call, performance: Performance) -> KnownPlan | None:
    """The plan, from memory after the first look of this process. The order is committed: a plan
    that cannot be read must not turn a hold or a payment into a refusal."""
    try:
        return await call.runtime.plans.unpacked(performance)
    except Refusal as refusal:
        log.warning("order without its seats' places", reason=refusal.slug)
        return None


def _seats(order: Order, plan: KnownPlan | None) -> list[OrderedSeat]:
    seats = zip(
        order.seat_numbers, order.seat_grades, order.seat_prices, order.sold_as(), strict=True
    )
    if plan is None:
        return [
            OrderedSeat(*SeatWords(), number, grade, price, None, sold_as)
            for number, grade, price, sold_as in seats
        ]
    words, grades_en, marks = plan.words, plan.grades_en, plan.marks
    return [
        OrderedSeat(
            *words(number),
            number,
            grade,
            price,
            grades_en.get(grade),
            sold_as,
            marks.get(number, ()),
        )
        for number, grade, price, sold_as in seats
    ]


def _ticket(call: Call, order: OrderBody, seat: OrderedSeat) -> TicketBody:
    signed = ticket_code.Ticket(order.id, order.performance_id, seat.number)
    code = call.runtime.ticket_signer.sign(signed)
    where = {name: getattr(seat, name) for name in Where.__struct_fields__}
    return TicketBody(**where, seat=seat.number, code=code, price_type=seat.price_type)
