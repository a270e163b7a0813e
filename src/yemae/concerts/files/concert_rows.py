"""The rows of a concert: its own, which is its general sale, and one for each other sale.

`compare` reads what the database has and says what is different; `write` brings it to the file. A
sale that the file no longer has ends with the load; its row stays for its orders and its log.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from uuid_utils.compat import uuid7

from yemae.concerts import controls, lanes, phases, pricing, queue_settings
from yemae.concerts.files import load_report, price_diff, writing_content
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert
from yemae.concerts.files.load_report import LoadChange
from yemae.concerts.lanes import LaneSettings
from yemae.concerts.phases import Phase
from yemae.concerts.presale_codes import PresaleCodes
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries
from yemae.values.time_zones import offset_minutes

QUERIES = load_queries(__file__, "load.sql")
CONCERT_BEFORE = QUERIES["concert_before"]
WRITE_CONCERT = QUERIES["write_concert"]
PHASES_OF_CONCERT = QUERIES["phases_of_concert"]
END_PHASE = QUERIES["end_phase"]

# The limits that orders and passes were judged by, so that a change of one is in the log.
LIMITS = (
    "seat_limit",
    "seat_limit_per_concert",
    "queueing_method",
    "active_limit",
    "admit_per_minute",
)
# The same of a phase.
PHASE_LIMITS = ("allotment", "allotment_percent")


class QueueRow(NamedTuple):
    """The row of one queue beside its file."""

    queue_id: str
    # None: it is new.
    before: Mapping[str, Any] | None
    columns: Mapping[str, Any]
    settings: Mapping[str, Any]

    def after(self) -> dict[str, Any]:
        """Its fields and the settings of its queue, by the file."""
        return {**self.columns, **self.settings}

    def limits(self) -> dict[str, Any]:
        """The limits that a load changes, for the log: orders and admissions of before were judged
        by the old ones."""
        if self.before is None:
            return {}
        before, after = _limits(self.before), _limits(self.after())
        return {
            name: {"from": before[name], "to": after[name]}
            for name in before
            if before[name] != after[name]
        }


class QueueRows(NamedTuple):
    """All rows of a concert, and what is different of them."""

    own: QueueRow
    sales: list[QueueRow]
    # The sales that the file does not have any more, and that have not ended.
    gone: list[str]
    # Whether price types or the booking fee are different: plans show them.
    is_repriced: bool
    changes: list[LoadChange]


async def compare(
    tx: Transaction, name: str, concert: FileConcert, codes: PresaleCodes, now: datetime
) -> QueueRows:
    """Compare the rows, and lock them. Raises ConcertFileError that names the file."""
    before = await _before(tx, concert.id)
    _require_codes(name, "queue.lanes", concert.queue.lanes, before)
    columns = _columns(concert, codes, before)
    own = QueueRow(concert.id, before, columns, concert.settings())
    if own.before is not None and own.before["phase_of"] is not None:
        raise ConcertFileError(
            f"{name}: {concert.id} is a sale of concert {own.before['phase_of']} already."
        )
    sales = await _sales(tx, name, concert, columns, codes)
    present = await tx.fetch(PHASES_OF_CONCERT, id=concert.id)
    named = {sale.id for sale in concert.sales}
    gone = [
        row.id
        for row in present
        if row.id not in named and not phases.read(row.phase).has_ended(now)
    ]
    repriced = _pricing_changes(own, concert)
    changes = load_report.concert_changes(own.queue_id, own.before, own.after()) + repriced
    for sale in sales:
        changes += load_report.sale_changes(sale.queue_id, sale.before, sale.after())
    changes += [load_report.sale_removed(sale_id) for sale_id in gone]
    return QueueRows(own, sales, gone, bool(repriced), changes)


async def write(tx: Transaction, rows: QueueRows, who: str) -> None:
    """Write the rows. A sale whose limits change has a line in its log, as an operator's change
    has."""
    for row in (rows.own, *rows.sales):
        settings = queue_settings.stored(row.settings)
        await tx.send(WRITE_CONCERT, id=row.queue_id, queue_settings=settings, **row.columns)
    for sale in rows.sales:
        if limits := sale.limits():
            await controls.log(tx, uuid7(), sale.queue_id, who, "load", limits)
    for sale_id in rows.gone:
        await tx.send(END_PHASE, id=sale_id)


async def _sales(
    tx: Transaction,
    name: str,
    concert: FileConcert,
    columns: Mapping[str, Any],
    codes: PresaleCodes,
) -> list[QueueRow]:
    """The rows of `[[sales]]`."""
    rows = []
    for index, sale in enumerate(concert.sales):
        before = await _before(tx, sale.id)
        if before is not None and before["phase_of"] != concert.id:
            owner = before["phase_of"] or sale.id
            raise ConcertFileError(f"{name}: {sale.id} belongs to concert {owner} already.")
        path = f"sales[{index}]"
        kept = _kept_codes(before) if sale.keep_codes else []
        if sale.keep_codes and not kept:
            raise _no_codes(name, path, sale.id)
        _require_codes(name, f"{path}.lanes", sale.lanes, before)
        own = {
            **columns,
            "seat_limit": sale.seat_limit or concert.seat_limit,
            "lanes": lanes.stored(sale.id, sale.lanes, codes, _lanes(before)),
            "phase_of": concert.id,
            "phase": phases.stored(sale.id, sale.phase(), sale.codes, codes, kept),
        }
        rows.append(QueueRow(sale.id, before, own, sale.settings(concert.queue)))
    return rows


def _limits(row: Mapping[str, Any]) -> dict[str, Any]:
    phase = load_report.phase_of(row)
    limits = {name: row[name] for name in LIMITS}
    return limits | {name: getattr(phase, name) for name in PHASE_LIMITS}


async def _before(tx: Transaction, queue_id: str) -> dict[str, Any] | None:
    row = await (await tx.send(CONCERT_BEFORE, id=queue_id)).row()
    if row is None:
        return None
    settings = queue_settings.merged(queue_settings.read(row.queue_settings), {})
    return {**row._asdict(), **msgspec.structs.asdict(settings)}


def _pricing_changes(own: QueueRow, concert: FileConcert) -> list[LoadChange]:
    if own.before is None:
        return []
    was = pricing.read(own.before["pricing"])
    return price_diff.pricing_changes(was, concert.pricing, concert.currency)


def _lanes(before: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    """The lanes of a row as it is."""
    return () if before is None else before["lanes"]


def _kept_codes(before: Mapping[str, Any] | None) -> list[str]:
    """What is kept of the codes of a phase, in their order."""
    phase = None if before is None else before["phase"]
    return [] if phase is None else list(phase["code_hashes"])


def _require_codes(
    name: str, path: str, wanted: Sequence[LaneSettings], before: Mapping[str, Any] | None
) -> None:
    """Refuse lanes that keep codes of which the server has none: no fan could be in them."""
    known = lanes.code_hashes(_lanes(before))
    for index, lane in enumerate(wanted):
        if lane.keep_codes and not known.get(lane.name):
            raise _no_codes(name, f"{path}[{index}]", lane.name)


def _no_codes(name: str, path: str, of: str) -> ConcertFileError:
    field = f"{path}.keep_codes"
    problem = f"expected codes, because this server has none of {of} to keep"
    return ConcertFileError(f"{name}: {field}: {problem}.", field, problem)


def _columns(
    concert: FileConcert, codes: PresaleCodes, before: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What a concert's row says of it, beside the settings of its queue."""
    return {
        "listing": concert.listing,
        "title": concert.title,
        "artist": concert.artist,
        "venue": concert.venue,
        "time_zone": concert.time_zone,
        **writing_content.columns(concert),
        "currency": concert.currency,
        "seat_limit": concert.seat_limit,
        "seat_limit_per_concert": concert.seat_limit_per_concert,
        "hidden": concert.hidden,
        "archived": concert.archived,
        "lanes": lanes.stored(concert.id, concert.queue.lanes, codes, _lanes(before)),
        "utc_offset_minutes": offset_minutes(concert.sale_opens_at),
        "pricing": pricing.stored(concert.pricing),
        "phase_of": None,
        "phase": phases.stored(concert.id, Phase(ends_at=concert.sale_ends_at), (), codes),
    }
