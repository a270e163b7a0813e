"""Writes concerts into the database, all or none, and reports what has changed.

Seats are locked as holds lock them, in key order, whatever the order of the files. What takes seats
away has these locks and has looked for orders after that, so no order loses a seat.
"""

from collections.abc import Sequence
from typing import NamedTuple

from yemae.concerts import queue_settings
from yemae.concerts.files import load_report, writing_blocks, writing_content
from yemae.concerts.files.concert_file import (
    ConcertFileError,
    FileConcert,
    FileSeat,
)
from yemae.concerts.files.concert_rows import write_rows
from yemae.concerts.files.date_halls import DateHalls, row_of
from yemae.concerts.files.writing_blocks import BlockWork, Step
from yemae.concerts.presale_codes import PresaleCodes
from yemae.concerts.seat_map.changes import CHANNEL
from yemae.refusals import SeatsInTheWay
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__, "load.sql")
LOCK_LOADS = QUERIES["lock_loads"]
STORE_TIME = QUERIES["store_time"]
OPERATORS_VALUES = QUERIES["operators_values"]
PERFORMANCES_OF_CONCERT = QUERIES["performances_of_concert"]
LOCK_PLAN = QUERIES["lock_plan"]
SEATS_IN_THE_WAY = QUERIES["seats_in_the_way"]
ORDERS_OF_PERFORMANCE = QUERIES["orders_of_performance"]
DROP_PERFORMANCE = QUERIES["drop_performance"]
DROP_SEATS = QUERIES["drop_seats"]
ADD_PERFORMANCE = QUERIES["add_performance"]
ANNOUNCE_LOAD = QUERIES["announce_load"]
CHANGE_PERFORMANCE = QUERIES["change_performance"]
SEATS_IN_PLAN_ORDER = QUERIES["seats_in_plan_order"]
WRITE_SEATS = QUERIES["write_seats"]
DROP_UNUSED_PLANS = QUERIES["drop_unused_plans"]

# How many seats and orders a refusal names.
NAMED_MAX = 5


class LoadResult(NamedTuple):
    """The result of one file: sentences about what has changed, and about what looks like a
    mistake."""

    file: str
    concert_id: str
    performances: int
    seats: int
    changes: list[str]
    warnings: list[str]


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


async def write(
    tx: Transaction, name: str, concert: FileConcert, codes: PresaleCodes
) -> LoadResult:
    """Write one concert with its performances and seats. Raises ConcertFileError naming `name`."""
    (result,) = await write_all(tx, [(name, concert)], codes)
    return result


async def write_all(
    tx: Transaction, concerts: Sequence[tuple[str, FileConcert]], codes: PresaleCodes
) -> list[LoadResult]:
    """Write concerts, all or none. Raises ConcertFileError that names the file."""
    await tx.send(LOCK_LOADS)
    now = (await (await tx.send(STORE_TIME)).one()).now
    results: list[LoadResult] = []
    work: list[tuple[Work, list[str]]] = []
    every_block: list[BlockWork] = []
    for name, concert in concerts:
        own = await (await tx.send(OPERATORS_VALUES, id=concert.id)).row()
        await writing_content.write(tx, concert)
        changes = await write_rows(tx, name, concert, codes)
        dates = [performance.id for performance in concert.performances]
        blocks = await writing_blocks.prepare(tx, concert.id, dates, concert.blocks, now)
        changes += blocks.changes
        every_block.append(blocks)
        work += [
            (each, changes) for each in await _performances(tx, name, concert, changes, blocks)
        ]
        overrides = {} if own is None else queue_settings.read(own.queue_settings)
        warnings = [*load_report.warnings_of(concert, overrides, now), *blocks.warnings]
        results.append(
            LoadResult(
                name,
                concert.id,
                len(concert.performances),
                len(concert.seats),
                changes,
                warnings,
            )
        )
    # All seats are locked in key order, as holds lock them, whatever the order of the files.
    for each, noted in sorted(work, key=lambda one: one[0].key):
        noted.extend(await _do(tx, each))
    for blocks in every_block:
        await writing_blocks.forget(tx, blocks)
    await tx.send(DROP_UNUSED_PLANS)
    await writing_content.drop_unused_posters(tx)
    return results


