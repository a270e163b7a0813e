"""Writes concerts into the database, all or none, and reports what has changed.

Seats are locked as holds lock them, in key order, whatever the order of the files. What takes seats
away has these locks and has looked for orders after that, so no order loses a seat.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from uuid_utils.compat import uuid7

from yemae.concerts import controls
from yemae.concerts.files import (
    comparing,
    concert_rows,
    kept_files,
    writing_blocks,
    writing_content,
)
from yemae.concerts.files.comparing import Comparison, Work
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert
from yemae.concerts.files.hall import FileSeat
from yemae.concerts.files.load_report import LoadChange, listed
from yemae.concerts.presale_codes import PresaleCodes
from yemae.concerts.seat_map.changes import CHANNEL
from yemae.refusals import SeatsInTheWay
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__, "load.sql")
LOCK_LOADS = QUERIES["lock_loads"]
STORE_TIME = QUERIES["store_time"]
LOCK_PLAN = QUERIES["lock_plan"]
DROP_PERFORMANCE = QUERIES["drop_performance"]
DROP_SEATS = QUERIES["drop_seats"]
ADD_PERFORMANCE = QUERIES["add_performance"]
ANNOUNCE_LOAD = QUERIES["announce_load"]
CHANGE_PERFORMANCE = QUERIES["change_performance"]
WRITE_SEATS = QUERIES["write_seats"]
WRITE_PLAN = QUERIES["write_plan"]
DROP_UNUSED_PLANS = QUERIES["drop_unused_plans"]

# How many lines of a diff the log keeps.
LOGGED_MAX = 50

# A change that an operator has agreed to: the concert's id, and what changes, without the counts
# that grow while a sale runs.
Agreement = tuple[str, str]
# What a result says that is for no reader of a log.
NOT_LOGGED = frozenset({"questions", "before", "is_new"})


class LoadResult(NamedTuple):
    """The result of one file: what has changed, what looks like a mistake, and what an operator had
    to agree to."""

    file: str
    concert_id: str
    performances: int
    seats: int
    changes: list[LoadChange]
    warnings: list[str]
    questions: list[LoadChange]
    # The digest of the file that was loaded before; None: there is none.
    before: str | None = None
    # Whether the database did not have the concert.
    is_new: bool = False

    def agreements(self) -> set[Agreement]:
        """What an operator agrees to who says yes to this."""
        return {(self.concert_id, change.what) for change in self.questions}

    def logged(self) -> dict[str, Any]:
        """The same for the log of a server that loads files at its start."""
        changes = [str(change) for change in self.changes]
        return {
            name: changes if name == "changes" else value
            for name, value in self._asdict().items()
            if name not in NOT_LOGGED
        }


class NotAgreedError(Exception):
    """A load changes prices, dates or openings after the first sale. Nothing was written."""

    def __init__(self, results: list[LoadResult]) -> None:
        super().__init__(f"{len(results)} files")
        self.results = results


async def write(
    tx: Transaction, name: str, concert: FileConcert, codes: PresaleCodes
) -> LoadResult:
    """Write one concert with its performances and seats. Raises ConcertFileError naming `name`."""
    (result,) = await write_all(tx, [(name, concert)], codes)
    return result


async def compare_all(
    tx: Transaction, concerts: Sequence[tuple[str, FileConcert]], codes: PresaleCodes
) -> list[Comparison]:
    """What a load of these files would do, while no other load writes. Raises ConcertFileError."""
    await tx.send(LOCK_LOADS)
    now = (await (await tx.send(STORE_TIME)).one()).now
    return [await comparing.compare(tx, name, concert, codes, now) for name, concert in concerts]


async def write_all(
    tx: Transaction,
    concerts: Sequence[tuple[str, FileConcert]],
    codes: PresaleCodes,
    agreed: frozenset[Agreement] | None = None,
    *,
    who: str | None = None,
    check: Callable[[Sequence[LoadResult]], None] | None = None,
) -> list[LoadResult]:
    """Write concerts, all or none; `agreed` None agrees to every change. `who` loads them, in the
    words of the log; None: the user of this command, who has no line for a new concert. `check`
    sees what will be written, and raises to stop it. Raises ConcertFileError that names the file,
    or NotAgreedError."""
    compared = await compare_all(tx, concerts, codes)
    results = [result_of(each) for each in compared]
    if check is not None:
        check(results)
    if agreed is not None and any(result.agreements() - agreed for result in results):
        raise NotAgreedError(results)
    for each in compared:
        await _write_concert(tx, each, who)
    # All seats are locked in key order, as holds lock them, whatever the order of the files.
    work = [one for each in compared for one in each.work]
    for one in sorted(work, key=lambda one: one.key):
        await _do(tx, one)
    for each in compared:
        await writing_blocks.forget(tx, each.blocks)
    await tx.send(DROP_UNUSED_PLANS)
    await writing_content.drop_unused_posters(tx)
    return results


def result_of(compared: Comparison) -> LoadResult:
    """What a comparison says to the operator."""
    concert = compared.concert
    return LoadResult(
        compared.name,
        concert.id,
        len(concert.performances),
        len(concert.seats),
        compared.changes,
        compared.warnings,
        compared.questions(),
        compared.file_before,
        compared.rows.own.before is None,
    )


async def _write_concert(tx: Transaction, compared: Comparison, by: str | None) -> None:
    """Write the rows of a concert, its plans, and the dates that are new."""
    concert = compared.concert
    who = by or controls.operator()
    await writing_content.write(tx, concert)
    await concert_rows.write(tx, compared.rows, who)
    await kept_files.write(tx, concert)
    for packed in compared.halls.plans():
        await tx.send(WRITE_PLAN, **packed._asdict())
    await writing_blocks.write(tx, concert.id, compared.blocks, who)
    for performance, seats, columns in compared.added:
        sent = await tx.send(ADD_PERFORMANCE, id=performance.id, concert_id=concert.id, **columns)
        key = (await sent.one()).key
        await _write_seats(tx, key, seats)
        await writing_blocks.take(tx, key, compared.blocks.steps.get(performance.id, []))
    if compared.rows.own.before is not None or by is not None:
        await _log(tx, compared, who)


async def _log(tx: Transaction, compared: Comparison, who: str) -> None:
    """A load that changes a concert has a line in the log, as an operator's change has."""
    # Each block has a line of its own.
    own = [str(change) for change in compared.changes if change not in compared.blocks.changes]
    if own:
        details = {**compared.rows.own.limits(), "changes": listed(own, LOGGED_MAX)}
        await controls.log(tx, uuid7(), compared.concert.id, who, "load", details)


