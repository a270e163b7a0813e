"""The money of a concert by its methods: what came in, what went back, and whether what is left is
what was sold.

Always holds unless the books are broken: what came in, less what went back, is what the paid orders
cost now, with the fees of cancellations and what the account of refunds has. Both sides are read
from tables of their own, in one snapshot that locks nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from yemae.back_office.sales import BEGIN_REPORT
from yemae.concerts.catalogue import Concert
from yemae.runtime import Stores
from yemae.store.postgres import Postgres
from yemae.store.queries import Query, load_queries


class MethodFigures(NamedTuple):
    """Payments and refunds, and their money in the currency's minor unit. `refunding` is on its
    way, `in_doubt` is what a provider may have captured and no part of `charged`."""

    payments: int = 0
    charged: int = 0
    refunds: int = 0
    refunded: int = 0
    refunding: int = 0
    in_doubt: int = 0

    @property
    def left(self) -> int:
        """What came in and did not go back."""
        return self.charged - self.refunded - self.refunding

    @classmethod
    def total(cls, figures: Sequence["MethodFigures"]) -> "MethodFigures":
        """All of them together."""
        return cls(*map(sum, zip(*figures, strict=True))) if figures else cls()


class MethodLine(NamedTuple):
    """One way of paying: a method of a payment provider, or `wallet`, `cash` and `complimentary`
    without one."""

    provider: str | None
    method: str
    figures: MethodFigures


class MoneyKept(NamedTuple):
    """What the money is for. `set_aside` is the account of refunds: what was given back without a
    cancelled seat is below zero, and what a provider declined and waits is above."""

    sold: int
    fees: int
    set_aside: int


class MoneyReport(NamedTuple):
    """The money of a concert at a moment."""

    concert: Concert
    at: datetime
    lines: list[MethodLine]
    kept: MoneyKept

    @property
    def total(self) -> MethodFigures:
        """Of all lines."""
        return MethodFigures.total([line.figures for line in self.lines])

    @property
    def difference(self) -> int:
        """What came in and did not go back, less what it is for; 0 when the books are right."""
        return self.total.left - sum(self.kept)


QUERIES = load_queries(__file__, "methods.sql")
MONEY_BY_METHOD = Query(QUERIES["money_by_method"], MethodLine, rest=MethodFigures)
MONEY_KEPT = Query(QUERIES["money_kept"], MoneyKept)


async def report(stores: Stores, concert_id: str, postgres: Postgres | None = None) -> MoneyReport:
    """The money of all dates of a concert; `postgres` has more patience than the stores' own.
    Raises ConcertNotFound."""
    concert = stores.catalogue.concert(concert_id)
    keys = [date.key for date in concert.performances]
    async with (postgres or stores.postgres).transaction(frozen=True) as tx:
        at = (await (await tx.send(BEGIN_REPORT)).one()).now
        lines = await tx.fetch(MONEY_BY_METHOD, performance_keys=keys)
        kept = await (await tx.send(MONEY_KEPT, performance_keys=keys)).one()
    return MoneyReport(concert, at, lines, kept)
