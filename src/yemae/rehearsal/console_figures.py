"""Whether the console shows what the books say: its figures are asked for over HTTP when the fans
are done, and compared with sums of the database's own rows.

Figures reach the console within seconds, so what differs is looked at again for a while. While the
books themselves change, as those of a server that others use, nothing is compared. What counts
since the queue began is compared from the beginning of the rehearsal on: a store may have lost
what was before.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import NamedTuple, Self, TypeVar
from urllib.parse import quote

import msgspec

from yemae.accounts.access import Issuer
from yemae.reconcile.report import Check
from yemae.rehearsal.client import Client, first_event
from yemae.rehearsal.console_answers import (
    FunnelCounts,
    HistoryAnswer,
    LiveAnswer,
    MinuteAnswer,
    MinutesAnswer,
    ReportAnswer,
    SalesAnswer,
)
from yemae.rehearsal.tally import Tally
from yemae.settings import Settings
from yemae.store.postgres import Postgres
from yemae.store.queries import Query, load_queries

WHO, ROLE = "rehearsal-console", "finance"
TOKEN_TTL_S = 86_400
# Longer than a server process keeps a closing report.
SETTLE_S = 75.0
LOOK_S = 0.5
# For how long the console is asked before the first fan comes.
FIRST_LOOK_S = 5.0
PATIENCE_S = 240

SAYS: Mapping[str, str] = {
    "console_sales": "The console's sales are what tickets, payments and refunds add up to.",
    "console_funnel": "The console has counted every order and payment.",
    "console_report": "The closing report has the same figures and violations, and all admissions.",
}
Kind = TypeVar("Kind")


class Ordered(NamedTuple):
    """Orders of a concert's queue, and those that were paid."""

    holds: int
    payments: int


class Books(NamedTuple):
    """Sums of a concert's own rows; money is in minor units."""

    seats: int
    sold: int
    cancelled: int
    charged: int
    refunds: int
    holds: int
    payments: int


# What differs from the books, in words.
Look = Callable[[Books], Awaitable[list[str]]]
Compared = tuple[str, int, int]
NOTHING = FunnelCounts(0, 0, 0, 0, 0)
QUERIES = load_queries(__file__, "console_figures.sql")
ORDERS = Query(QUERIES["orders_of_concert"], Ordered)
BOOKS = Query(QUERIES["books_of_concert"], Books)


class ConsoleError(Exception):
    """A call of the console got no good answer; the text says which."""