async def _do(tx: Transaction, work: Work) -> None:
    """Bring a performance's seats, and its row when that changes, to the file. Raises
    ConcertFileError when orders are in the way."""
    await tx.send(LOCK_PLAN, performance_key=work.key)
    await tx.send(ANNOUNCE_LOAD, performance_key=work.key, channel=CHANNEL)
    if work.wanted is None:
        await comparing.require_no_orders(tx, work)
        await tx.send(DROP_PERFORMANCE, performance_key=work.key)
        return
    if work.columns is not None:
        await tx.send(CHANGE_PERFORMANCE, performance_key=work.key, **work.columns)
    await writing_blocks.release(tx, work.key, work.blocks)
    await _change_seats(tx, work, work.wanted)
    try:
        await writing_blocks.take(tx, work.key, work.blocks)
    except SeatsInTheWay as refusal:
        raise ConcertFileError(f"{work.where} has blocks on seats in the way: {refusal}") from None


async def _change_seats(tx: Transaction, work: Work, wanted: Sequence[FileSeat]) -> None:
    if work.present == list(wanted):
        return
    await comparing.require_unsold(tx, work)
    if gone := work.gone():
        await tx.send(DROP_SEATS, performance_key=work.key, numbers=gone)
    await _write_seats(tx, work.key, wanted)


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
