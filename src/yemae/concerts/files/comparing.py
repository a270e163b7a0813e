"""What the database has of a concert beside what its file says. Reads, and writes nothing.

Orders in the way of a change are looked up here without a lock, so that a dry run refuses what the
load itself would refuse; `writing.py` looks again under the locks of the seats.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from yemae.concerts import queue_settings
from yemae.concerts.files import (
    concert_rows,
    kept_files,
    load_report,
    load_warnings,
    seat_diff,
    writing_blocks,
)
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert, FilePerformance
from yemae.concerts.files.concert_rows import QueueRows
from yemae.concerts.files.date_halls import DateHalls, row_of, with_new_time
from yemae.concerts.files.hall import FileSeat
from yemae.concerts.files.load_report import LoadChange, Sold
from yemae.concerts.files.seat_diff import DateSeats
from yemae.concerts.files.writing_blocks import BlockWork, Step
from yemae.concerts.presale_codes import PresaleCodes
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__, "load.sql")
OPERATORS_VALUES = QUERIES["operators_values"]
PERFORMANCES_OF_CONCERT = QUERIES["performances_of_concert"]
SEATS_IN_PLAN_ORDER = QUERIES["seats_in_plan_order"]
SEATS_IN_THE_WAY = QUERIES["seats_in_the_way"]
ORDERS_OF_PERFORMANCE = QUERIES["orders_of_performance"]

# How many seats and orders a refusal names.
NAMED_MAX = 5


class Work(NamedTuple):
    """The work on one performance that the database has already."""

    key: int
    where: str
    # None: the performance is to be dropped.
    wanted: Sequence[FileSeat] | None
    # The columns of its row, when one of them changes.
    columns: dict[str, object] | None
    present: list[FileSeat]
    blocks: list[Step]

    def gone(self) -> list[str]:
        """The seats that the file does not have any more."""
        assert self.wanted is not None
        numbers = {seat.number for seat in self.wanted}
        return [seat.number for seat in self.present if seat.number not in numbers]


class Comparison(NamedTuple):
    """One file beside the database: everything that a load of it writes and says."""

    name: str
    concert: FileConcert
    rows: QueueRows
    halls: DateHalls
    added: list[tuple[FilePerformance, Sequence[FileSeat], dict[str, object]]]
    work: list[Work]
    changes: list[LoadChange]
    warnings: list[str]
    # Whether a seat of any of its dates is sold or held.
    has_sales: bool
    blocks: BlockWork
    # The digest of the file that was loaded before.
    file_before: str | None

    def questions(self) -> list[LoadChange]:
        """The changes that an operator has to agree to: what fans have bought by."""
        return [change for change in self.changes if change.is_promise] if self.has_sales else []


async def compare(
    tx: Transaction, name: str, concert: FileConcert, codes: PresaleCodes, now: datetime
) -> Comparison:
    """Compare a file with the database. Raises ConcertFileError, naming `name`, for what cannot
    be loaded."""
    rows = await concert_rows.compare(tx, name, concert, codes, now)
    dates = [performance.id for performance in concert.performances]
    blocks = await writing_blocks.compare(tx, concert.id, dates, concert.blocks, now)
    overrides = await _overrides(tx, concert)
    compared = Comparison(
        name=name,
        concert=concert,
        rows=rows,
        halls=DateHalls(concert),
        added=[],
        work=[],
        changes=[*rows.changes, *blocks.changes],
        warnings=[*load_warnings.warnings_of(concert, overrides, now), *blocks.warnings],
        has_sales=False,
        blocks=blocks,
        file_before=await kept_files.digest_of(tx, concert.id),
    )
    return await _dates(tx, compared)


async def _overrides(tx: Transaction, concert: FileConcert) -> dict[str, dict[str, Any]]:
    """What operators have set of the concert's queues."""
    ids = [concert.id, *(sale.id for sale in concert.sales)]
    rows = await tx.fetch(OPERATORS_VALUES, ids=ids)
    return {row.concert_id: queue_settings.read(row.queue_settings) for row in rows}


