"""Writes the rows of a concert: its own, which is its general sale, and one for each other phase.

A phase that the file no longer has ends with the load; its row stays for its orders and its log.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from uuid_utils.compat import uuid7

from yemae.concerts import controls, lanes, phases, pricing, queue_settings
from yemae.concerts.files import load_report, writing_content
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert
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


async def write_rows(
    tx: Transaction, name: str, concert: FileConcert, codes: PresaleCodes
) -> list[str]:
    """Write the rows. Returns sentences about what has changed; raises ConcertFileError that names
    the file."""
    columns = _columns(concert, codes)
    before = await _before(tx, concert.id)
    if before is not None and before["phase_of"] is not None:
        raise ConcertFileError(
            f"{name}: {concert.id} is a sale of concert {before['phase_of']} already."
        )
    changes = await _write(tx, concert.id, before, columns, concert.settings())
    present = {row.id for row in await tx.fetch(PHASES_OF_CONCERT, id=concert.id)}
    for sale in concert.sales:
        before = await _before(tx, sale.id)
        if before is not None and before["phase_of"] != concert.id:
            owner = before["phase_of"] or sale.id
            raise ConcertFileError(f"{name}: {sale.id} belongs to concert {owner} already.")
        own = {
            **columns,
            "seat_limit": sale.seat_limit or concert.seat_limit,
            "lanes": lanes.stored(sale.id, sale.lanes, codes),
            "phase_of": concert.id,
            "phase": phases.stored(sale.id, sale.phase(), sale.codes, codes),
        }
        said = await _write(tx, sale.id, before, own, sale.settings(concert.queue))
        changes += [f"sale {sale.id}: {change}" for change in said]
    for gone in sorted(present - {sale.id for sale in concert.sales}):
        if await (await tx.send(END_PHASE, id=gone)).row() is not None:
            changes.append(f"sale {gone}: not in the file any more, so it has ended")
    return changes


async def _write(
    tx: Transaction,
    queue_id: str,
    before: Mapping[str, Any] | None,
    columns: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> list[str]:
    """Write one row, and log a change of its limits."""
    await tx.send(
        WRITE_CONCERT, id=queue_id, queue_settings=queue_settings.stored(settings), **columns
    )
    after = {**columns, **settings}
    if before is not None:
        await _log_limits(tx, queue_id, before, after)
    return load_report.changes_of(before, after)


async def _before(tx: Transaction, queue_id: str) -> dict[str, Any] | None:
    row = await (await tx.send(CONCERT_BEFORE, id=queue_id)).row()
    if row is None:
        return None
    settings = queue_settings.merged(queue_settings.read(row.queue_settings), {})
    return {**row._asdict(), **msgspec.structs.asdict(settings)}


def _columns(concert: FileConcert, codes: PresaleCodes) -> dict[str, Any]:
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
        "lanes": lanes.stored(concert.id, concert.queue.lanes, codes),
        "utc_offset_minutes": offset_minutes(concert.sale_opens_at),
        "pricing": pricing.stored(concert.pricing),
        "phase_of": None,
        "phase": phases.stored(concert.id, Phase(ends_at=concert.sale_ends_at), (), codes),
    }


async def _log_limits(
    tx: Transaction, queue_id: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """A load that changes limits has a line in the log of the queue, as an operator's change has:
    orders and admissions of before were judged by the old limits."""
    was = phases.read(before["phase"])
    now = phases.read(msgspec.json.decode(after["phase"]) if after["phase"] else None)
    changed = {
        name: {"from": before[name], "to": after[name]}
        for name in LIMITS
        if before[name] != after[name]
    } | {
        name: {"from": getattr(was, name), "to": getattr(now, name)}
        for name in PHASE_LIMITS
        if getattr(was, name) != getattr(now, name)
    }
    if changed:
        await controls.log(tx, uuid7(), queue_id, controls.operator(), "load", changed)
