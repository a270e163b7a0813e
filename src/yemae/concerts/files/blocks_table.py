"""The `[[blocks]]` of a concert file: seats that are held back from the sale. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.concerts.files.file_source import FileSource, shown
from yemae.concerts.limits import Moment, Slug, wrong_moment
from yemae.concerts.seat_blocks import BLOCKS_MAX, COLOR, NOTE, Color, Note, Reason
from yemae.concerts.seat_map.plan import Plan
from yemae.concerts.seat_map.selection import Selection, UnknownPart, selected

PATTERN_WORDS = {COLOR: "#rrggbb, such as #cc3366", NOTE: "one line without control characters"}


class BlockTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One block as it is written; its seats are everything that `sections`, `rows`, `seats` or
    `all` name, of the `performances`, or of all."""

    name: Slug
    reason: Reason
    note: Note = ""
    color: Color | None = None
    releases_at: Moment | None = None
    performances: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()
    all: bool = False


BlockTables = Annotated[tuple[BlockTable, ...], Meta(max_length=BLOCKS_MAX)]


class FileBlock(msgspec.Struct, frozen=True):
    """A block after the cross checks: `seats` of each of the `performances`, in plan order."""

    name: str
    reason: Reason
    note: str
    color: str | None
    releases_at: datetime | None
    performances: tuple[str, ...]
    seats: tuple[str, ...]


def checked(
    source: FileSource, tables: Sequence[BlockTable], plan: Plan, performances: Sequence[str]
) -> tuple[FileBlock, ...]:
    """The blocks of a file. Refuses a seat that is in two blocks of one date, and what the plan or
    the dates do not have."""
    names: dict[str, str] = {}
    blocks: list[FileBlock] = []
    for index, table in enumerate(tables):
        path = f"blocks[{index}]"
        source.once(names, table.name, f"{path}.name", "name of a block")
        block = _checked(source, path, table, plan, performances)
        for other in blocks:
            if both := _shared(block, other):
                source.refuse(path, f"seat {shown(both)} is in block {shown(other.name)} too")
        blocks.append(block)
    return tuple(blocks)


def _checked(
    source: FileSource, path: str, table: BlockTable, plan: Plan, performances: Sequence[str]
) -> FileBlock:
    for place, performance_id in enumerate(table.performances):
        if performance_id not in performances:
            known = f"expected one of the performances, found {shown(performance_id)}"
            source.refuse(f"{path}.performances[{place}]", known)
    if table.releases_at is not None and (wrong := wrong_moment(table.releases_at)):
        source.refuse(f"{path}.releases_at", wrong)
    wanted = Selection(table.sections, table.rows, table.seats, table.all)
    if wanted.is_empty():
        source.refuse(path, "expected sections, rows, seats or all, found none of them")
    try:
        seats = selected(plan, wanted)
    except UnknownPart as unknown:
        such = ", such as 1F:A" if unknown.field == "rows" else ""
        expected = f"expected {unknown.field} of the plan{such}"
        source.refuse(f"{path}.{unknown.field}", f"{expected}, found {shown(unknown.name)}")
    dates = table.performances or tuple(performances)
    return FileBlock(
        table.name, table.reason, table.note, table.color, table.releases_at, dates, tuple(seats)
    )


def _shared(block: FileBlock, other: FileBlock) -> str | None:
    """The first seat that both have on one date."""
    if set(block.performances).isdisjoint(other.performances):
        return None
    both = set(block.seats) & set(other.seats)
    return next((seat for seat in block.seats if seat in both), None)
