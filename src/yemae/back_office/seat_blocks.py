"""Seats that an operator holds back from the sale, and gives back; over HTTP and as commands.

A change, its line in the log and its notices, to the seat maps and to the count of the seats, are
one transaction. Operators of one concert take turns, and a load of its file waits for them: the
concert's row is locked first, the seats after it in key order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import UNSET, UnsetType

from yemae.concerts import controls, seat_blocks
from yemae.concerts.catalogue import Concert
from yemae.concerts.limits import wrong_moment
from yemae.concerts.performance import Performance
from yemae.concerts.seat_blocks import BLOCKS_MAX, Block, BlockedSeats, Reason
from yemae.concerts.seat_map.plans import Plans
from yemae.concerts.seat_map.selection import Selection, UnknownPart, selected
from yemae.concerts.seats import SeatKey
from yemae.refusals import BlockNotFound, ConcertNotFound, InvalidRequest
from yemae.runtime import Stores
from yemae.store.postgres import Transaction

# Seats of one change, of all its dates together: what a transaction has time for.
SEATS_AT_ONCE_MAX = 100_000
# No seats; of a block that there is, all of them.
NOTHING_NAMED = Selection()


class BlockChange(NamedTuple):
    """What to block, and what to say of the block. What is UNSET stays, or has its default in a new
    block; without `name` the block is named after its reason. No performances: all to come."""

    name: str | None = None
    reason: Reason | None = None
    note: str | UnsetType = UNSET
    color: str | UnsetType | None = UNSET
    releases_at: datetime | UnsetType | None = UNSET
    performances: Sequence[str] = ()
    selection: Selection = NOTHING_NAMED
    # Leaves out the seats that are held, sold or in another block.
    skips_taken: bool = False


class BlockState(NamedTuple):
    """A block, and the seats that it has now."""

    block: Block
    seats: list[BlockedSeats]

    @property
    def total(self) -> int:
        """How many seats it has, of all dates."""
        return sum(each.seats for each in self.seats)


async def list_blocks(
    stores: Stores, concert_id: str, performance_id: str | None = None
) -> list[BlockState]:
    """The blocks of a concert by name, with the seat numbers of one performance if it is given.
    Raises ConcertNotFound, PerformanceNotFound."""
    concert = stores.catalogue.concert(concert_id)
    if performance_id is not None:
        _dates(stores, concert, [performance_id])
    async with stores.postgres.transaction() as tx:
        return await _states(tx, concert_id, performance_id)


async def block(
    stores: Stores, plans: Plans, concert_id: str, who: str, change: BlockChange
) -> BlockState:
    """Block seats, in a new block or in one that there is; all or none. Raises ConcertNotFound,
    PerformanceNotFound, InvalidRequest, SeatNotFound, SeatsInTheWay."""
    concert = stores.catalogue.concert(concert_id)
    dates = _dates(stores, concert, change.performances)
    numbers = await _numbers(plans, dates, change.selection)
    if len(numbers) * len(dates) > SEATS_AT_ONCE_MAX:
        most = f"at most {SEATS_AT_ONCE_MAX:,} seats at once, of all dates together"
        raise InvalidRequest.of("performances", f"{most}; name fewer dates")
    async with stores.postgres.transaction() as tx:
        blocks = await _lock(tx, concert_id)
        before = blocks.get(_name(change))
        if before is None and len(blocks) >= BLOCKS_MAX:
            raise InvalidRequest.of("name", f"a concert has at most {BLOCKS_MAX} blocks")
        if before is None and change.selection.is_empty():
            raise InvalidRequest.of("seats", "a new block needs seats, rows, sections or all")
        after = _changed(stores, before, change, await seat_blocks.store_time(tx))
        await seat_blocks.write_block(tx, concert_id, after, who)
        keys = [date.key for date in dates]
        touched: list[SeatKey] = []
        if before is not None and before.releases_at != after.releases_at:
            every = [date.key for date in concert.performances]
            touched += await seat_blocks.set_release(tx, after, every)
        blocked = await seat_blocks.block_seats(
            tx, after, keys, numbers, skips_taken=change.skips_taken
        )
        await seat_blocks.announce(tx, [*touched, *blocked])
        await controls.announce(tx, concert_id)
        said = _details(after, dates, change.selection) | _said(before, after)
        await _log(tx, stores, concert_id, who, "block", said | {"count": len(blocked)})
        return await _state(tx, concert_id, after.name)


async def unblock(
    stores: Stores,
    plans: Plans,
    concert_id: str,
    who: str,
    name: str,
    *,
    performances: Sequence[str] = (),
    selection: Selection = NOTHING_NAMED,
) -> tuple[int, BlockState | None]:
    """Release the seats of a block at once, or those of them that are selected. Returns how many
    they were, and the block as it is then. A block without seats is forgotten (None) unless the
    concert file has it. Raises ConcertNotFound, BlockNotFound, PerformanceNotFound,
    InvalidRequest."""
    concert = stores.catalogue.concert(concert_id)
    dates = _dates(stores, concert, performances) if performances else concert.performances
    numbers = None if selection.is_empty() else await _numbers(plans, dates, selection)
    async with stores.postgres.transaction() as tx:
        found = (await _lock(tx, concert_id)).get(name)
        if found is None:
            raise BlockNotFound
        freed = await seat_blocks.release_seats(tx, found, [date.key for date in dates], numbers)
        await seat_blocks.announce(tx, freed)
        await controls.announce(tx, concert_id)
        left = await _state(tx, concert_id, name)
        is_over = not left.total and found.file is None
        if is_over:
            await seat_blocks.drop_block(tx, found)
        said = {"block": name, "count": len(freed), "left": left.total}
        chosen = _chosen(dates if performances else (), selection)
        await _log(tx, stores, concert_id, who, "unblock", said | chosen)
    return len(freed), None if is_over else left


async def release_at(
    stores: Stores, plans: Plans, concert_id: str, who: str, name: str, at: datetime | None
) -> BlockState:
    """Release a block at a set time, which needs no operator then; None: it stays until one
    releases it. Raises ConcertNotFound, BlockNotFound, InvalidRequest."""
    stores.catalogue.concert(concert_id)
    async with stores.postgres.transaction() as tx:
        if name not in await seat_blocks.blocks_of(tx, concert_id):
            raise BlockNotFound
    return await block(stores, plans, concert_id, who, BlockChange(name, releases_at=at))


# --- What is meant ------------------------------------------------------------------------------


def _dates(stores: Stores, concert: Concert, ids: Sequence[str]) -> tuple[Performance, ...]:
    """The performances that are named, or all whose sale is not over, whichever phase sells
    them."""
    if not ids:
        now = stores.now()
        return tuple(date for date in concert.performances if not date.is_over(now))
    for performance_id in ids:
        if stores.catalogue.performance(performance_id).concert_id != concert.id:
            raise InvalidRequest.of("performances", f"{performance_id} is of another concert")
    return tuple(date for date in concert.performances if date.id in ids)


async def _numbers(plans: Plans, dates: Sequence[Performance], selection: Selection) -> list[str]:
    """The seats that are selected. All dates of a concert have the same plan."""
    if selection.is_empty() or not dates:
        return []
    plan = (await plans.unpacked(dates[0])).plan
    try:
        return selected(plan, selection)
    except UnknownPart as unknown:
        raise InvalidRequest.of(unknown.field, f"the plan has no {unknown.name!r}") from None


def _name(change: BlockChange) -> str:
    if change.name is not None:
        return change.name
    if change.reason is None:
        raise InvalidRequest.of("reason", "required without a name")
    return change.reason.replace("_", "-")


def _changed(stores: Stores, before: Block | None, change: BlockChange, now: datetime) -> Block:
    """What is said of the block after the change. A release time that has passed is over: seats
    that are blocked after it stay until another is set."""
    if before is None:
        if change.reason is None:
            raise InvalidRequest.of("reason", "required for a new block")
        before = Block(stores.new_id(), _name(change), change.reason)
    elif before.releases_at is not None and before.releases_at <= now:
        before = before._replace(releases_at=None)
    given = {
        name: value
        for name in ("reason", "note", "color", "releases_at")
        if (value := getattr(change, name)) is not UNSET and not (name == "reason" and not value)
    }
    moment = given.get("releases_at")
    if moment is not None:
        if wrong := wrong_moment(moment):
            raise InvalidRequest.of("releases_at", wrong)
        if moment <= now:
            raise InvalidRequest.of("releases_at", "expected a time to come")
    return before._replace(**given)


# --- The transaction ----------------------------------------------------------------------------


async def _lock(tx: Transaction, concert_id: str) -> dict[str, Block]:
    """Lock the concert. Returns its blocks by name; raises ConcertNotFound."""
    if await controls.lock(tx, concert_id) is None:
        raise ConcertNotFound
    return await seat_blocks.blocks_of(tx, concert_id)


async def _states(
    tx: Transaction, concert_id: str, performance_id: str | None = None
) -> list[BlockState]:
    blocks = await seat_blocks.blocks_of(tx, concert_id)
    seats = await seat_blocks.blocked_seats(tx, concert_id, performance_id)
    return [
        BlockState(each, [row for row in seats if row.block_id == each.id])
        for each in blocks.values()
    ]


async def _state(tx: Transaction, concert_id: str, name: str) -> BlockState:
    return next(each for each in await _states(tx, concert_id) if each.block.name == name)


def _details(after: Block, dates: Sequence[Performance], selection: Selection) -> dict[str, object]:
    chosen = {} if selection.is_empty() else _chosen(dates, selection)
    return {"block": after.name, "reason": after.reason, **chosen}


def _chosen(dates: Sequence[Performance], selection: Selection) -> dict[str, object]:
    """What the change was about, as it was named."""
    chosen = {
        "performances": [date.id for date in dates],
        "sections": list(selection.sections),
        "rows": list(selection.rows),
        "seats": list(selection.seats),
        "all": selection.is_whole,
    }
    return {name: value for name, value in chosen.items() if value}


def _said(before: Block | None, after: Block) -> dict[str, object]:
    """What is said of the block that was not said before."""
    was = before or after._replace(note="", color=None, releases_at=None)
    said: dict[str, object] = {
        name: getattr(after, name)
        for name in ("note", "color")
        if getattr(after, name) != getattr(was, name)
    }
    if after.releases_at != was.releases_at:
        said["releases_at"] = {"from": was.releases_at, "to": after.releases_at}
    return said


async def _log(
    tx: Transaction,
    stores: Stores,
    concert_id: str,
    who: str,
    action: str,
    details: Mapping[str, Any],
) -> None:
    await controls.log(tx, stores.new_id(), concert_id, who, action, details)
