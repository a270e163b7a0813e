"""Looks: the dates and seats that can be booked now, and what a fan has: orders and money.

Dates and seats are answered from the seats in this process's memory; where those are not trusted,
from PostgreSQL, and callers who ask for the same date share one look. The sale of a date ends when
it begins, or before.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from yemae.base.batching import Done
from yemae.concerts import seats
from yemae.concerts.grade_counts import ConcertCounts
from yemae.concerts.performance import Performance
from yemae.concerts.seat_list import none_free
from yemae.concerts.seat_map.free_list import FreeSeats
from yemae.concerts.seat_map.watch import Watch
from yemae.orders import cancellations
from yemae.orders import orders as order_book
from yemae.orders.order import Order
from yemae.payments import refunds
from yemae.refusals import ConcertNotFound, OrderNotFound, SaleClosed
from yemae.runtime import Runtime
from yemae.sale import gate, phases
from yemae.sale.decide_cancellations import CancelledPart
from yemae.waiting_room.tokens import EntryToken
from yemae.wallet import ledger
from yemae.wallet.decide import Transfer
from yemae.wallet.ledger import Wallet

if TYPE_CHECKING:
    from yemae.sale.batches import Batches


async def list_dates(
    runtime: Runtime, batches: "Batches", queue_id: str
) -> list[tuple[Performance, int]]:
    """The dates that the phase of this queue still sells, each with the number of its free seats.
    Raises ConcertNotFound."""
    dates = runtime.catalogue.queue(queue_id).to_come(runtime.now())
    watches = [runtime.availability.trusted(date) for date in dates]
    known = [None if watch is None else watch.taken.free for watch in watches]
    asked = [date.key for date, left in zip(dates, known, strict=True) if left is None]
    read = iter(await asyncio.gather(*map(batches.seats_left.submit, asked)) if asked else ())
    return [
        (date, next(read) if left is None else left)
        for date, left in zip(dates, known, strict=True)
    ]


async def list_grades(runtime: Runtime, batches: "Batches", concert_id: str) -> ConcertCounts:
    """The grades of the dates that some phase still sells, with their seats left, for fans who are
    not inside: some seconds old. Raises ConcertNotFound."""
    concert = runtime.catalogue.concert(concert_id)
    return runtime.grade_counts.of(concert) or await batches.grades.submit(concert_id)


async def list_seats(
    runtime: Runtime,
    batches: "Batches",
    entry: EntryToken,
    performance_id: str,
    *,
    is_gzipped: bool = False,
) -> FreeSeats:
    """The seats that can be booked now, as JSON; none of a date whose sale has ended. From memory
    also compressed, if that is wanted. Raises PerformanceNotFound or EntryTokenMismatch."""
    performance = runtime.catalogue.performance(performance_id)
    phase = gate.require_sold(runtime, entry, performance).phase
    now = runtime.now()
    if performance.is_over(now) or phase.has_ended(now):
        return none_free(int(now.timestamp() * 1_000_000))
    if (watch := runtime.availability.trusted(performance)) is None:
        return await batches.free_seats.submit(performance.key)
    now_s = runtime.availability.now_s()
    return await runtime.seat_lists.of_watch(watch, now_s, is_gzipped=is_gzipped)


async def watch_seats(runtime: Runtime, entry: EntryToken, performance_id: str) -> Watch:
    """The seat map of a date, which this process keeps up to date. Raises PerformanceNotFound,
    EntryTokenMismatch or SaleClosed."""
    performance = runtime.catalogue.performance(performance_id)
    phase = gate.require_sold(runtime, entry, performance).phase
    now = runtime.now()
    if performance.is_over(now) or phase.has_ended(now):
        raise SaleClosed
    return await runtime.availability.watch(performance)


async def own_orders(
    runtime: Runtime, user_id: str, *, before: UUID | None, limit: int
) -> list[Order]:
    """A fan's orders, newest first, from the one before `before` on."""
    async with runtime.postgres.transaction() as tx:
        return await order_book.orders_of(tx, user_id, before=before, limit=limit)


async def own_order(runtime: Runtime, user_id: str, order_id: UUID) -> Order:
    """One of a fan's orders. Raises OrderNotFound, also for another fan's."""
    async with runtime.postgres.transaction() as tx:
        order = await order_book.order_of(tx, order_id, user_id)
    if order is None:
        raise OrderNotFound
    return order


async def own_cancellations(
    runtime: Runtime, looked_at: Sequence[Order]
) -> dict[UUID, list[CancelledPart]]:
    """What was cancelled of these orders, the oldest first, each with its refund."""
    paid = [order.id for order in looked_at if order.status in ("paid", "cancelled")]
    if not paid:
        return {}
    async with runtime.postgres.transaction() as tx:
        cancelled_sent = await cancellations.of_orders(tx, paid)
        refunds_sent = await refunds.of_orders(tx, paid)
        made = await refunds_sent.rows()
        found: dict[UUID, list[CancelledPart]] = defaultdict(list)
        for row in await cancelled_sent.rows():
            parts = refunds.of_cancellation(made, row.id)
            found[row.order_id].append(CancelledPart(row, parts))
    return found


async def own_wallet(runtime: Runtime, user_id: str) -> Wallet:
    """A fan's wallet; one that was never needed is empty."""
    async with runtime.postgres.transaction() as tx:
        wallet = await ledger.wallet_of(tx, user_id)
    return wallet or Wallet(0, runtime.settings.sale.currency)


async def own_transfers(
    runtime: Runtime, user_id: str, *, before: UUID | None, limit: int
) -> list[Transfer]:
    """A fan's ledger lines, newest first, from the one before `before` on."""
    async with runtime.postgres.transaction() as tx:
        return await ledger.transfers_of(tx, [user_id], before=before, limit=limit)


async def seats_left(runtime: Runtime, performance_keys: list[int]) -> Done[int]:
    """How many seats of each performance can be booked now."""
    async with runtime.postgres.transaction() as tx:
        left = await seats.seats_left(tx, sorted(set(performance_keys)))
    return Done([left.get(key, 0) for key in performance_keys])


async def count_grades(runtime: Runtime, concert_ids: list[str]) -> Done[ConcertCounts]:
    """Count the seats of each concert by grade, unless an earlier batch has just done so."""
    counts = {concert_id: await _grades_of(runtime, concert_id) for concert_id in set(concert_ids)}
    return Done([counts[concert_id] for concert_id in concert_ids])


async def _grades_of(runtime: Runtime, concert_id: str) -> ConcertCounts | ConcertNotFound:
    concert = runtime.catalogue.concerts.get(concert_id)
    if concert is None:
        return ConcertNotFound()
    if (kept := runtime.grade_counts.of(concert)) is not None:
        return kept
    dates, started = phases.dates_on_sale(concert, runtime.now()), time.monotonic()
    async with runtime.postgres.transaction() as tx:
        counted = await seats.seats_by_grade(tx, [date.key for date in dates])
    # All dates of a concert have the same plan.
    english = (await runtime.plans.unpacked(dates[0])).grades_en if dates else {}
    took_s = time.monotonic() - started
    return runtime.grade_counts.keep(concert, dates, counted, english, took_s)


async def free_seats(runtime: Runtime, performance_keys: list[int]) -> Done[FreeSeats]:
    """The seats of each performance that can be booked now, as the answer's JSON. All who
    asked for the same performance in the same moment share one look."""
    async with runtime.postgres.transaction() as tx:
        lists = {key: await runtime.seat_lists.read(tx, key) for key in set(performance_keys)}
    return Done([lists[key] for key in performance_keys])