async def _dates(tx: Transaction, compared: Comparison) -> Comparison:
    """The same with its dates: those to add, and the work on those that the database has."""
    name, concert = compared.name, compared.concert
    wanted = {performance.id: performance for performance in concert.performances}
    rows = await tx.fetch(
        PERFORMANCES_OF_CONCERT, concert_id=concert.id, performance_ids=list(wanted)
    )
    differing: list[DateSeats] = []
    redrawn: list[str] = []
    has_sales = False
    for row in rows:
        if row.concert_id != concert.id:
            raise ConcertFileError(
                f"{name}: performance {row.id} belongs to concert {row.concert_id} already."
            )
        present, sold = await _present(tx, row.key)
        has_sales |= bool(sold.taken)
        work = await _work(tx, compared, row, wanted.pop(row.id, None), present, sold)
        if work is None:
            continue
        compared.work.append(work)
        if work.wanted is not None and present != list(work.wanted):
            differing.append(DateSeats(row.id, present, work.wanted, sold))
        elif work.columns is not None and row.plan not in {None, work.columns["plan"]}:
            redrawn.append(row.id)
    for performance in wanted.values():
        seats, digest = compared.halls.on(performance)
        compared.added.append((performance, seats, row_of(performance, seats, digest)))
        compared.changes.append(load_report.date_added(performance, len(seats)))
    compared.changes.extend(
        seat_diff.seat_changes(differing, concert.currency, of=len(concert.performances))
    )
    if redrawn and not compared.rows.is_repriced:
        compared.changes.append(seat_diff.redrawn(redrawn, of=len(concert.performances)))
    return compared._replace(has_sales=has_sales)


async def _work(
    tx: Transaction,
    compared: Comparison,
    row: Any,
    performance: FilePerformance | None,
    present: list[FileSeat],
    sold: Sold,
) -> Work | None:
    """The work on a date that the database has; None when nothing changes."""
    where = f"{compared.name}: performance {row.id}"
    if performance is None:
        work = Work(row.key, where, None, None, present, [])
        await require_no_orders(tx, work)
        compared.changes.append(load_report.date_removed(row.id))
        return work
    wanted, digest = compared.halls.on(performance)
    columns = with_new_time(row_of(performance, wanted, digest), row)
    is_changed = columns != {column: getattr(row, column) for column in columns}
    steps = compared.blocks.steps.get(row.id, [])
    if not is_changed and not steps and present == list(wanted):
        return None
    zone = compared.concert.time_zone
    compared.changes.extend(load_report.date_changes(row._asdict(), columns, zone, len(sold.taken)))
    work = Work(row.key, where, wanted, columns if is_changed else None, present, steps)
    await require_unsold(tx, work)
    return work


async def _present(tx: Transaction, key: int) -> tuple[list[FileSeat], Sold]:
    """The seats of a date in plan order, and which of them are sold or held."""
    rows = await tx.fetch(SEATS_IN_PLAN_ORDER, performance_key=key)
    seats = [FileSeat(*row[2:]) for row in rows]
    sold = frozenset(row.number for row in rows if row.is_sold)
    return seats, Sold(sold, frozenset(row.number for row in rows if row.is_taken))


async def require_unsold(tx: Transaction, work: Work) -> None:
    """Refuse to take away seats that are sold or held; orders that have ended do not count."""
    gone = work.gone()
    if not gone:
        return
    rows = await tx.fetch(SEATS_IN_THE_WAY, performance_key=work.key, numbers=gone)
    if rows:
        named = [f"seat {row.number} (order {row.order_id}, {row.status})" for row in rows]
        raise ConcertFileError(
            f"{work.where} is without seats that are sold or held: "
            f"{load_report.some(named, NAMED_MAX)}; `yemae orders move` gives them others first."
        )


async def require_no_orders(tx: Transaction, work: Work) -> None:
    """Refuse to take away a date with orders, ended ones too: they are records."""
    rows = await tx.fetch(ORDERS_OF_PERFORMANCE, performance_key=work.key)
    if rows:
        named = [f"order {row.id} ({row.status})" for row in rows]
        raise ConcertFileError(
            f"{work.where} is not in the file any more, but has orders: "
            f"{load_report.some(named, NAMED_MAX)}."
        )
