"""What a closing report says of a concert, read from both stores.

Nothing of it is about the moment of reading, so it is the same until something happens. It has the
log's lines as operators wrote them, and no name or address of a fan.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from yemae.back_office import action_log, draw_audit, sales
from yemae.back_office.action_log import LogFilter, LogLine
from yemae.back_office.sales import SalesFigures, SalesLine
from yemae.concerts.catalogue import Concert
from yemae.history import history
from yemae.history.history import HistoryPoint
from yemae.reconcile.law_words import LawFacts, law_facts
from yemae.reconcile.stores import PATIENCE_S, reconcile_stores
from yemae.runtime import Stores
from yemae.store.postgres import Postgres
from yemae.values.instants import Instant, instant

# The action of the log that says a report was made; no report has it, so that it changes none.
ACTION = "closing report"
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
POINTS_AT_ONCE = 10_000
LINES_AT_ONCE = 1_000


class DateFacts(msgspec.Struct, frozen=True):
    """A date of the concert."""

    id: str
    starts_at: Instant
    seats_total: int


class MinuteFacts(msgspec.Struct, frozen=True):
    """Figures of a queue at a minute; one without a point was like the one before."""

    at: Instant
    figures: dict[str, Any]


class FunnelStep(msgspec.Struct, frozen=True):
    """How many fans of a queue came to a step."""

    name: str
    count: int


class DrawFacts(msgspec.Struct, frozen=True):
    """The audit of a draw: places whose number is that of the sealed seed, and others."""

    sealed: str
    seed: str | None
    checked: int
    wrong: int


class QueueFacts(msgspec.Struct, frozen=True):
    """A queue: its curves, its funnel, and its draw where it has one."""

    id: str
    sale_opens_at: Instant
    curves: list[MinuteFacts]
    funnel: list[FunnelStep]
    draw: DrawFacts | None


class SoldFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What was sold on one line of the sales report, in the currency's minor unit."""

    performance_id: str | None
    grade: str | None
    sold_by: str | None
    price_type: str | None
    figures: dict[str, int]


class SoldInMinute(msgspec.Struct, frozen=True):
    """A minute in which something was bought or cancelled."""

    minute: Instant
    orders: int
    seats: int
    charged: int
    cancelled: int
    refunded: int


class MoneyFacts(msgspec.Struct, frozen=True):
    """The sales report, by line, in all and by the minute."""

    currency: str
    lines: list[SoldFacts]
    total: SoldFacts
    minutes: list[SoldInMinute]


class ActionFacts(msgspec.Struct, frozen=True):
    """A line of the log."""

    id: UUID
    at: Instant
    who: str
    queue_id: str | None
    action: str
    details: dict[str, Any]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that a report says. `as_of` is when the last thing happened that it has; None: none."""

    concert_id: str
    title: str
    artist: str
    venue: str
    time_zone: str | None
    as_of: Instant | None
    holds: bool
    dates: list[DateFacts]
    queues: list[QueueFacts]
    invariants: list[LawFacts]
    money: MoneyFacts
    actions: list[ActionFacts]


async def gather(stores: Stores, concert_id: str) -> Facts:
    """Read all of it. Raises ConcertNotFound, StoreUnavailable."""
    concert = stores.catalogue.concert(concert_id)
    # A million orders take longer than a request may.
    async with Postgres(stores.settings, transaction_timeout_s=PATIENCE_S) as patient:
        ids = [concert.id, *(phase.id for phase in concert.phases)]
        queues = [await _queue(stores, stores.catalogue.queue(each)) for each in ids]
        books = await reconcile_stores(patient, stores.valkey)
        sold = await sales.report(stores, concert_id, postgres=patient)
        minutes = await sales.by_minute(stores, concert_id, postgres=patient)
    money = MoneyFacts(
        concert.currency,
        [_sold(line) for line in sold.lines],
        _figures(sold.total),
        [SoldInMinute(instant(each.minute), *each[1:]) for each in minutes.minutes],
    )
    actions = [_act(line) async for line in _lines(stores, concert_id) if line.action != ACTION]
    moments = [act.at for act in actions[-1:]] + [each.minute for each in money.minutes[-1:]]
    moments += [point.at for queue in queues for point in queue.curves[-1:]]
    return Facts(
        concert_id=concert.id,
        title=concert.title,
        artist=concert.artist,
        venue=concert.venue,
        time_zone=concert.time_zone,
        as_of=max(moments, default=None),
        holds=books.holds and not any(each.draw and each.draw.wrong for each in queues),
        dates=[
            DateFacts(date.id, instant(date.starts_at), date.seats_total)
            for date in concert.performances
        ],
        queues=queues,
        invariants=law_facts(books.checks),
        money=money,
        actions=actions,
    )


async def _queue(stores: Stores, queue: Concert) -> QueueFacts:
    points = [point async for point in _points(stores, queue.id)]
    async with stores.postgres.transaction() as tx:
        newest = await history.latest(tx, queue.id, stores.now())
    # A row of a minute has the figures at its beginning, so what was since is in those of seconds.
    if newest is not None and (not points or newest.at > points[-1].at):
        points.append(newest)
    draw = None
    if queue.queueing_method == "draw":
        found = await draw_audit.audit(stores, queue)
        draw = DrawFacts(found.sealed, found.seed, found.checked, len(found.wrong))
    return QueueFacts(
        queue.id,
        instant(queue.sale_opens_at),
        [MinuteFacts(instant(point.at), point.figures) for point in points],
        _funnel(points[-1].figures if points else {}),
        draw,
    )


def _funnel(figures: dict[str, Any]) -> list[FunnelStep]:
    """The last figures of the counts that only grow, in the order of the way."""
    names = ("joined", "admitted", "holds", "payments", "unused")
    return [FunnelStep(name, int(figures.get(name) or 0)) for name in names]


async def _points(stores: Stores, queue_id: str) -> AsyncIterator[HistoryPoint]:
    since, last = FIRST, None
    while True:
        async with stores.postgres.transaction() as tx:
            page = await history.read(tx, queue_id, "1m", since=since, limit=POINTS_AT_ONCE)
        for point in page:
            if point.at != last:
                yield point
        if len(page) < POINTS_AT_ONCE:
            return
        since = last = page[-1].at


async def _lines(stores: Stores, concert_id: str) -> AsyncIterator[LogLine]:
    """The log of a concert and of its phases, oldest first."""
    wanted, before = LogFilter(concert_id=concert_id), None
    found: list[LogLine] = []
    while True:
        page = await action_log.find(
            stores, wanted, concerts=None, before=before, limit=LINES_AT_ONCE
        )
        found += page
        if len(page) < LINES_AT_ONCE:
            break
        before = page[-1].id
    for line in reversed(found):
        yield line


def _act(line: LogLine) -> ActionFacts:
    return ActionFacts(
        line.id, instant(line.at), line.who, line.concert_id, line.action, line.details
    )


def _sold(line: SalesLine) -> SoldFacts:
    whole = _figures(line.figures)
    return SoldFacts(
        performance_id=line.performance.id,
        grade=line.grade,
        sold_by=line.tender or "queue",
        price_type=None if line.price_type is None else line.price_type.name,
        figures=whole.figures,
    )


def _figures(figures: SalesFigures) -> SoldFacts:
    return SoldFacts(
        performance_id=None,
        grade=None,
        sold_by=None,
        price_type=None,
        figures={**figures._asdict(), "net": figures.net},
    )
