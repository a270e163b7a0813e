"""The payments of a concert one by one, for those who compare them with a provider's settlement.

It has more than sums: orders and their booking numbers, and no name and no address of a fan. Who
takes it along from the console is in the log.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.back_office.sales import BEGIN_REPORT
from yemae.concerts import controls
from yemae.concerts.catalogue import Concert
from yemae.orders.order import Status
from yemae.runtime import Stores
from yemae.store.postgres import Postgres
from yemae.store.queries import Query, load_queries
from yemae.values.instants import instant_or_none

ACTION = "payments file"


class PaymentLine(NamedTuple):
    """A payment. `reference` is what its provider calls it; `surcharges` came when the order moved
    to dearer seats, from the wallet but for `surcharges_in_cash`."""

    paid_at: datetime
    order_id: UUID
    performance_key: int
    status: Status
    # That are left of it.
    seats: int
    provider: str | None
    method: str
    reference: str | None
    charged: int
    surcharges: int
    surcharges_in_cash: int
    refunded: int
    refunding: int


class Period(NamedTuple):
    """From when and until when; None: from the first, to the last."""

    since: datetime | None = None
    until: datetime | None = None


class PaymentsReport(NamedTuple):
    """The payments of a concert, by time."""

    concert: Concert
    payments: list[PaymentLine]


QUERIES = load_queries(__file__, "payment_list.sql")
PAYMENTS_OF_CONCERT = Query(QUERIES["payments_of_concert"], PaymentLine)


async def report(
    stores: Stores,
    concert_id: str,
    period: Period,
    *,
    limit: int | None = None,
    postgres: Postgres | None = None,
) -> PaymentsReport:
    """The payments of a time, at most `limit`. Raises ConcertNotFound."""
    concert = stores.catalogue.concert(concert_id)
    keys = [date.key for date in concert.performances]
    async with (postgres or stores.postgres).transaction(frozen=True) as tx:
        await tx.send(BEGIN_REPORT)
        found = await tx.fetch(
            PAYMENTS_OF_CONCERT, performance_keys=keys, limit=limit, **period._asdict()
        )
    return PaymentsReport(concert, found)


async def note_taken(stores: Stores, who: str, report: PaymentsReport, period: Period) -> None:
    """Write into the log that an operator took a list along."""
    since, until = map(instant_or_none, period)
    details = {"payments": len(report.payments), "since": since, "until": until}
    async with stores.postgres.transaction() as tx:
        await controls.log(tx, stores.new_id(), report.concert.id, who, ACTION, details)
