"""What was sold of a concert: seats and money by date, grade and price type, and by the minute.

Each report is read in one snapshot that locks nothing, so it may run beside a live sale, and costs
what the concert's seats cost to read. Always holds: what the lines were charged is what the
payments say, and what they refunded is what the refunds say that were not declined.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance
from yemae.orders.box_office import Tender
from yemae.runtime import Stores
from yemae.store.postgres import Postgres
from yemae.store.queries import Query, load_queries

# A million orders take longer than a request may. A statement gets 5/8 of it.
PATIENCE_S = 120


class _Line(NamedTuple):
    """A line as the database adds it up."""

    performance_key: int
    grade: str
    tender: Tender | None
    # The highest of the grade; None on lines without a seat that is there now.
    full_price: int | None
    price_type: str | None
    price_type_name: str | None
    price_type_name_en: str | None
    sold: int
    cancelled: int
    held: int
    blocked: int
    free: int
    revenue: int
    booking_fees: int
    cancellation_fees: int
    refunds: int


class Minute(NamedTuple):
    """A minute in which something was bought or cancelled: orders and seats, and money in the
    currency's minor unit."""

    minute: datetime
    orders: int
    seats: int
    charged: int
    cancelled: int
    refunded: int


QUERIES = load_queries(__file__, "sales.sql")
SALES_OF_DATES = Query(QUERIES["sales_of_dates"], _Line)
SALES_BY_MINUTE = Query(QUERIES["sales_by_minute"], Minute)
BEGIN_REPORT = QUERIES["begin_report"]


class SalesFigures(NamedTuple):
    """Seats as they are now, and money since the beginning, in the currency's minor unit.

    `revenue` is what was charged for seats, also for those that were cancelled since, without
    `booking_fees`. `refunds` went back or are about to, and `cancellation_fees` is what was kept of
    cancelled seats, so it is in `net` already."""

    sold: int = 0
    cancelled: int = 0
    held: int = 0
    blocked: int = 0
    free: int = 0
    revenue: int = 0
    booking_fees: int = 0
    cancellation_fees: int = 0
    refunds: int = 0

    @property
    def net(self) -> int:
        """What is left of what was charged."""
        return self.revenue + self.booking_fees - self.refunds

    @classmethod
    def total(cls, figures: Sequence["SalesFigures"]) -> "SalesFigures":
        """All of them together."""
        return cls(*map(sum, zip(*figures, strict=True))) if figures else cls()


class SoldType(NamedTuple):
    """A price type as the latest order with it kept it."""

    id: str
    name: str
    name_en: str | None


class SalesLine(NamedTuple):
    """The seats of one grade that were bought with one price type; without one, at the full price.
    What the box office sold is on lines of its own, by tender. Seats that are blocked or free are
    on the line of the full price."""

    performance: Performance
    grade: str
    # None: sold to fans who came through the queue.
    tender: Tender | None
    price_type: SoldType | None
    figures: SalesFigures


class SalesReport(NamedTuple):
    """The sales of a concert at a moment."""

    concert: Concert
    at: datetime
    lines: list[SalesLine]

    @property
    def total(self) -> SalesFigures:
        """Of all lines."""
        return SalesFigures.total([line.figures for line in self.lines])


class MinutesReport(NamedTuple):
    """The minutes of a concert's sale, by time."""

    concert: Concert
    minutes: list[Minute]


async def report(stores: Stores, concert_id: str, postgres: Postgres | None = None) -> SalesReport:
    """The sales of every date of a concert; `postgres` has more patience than the stores' own.
    Raises ConcertNotFound."""
    concert = stores.catalogue.concert(concert_id)
    dates = {date.key: date for date in concert.performances}
    async with (postgres or stores.postgres).transaction(frozen=True) as tx:
        at = (await (await tx.send(BEGIN_REPORT)).one()).now
        found = await tx.fetch(SALES_OF_DATES, performance_keys=list(dates))
    return SalesReport(concert, at, _sorted(dates, found))


async def by_minute(
    stores: Stores,
    concert_id: str,
    *,
    since: datetime | None = None,
    limit: int | None = None,
    postgres: Postgres | None = None,
) -> MinutesReport:
    """The minutes in which something was bought or cancelled, from that of `since` on. Raises
    ConcertNotFound."""
    concert = stores.catalogue.concert(concert_id)
    async with (postgres or stores.postgres).transaction(frozen=True) as tx:
        await tx.send(BEGIN_REPORT)
        minutes = await tx.fetch(
            SALES_BY_MINUTE,
            performance_keys=[date.key for date in concert.performances],
            queue_ids=[concert.id, *(phase.id for phase in concert.phases)],
            since=None if since is None else since.replace(second=0, microsecond=0),
            limit=limit,
        )
    return MinutesReport(concert, minutes)


def _sorted(dates: dict[int, Performance], found: list[_Line]) -> list[SalesLine]:
    """By start, the dearest grade first, the full price before the types."""
    prices: dict[str, int] = {}
    for line in found:
        prices[line.grade] = max(line.full_price or 0, prices.get(line.grade, 0))
    found.sort(
        key=lambda line: (
            dates[line.performance_key].starts_at,
            -prices[line.grade],
            line.grade,
            line.tender or "",
            line.price_type or "",
        )
    )
    return [
        SalesLine(
            dates[line.performance_key],
            line.grade,
            line.tender,
            _type(line),
            SalesFigures(*line[7:]),
        )
        for line in found
    ]


def _type(line: _Line) -> SoldType | None:
    if line.price_type is None:
        return None
    return SoldType(line.price_type, line.price_type_name or "", line.price_type_name_en)