class Console:
    """The console of a concert, read as an operator does, and the concert's books."""

    def __init__(self, url: str, concert_id: str, secret_key: str, stores: Settings) -> None:
        self._url, self._concert_id, self._stores = url, concert_id, stores
        self._path = f"/v1/admin/concerts/{quote(concert_id)}"
        token = Issuer(secret_key, TOKEN_TTL_S).issue(WHO, roles=(ROLE,)).text
        self._headers = (f"Authorization: Bearer {token}",)
        # As they were before the first fan came; an error: the console did not say.
        self._ordered_before = Ordered(0, 0)
        self._before: FunnelCounts | ConsoleError = NOTHING

    async def __aenter__(self) -> Self:
        """Open the books, and note what there is. Raises StoreUnavailable."""
        async with AsyncExitStack() as stack:
            postgres = Postgres(self._stores, transaction_timeout_s=PATIENCE_S)
            self._postgres = await stack.enter_async_context(postgres)
            self._client = Client(self._url, 1, Tally())
            stack.push_async_callback(self._client.close)
            async with postgres.transaction() as tx:
                (self._ordered_before,) = await tx.fetch(ORDERS, concert_id=self._concert_id)
            self._before = await self._first_look()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _first_look(self) -> FunnelCounts | ConsoleError:
        deadline = time.monotonic() + FIRST_LOOK_S
        while True:
            try:
                return await self._live()
            except ConsoleError as error:
                # The rehearsal begins all the same; what is wrong is said at its end.
                if time.monotonic() > deadline:
                    return error
            await asyncio.sleep(LOOK_S)

    async def compare(self) -> list[Check]:
        """The checks of sales and funnel, when all fans are done. Raises StoreUnavailable."""
        looks = {"console_sales": self._sales, "console_funnel": self._funnel}
        return [await self._settled(name, look) for name, look in looks.items()]

    async def compare_report(self, came_in: int, reconciled: Sequence[Check]) -> Check:
        """The check of the closing report, when the others have settled: a server keeps a report
        for a while. `came_in` fans were admitted. Raises StoreUnavailable."""

        async def look(books: Books) -> list[str]:
            return await self._report(books, came_in, reconciled)

        return await self._settled("console_report", look)

    async def _settled(self, name: str, look: Look) -> Check:
        deadline = time.monotonic() + SETTLE_S
        while True:
            books = await self._books()
            try:
                wrong = await look(books)
            except ConsoleError as error:
                wrong = [str(error)]
            at_rest = await self._books() == books
            if (at_rest and not wrong) or time.monotonic() > deadline:
                break
            await asyncio.sleep(LOOK_S)
        found = tuple(wrong) if at_rest else ()
        return Check(
            name=name,
            says=SAYS[name],
            looked_at=books.seats if at_rest else 0,
            violations=len(found),
            examples=found,
        )

    async def _sales(self, books: Books) -> list[str]:
        total = (await self._get(f"{self._path}/sales", SalesAnswer)).total
        minutes = await self._minutes()
        seats = sum(total[name] for name in ("sold", "held", "blocked", "free"))
        bought = books.sold + books.cancelled
        return list(
            differences(
                *_totals(total, books),
                ("seats", seats, books.seats),
                ("seats cancelled", total["cancelled"], books.cancelled),
                ("seats by the minute", sum(each.seats for each in minutes), bought),
                ("charged by the minute", sum(each.charged for each in minutes), books.charged),
                ("refunds by the minute", sum(each.refunded for each in minutes), books.refunds),
            )
        )

    async def _funnel(self, books: Books) -> list[str]:
        kept, live = await self._history(), await self._live()
        return [
            *self._since_then(books, live),
            *differences(
                ("orders held, in the history", kept.holds, live.holds),
                ("paid, in the history", kept.payments, live.payments),
            ),
            *not_less(
                ("joined", live.joined, live.admitted),
                ("payments begun", live.payments_begun, live.payments),
            ),
        ]

    def _since_then(self, books: Books, live: FunnelCounts) -> Iterator[str]:
        before, ordered = self._before, self._ordered_before
        if isinstance(before, ConsoleError):
            # Zero would be wrong on a server that has sold before.
            return iter([f"before the first fan came: {before}"])
        return differences(
            ("orders held", live.holds - before.holds, books.holds - ordered.holds),
            ("paid", live.payments - before.payments, books.payments - ordered.payments),
        )

    async def _report(self, books: Books, came_in: int, reconciled: Sequence[Check]) -> list[str]:
        report = await self._get(f"{self._path}/closing-report", ReportAnswer)
        live = await self._live()
        laws = {law.name: law.violations for law in report.invariants}
        funnels = {
            queue.id: {step.name: step.count for step in queue.funnel} for queue in report.queues
        }
        steps = funnels[self._concert_id]
        admitted = sum(each["admitted"] for each in funnels.values())
        checks = [check for check in reconciled if check.name in laws]
        return [
            *differences(
                *_totals(report.totals, books),
                ("orders held", steps["holds"], live.holds),
                ("paid", steps["payments"], live.payments),
                *((f"violations of {it.name}", laws[it.name], it.violations) for it in checks),
            ),
            # In all queues of the concert; fans who are in line still may come in meanwhile.
            *not_less(("admitted", admitted, came_in), ("joined", live.joined, steps["joined"])),
        ]

    async def _books(self) -> Books:
        async with self._postgres.transaction() as tx:
            (row,) = await tx.fetch(BOOKS, concert_id=self._concert_id)
        return row

    async def _live(self) -> FunnelCounts:
        path = f"{self._path}/live"
        data = await asyncio.to_thread(first_event, self._url + path, self._headers, "queue")
        counts = _decoded(data, LiveAnswer, path).figures
        if counts is None:
            raise ConsoleError(f"{path} has no figures")
        return counts

    async def _history(self) -> FunnelCounts:
        path = f"{self._path}/history?resolution=1s"
        page = await self._get(path, HistoryAnswer)
        points = page.points
        while page.next_since is not None:
            page = await self._get(f"{path}&since={quote(page.next_since)}", HistoryAnswer)
            points += page.points
        return points[-1].figures if points else NOTHING

    async def _minutes(self) -> list[MinuteAnswer]:
        path = f"{self._path}/sales/minutes"
        page = await self._get(path, MinutesAnswer)
        minutes = page.minutes
        while page.next_since is not None:
            page = await self._get(f"{path}?since={quote(page.next_since)}", MinutesAnswer)
            minutes += page.minutes
        return minutes

    async def _get(self, path: str, kind: type[Kind]) -> Kind:
        answer = await self._client.ask("dates", "GET", path, self._headers)
        if answer.status != 200:
            raise ConsoleError(f"{path} was answered with {answer.status}")
        return _decoded(answer.body, kind, path)


def _totals(total: Mapping[str, int], books: Books) -> list[Compared]:
    return [
        ("seats sold", total["sold"], books.sold),
        ("charged", total["revenue"] + total["booking_fees"], books.charged),
        ("refunds", total["refunds"], books.refunds),
        ("net", total["net"], books.charged - books.refunds),
    ]


def _decoded(body: bytes, kind: type[Kind], path: str) -> Kind:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise ConsoleError(f"{path} was answered with what it is not: {error}") from error


def differences(*each: Compared) -> Iterator[str]:
    """What is not as it is in the books: its name, what the console shows, what is right. Pure."""
    for name, shown, right in each:
        if shown != right:
            yield f"{name}: the console shows {shown:,}, the books say {right:,}"


def not_less(*each: Compared) -> Iterator[str]:
    """What is less than it has to be. Pure."""
    for name, shown, least in each:
        if shown < least:
            yield f"{name}: the console shows {shown:,}, and it has to be {least:,} or more"