async def _performances(
    tx: Transaction, name: str, concert: FileConcert, changes: list[str], blocks: BlockWork
) -> list[Work]:
    """Add the performances that are new, with the plans of all, and return the work on the
    others."""
    wanted = {performance.id: performance for performance in concert.performances}
    present = await tx.fetch(
        PERFORMANCES_OF_CONCERT, concert_id=concert.id, performance_ids=list(wanted)
    )
    for row in present:
        if row.concert_id != concert.id:
            raise ConcertFileError(
                f"{name}: performance {row.id} belongs to concert {row.concert_id} already."
            )
    halls = DateHalls(tx, concert)
    work = []
    for row in present:
        where = f"{name}: performance {row.id}"
        performance = wanted.pop(row.id, None)
        if performance is None:
            changes.append(f"performance {row.id} dropped")
            work.append(Work(row.key, where, None, None, [], []))
            continue
        wanted_seats, digest = await halls.on(performance)
        columns = row_of(performance, wanted_seats, digest)
        changed = columns != {column: getattr(row, column) for column in columns}
        changes += load_report.performance_changes(row._asdict(), columns, concert.time_zone)
        seats = [
            FileSeat(*seat) for seat in await tx.fetch(SEATS_IN_PLAN_ORDER, performance_key=row.key)
        ]
        steps = blocks.steps.get(row.id, [])
        if changed or steps or seats != list(wanted_seats):
            own = columns if changed else None
            work.append(Work(row.key, where, wanted_seats, own, seats, steps))
    for performance in wanted.values():
        wanted_seats, digest = await halls.on(performance)
        columns = row_of(performance, wanted_seats, digest)
        sent = await tx.send(ADD_PERFORMANCE, id=performance.id, concert_id=concert.id, **columns)
        key = (await sent.one()).key
        await _write_seats(tx, key, wanted_seats)
        await writing_blocks.take(tx, key, blocks.steps.get(performance.id, []))
        changes.append(f"performance {performance.id} added")
    return work


async def _do(tx: Transaction, work: Work) -> list[str]:
    """Bring a performance's seats, and its row when that changes, to the file. Returns what changed
    of the seats. Raises ConcertFileError when orders are in the way."""
    await tx.send(LOCK_PLAN, performance_key=work.key)
    await tx.send(ANNOUNCE_LOAD, performance_key=work.key, channel=CHANNEL)
    if work.wanted is None:
        await _require_no_orders(tx, work)
        await tx.send(DROP_PERFORMANCE, performance_key=work.key)
        return []
    if work.columns is not None:
        await tx.send(CHANGE_PERFORMANCE, performance_key=work.key, **work.columns)
    await writing_blocks.release(tx, work.key, work.blocks)
    changes = await _change_seats(tx, work, work.wanted)
    try:
        await writing_blocks.take(tx, work.key, work.blocks)
    except SeatsInTheWay as refusal:
        raise ConcertFileError(f"{work.where} has blocks on seats in the way: {refusal}") from None
    return changes


async def _change_seats(tx: Transaction, work: Work, wanted: Sequence[FileSeat]) -> list[str]:
    if work.present == list(wanted):
        return []
    numbers = {seat.number for seat in wanted}
    gone = [seat.number for seat in work.present if seat.number not in numbers]
    if gone:
        await _require_unsold(tx, work, gone)
        await tx.send(DROP_SEATS, performance_key=work.key, numbers=gone)
    await _write_seats(tx, work.key, wanted)
    return load_report.seat_changes(work.where.rpartition(" ")[2], work.present, wanted)


async def _write_seats(tx: Transaction, key: int, seats: Sequence[FileSeat]) -> None:
    await tx.send(
        WRITE_SEATS,
        performance_key=key,
        numbers=[seat.number for seat in seats],
        grades=[seat.grade for seat in seats],
        prices=[seat.price for seat in seats],
        marks=[seat.mark for seat in seats],
        areas=[seat.area for seat in seats],
    )


async def _require_unsold(tx: Transaction, work: Work, gone: Sequence[str]) -> None:
    """Refuse to take away seats that are sold or held; orders that have ended do not count."""
    rows = await tx.fetch(SEATS_IN_THE_WAY, performance_key=work.key, numbers=list(gone))
    if rows:
        named = [f"seat {row.number} (order {row.order_id}, {row.status})" for row in rows]
        raise ConcertFileError(
            f"{work.where} is without seats that are sold or held: "
            f"{load_report.some(named, NAMED_MAX)}; `yemae orders move` gives them others first."
        )


async def _require_no_orders(tx: Transaction, work: Work) -> None:
    rows = await tx.fetch(ORDERS_OF_PERFORMANCE, performance_key=work.key)
    if rows:
        named = [f"order {row.id} ({row.status})" for row in rows]
        raise ConcertFileError(
            f"{work.where} is not in the file any more, but has orders: "
            f"{load_report.some(named, NAMED_MAX)}."
        )
