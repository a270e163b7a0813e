"""The blocks of a concert file in the database: a load brings what changed in the file.

What the file said at the last load is kept with the block. Seats that it names anew are blocked,
seats that it names no more are released, and all others stay as operators have left them; so a load
of the same file changes nothing. A block whose release time has passed takes no seats.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from yemae.concerts import controls, seat_blocks
from yemae.concerts.files.blocks_table import FileBlock
from yemae.concerts.files.load_report import LoadChange, Mark
from yemae.concerts.seat_blocks import Block
from yemae.store.postgres import Transaction


class Step(NamedTuple):
    """What a load does with a block on one performance."""

    block: Block
    takes: list[str]
    frees: list[str]
    # Whether its seats get another release time.
    is_timed: bool


class BlockWork(NamedTuple):
    """What a load does with the blocks of a concert, by performance id, and its sentences."""

    steps: dict[str, list[Step]]
    changes: list[LoadChange]
    warnings: list[str]
    # Blocks that the file does not have any more.
    left_out: list[Block]
    # Blocks that the load writes, each with its line in the log.
    written: list[tuple[Block, dict[str, object]]]


class ChangedBlock(NamedTuple):
    """A block before the load, and after it; and what the file said of it last, and says now. A
    block that the file has lost says that it has no seats."""

    before: Block | None
    after: Block
    was: FileBlock
    says: FileBlock


async def compare(
    tx: Transaction,
    concert_id: str,
    performances: Sequence[str],
    blocks: Sequence[FileBlock],
    now: datetime,
) -> BlockWork:
    """Find what is to be done with the blocks of a concert and with their seats of these
    performances. Writes nothing."""
    work = BlockWork({}, [], [], [], [])
    for change in _changes(await seat_blocks.blocks_of(tx, concert_id), blocks):
        after = change.after
        if after.file is None:
            work.left_out.append(after)
        is_over = after.releases_at is not None and after.releases_at <= now
        if is_over and change.says.seats:
            work.warnings.append(f"block {after.name} takes no seats: its releases_at has passed")
        dates = _dates(change, performances)
        steps = {date: _step(change, date, is_over=is_over) for date in dates}
        for date, step in steps.items():
            work.steps.setdefault(date, []).append(step)
        counts = {
            "added": sum(len(step.takes) for step in steps.values()),
            "removed": sum(len(step.frees) for step in steps.values()),
        }
        said = [f"{count:,} seats {what}" for what, count in counts.items() if count]
        if after.file is None:
            said = ["not in the file any more"]
        mark: Mark = "-" if after.file is None else "+" if change.before is None else "~"
        work.changes.append(LoadChange(mark, f"block {after.name}: {', '.join(said) or 'changed'}"))
        work.written.append((after, {"block": after.name, **counts}))
    return work


async def write(tx: Transaction, concert_id: str, work: BlockWork, who: str) -> None:
    """Write what is said of the blocks, each with its line in the log; the concert is locked."""
    for block, details in work.written:
        await seat_blocks.write_block(tx, concert_id, block, who)
        await controls.log(tx, uuid7(), concert_id, who, "load", details)


def _changes(present: Mapping[str, Block], blocks: Sequence[FileBlock]) -> list[ChangedBlock]:
    """The blocks of which the file says something else than at the last load."""
    changes = []
    for block in blocks:
        before = present.get(block.name)
        was = _last_said(before)
        if was != block:
            changes.append(
                ChangedBlock(before, _after(before, was, block), was or _empty(block), block)
            )
    named = {block.name for block in blocks}
    for name, before in present.items():
        was = _last_said(before)
        if was is not None and name not in named:
            changes.append(ChangedBlock(before, before._replace(file=None), was, _empty(was)))
    return changes


def _last_said(block: Block | None) -> FileBlock | None:
    if block is None or block.file is None:
        return None
    return msgspec.json.decode(block.file, type=FileBlock)


def _empty(block: FileBlock) -> FileBlock:
    return replace(block, performances=(), seats=())


def _after(before: Block | None, was: FileBlock | None, block: FileBlock) -> Block:
    """What is said of a block after the load: of each value what the file changed, else what was
    there."""
    file = msgspec.json.encode(block).decode()
    new = Block(uuid7(), block.name, block.reason, block.note, block.color, block.releases_at, file)
    if before is None or was is None:
        return new if before is None else new._replace(id=before.id)
    changed = {
        name: getattr(block, name)
        for name in ("reason", "note", "color", "releases_at")
        if getattr(block, name) != getattr(was, name)
    }
    return before._replace(file=file, **changed)


def _is_timed(change: ChangedBlock) -> bool:
    before = change.before
    return before is not None and before.releases_at != change.after.releases_at


def _dates(change: ChangedBlock, performances: Sequence[str]) -> list[str]:
    """The performances that a change is about. A release time is that of all seats of a block,
    also of those that an operator has blocked."""
    every = performances if _is_timed(change) else ()
    return list(dict.fromkeys([*change.was.performances, *change.says.performances, *every]))


def _step(change: ChangedBlock, date: str, *, is_over: bool) -> Step:
    old = change.was.seats if date in change.was.performances else ()
    new = change.says.seats if date in change.says.performances else ()
    takes = [] if is_over else _without(new, old)
    return Step(change.after, takes, _without(old, new), _is_timed(change))


def _without(seats: Sequence[str], others: Sequence[str]) -> list[str]:
    left_out = set(others)
    return [seat for seat in seats if seat not in left_out]


async def release(tx: Transaction, key: int, steps: Sequence[Step]) -> None:
    """Release what a load takes from blocks of a performance whose seats are locked; before any
    seat is dropped or blocked."""
    for step in steps:
        if step.frees:
            await seat_blocks.release_seats(tx, step.block, [key], step.frees)
        if step.is_timed:
            await seat_blocks.set_release(tx, step.block, [key])


async def take(tx: Transaction, key: int, steps: Sequence[Step]) -> None:
    """Block what a load adds to blocks of a performance whose seats are locked and written. Raises
    SeatsInTheWay."""
    for step in steps:
        if step.takes:
            await seat_blocks.block_seats(tx, step.block, [key], step.takes)


async def forget(tx: Transaction, work: BlockWork) -> None:
    """Drop the blocks that the file does not have any more, unless an operator's seats are left."""
    for block in work.left_out:
        await seat_blocks.drop_block(tx, block)
