"""What the calls on a concert's sales answer: structs and examples."""

from typing import Any

import msgspec

from yemae.back_office.sales import MinutesReport, SalesFigures, SalesLine, SalesReport
from yemae.orders.box_office import Tender
from yemae.values.instants import Instant, LocalTime, instant, instant_or_none, local_time


class SoldTypeBody(msgspec.Struct, frozen=True):
    """A price type as orders kept it."""

    id: str
    name: str
    name_en: str | None


class FiguresBody(msgspec.Struct, frozen=True, kw_only=True):
    """Seats as they are now, and money in the currency's minor unit. `revenue` is what was charged
    for seats, also for those that were cancelled since, without `booking_fees`. `refunds` went back
    or are about to; `cancellation_fees` is what was kept of cancelled seats. `net` is revenue and
    booking fees less refunds."""

    sold: int
    cancelled: int
    held: int
    blocked: int
    free: int
    revenue: int
    booking_fees: int
    cancellation_fees: int
    refunds: int
    net: int


class SalesLineBody(FiguresBody, frozen=True, kw_only=True):
    """The seats of one grade of a date with one price type, null for the full price. `tender` is
    how the box office sold them, null for fans who came through the queue. Seats that are blocked
    or free are on the line of the full price."""

    performance_id: str
    starts_at: Instant
    starts_at_local: LocalTime | None
    grade: str
    tender: Tender | None
    price_type: SoldTypeBody | None


class SalesBody(msgspec.Struct, frozen=True, kw_only=True):
    """The sales of a concert as they were at `at`, by date, grade and price type."""

    concert_id: str
    currency: str
    at: Instant
    lines: list[SalesLineBody]
    total: FiguresBody


class MinuteBody(msgspec.Struct, frozen=True, kw_only=True):
    """A minute in which something was bought or cancelled: orders and seats that were paid, what
    was charged for them, seats that were cancelled, and what went back."""

    minute: Instant
    minute_local: LocalTime | None
    orders: int
    seats: int
    charged: int
    cancelled: int
    refunded: int


class MinutesBody(msgspec.Struct, frozen=True, kw_only=True):
    """Minutes by time; those after them begin at `next_since`."""

    concert_id: str
    currency: str
    minutes: list[MinuteBody]
    next_since: Instant | None


def sales_body(found: SalesReport) -> SalesBody:
    """A report as it is answered."""
    return SalesBody(
        concert_id=found.concert.id,
        currency=found.concert.currency,
        at=instant(found.at),
        lines=list(map(_line, found.lines)),
        total=FiguresBody(**_figures(found.total)),
    )


def minutes_body(found: MinutesReport, limit: int | None) -> MinutesBody:
    """The first `limit` minutes as they are answered."""
    listed, rest = found.minutes[:limit], found.minutes[len(found.minutes[:limit]) :]
    zone = found.concert.zone
    return MinutesBody(
        concert_id=found.concert.id,
        currency=found.concert.currency,
        minutes=[
            MinuteBody(
                **{
                    **each._asdict(),
                    "minute": instant(each.minute),
                    "minute_local": local_time(each.minute, zone),
                }
            )
            for each in listed
        ],
        next_since=instant_or_none(rest[0].minute if rest else None),
    )


def _line(line: SalesLine) -> SalesLineBody:
    date, sold_as = line.performance, line.price_type
    return SalesLineBody(
        performance_id=date.id,
        starts_at=instant(date.starts_at),
        starts_at_local=local_time(date.starts_at, date.zone),
        grade=line.grade,
        tender=line.tender,
        price_type=None if sold_as is None else SoldTypeBody(*sold_as),
        **_figures(line.figures),
    )


def _figures(figures: SalesFigures) -> dict[str, int]:
    return {**figures._asdict(), "net": figures.net}


_EXAMPLE_FIGURES = {
    "sold": 31,
    "cancelled": 2,
    "held": 3,
    "blocked": 4,
    "free": 12,
    "revenue": 2178000,
    "booking_fees": 66000,
    "cancellation_fees": 13200,
    "refunds": 122800,
    "net": 2121200,
}
EXAMPLE_SALES: dict[str, Any] = {
    "concert_id": "small-hall",
    "currency": "KRW",
    "at": "2026-11-22T11:04:10.000Z",
    "lines": [
        {
            "performance_id": "small-hall-2030-05-03",
            "starts_at": "2030-05-03T11:00:00.000Z",
            "starts_at_local": "2030-05-03T20:00:00.000+09:00",
            "grade": "R",
            "tender": None,
            "price_type": None,
            **_EXAMPLE_FIGURES,
        }
    ],
    "total": _EXAMPLE_FIGURES,
}
EXAMPLE_MINUTES: dict[str, Any] = {
    "concert_id": "small-hall",
    "currency": "KRW",
    "minutes": [
        {
            "minute": "2026-11-22T11:04:00.000Z",
            "minute_local": "2026-11-22T20:04:00.000+09:00",
            "orders": 14,
            "seats": 33,
            "charged": 2178000,
            "cancelled": 0,
            "refunded": 0,
        }
    ],
    "next_since": None,
}
