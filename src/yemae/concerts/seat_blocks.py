"""Seat blocks: seats that an operator holds back from the sale, with a reason.

A blocked seat is not free by the rule that holds go by: its row names the block where it would name
an order, until the block's release time or until an operator releases it. So no statement of a hold
knows of blocks, and a release time that has come needs no job. Seats are locked in key order, as
holds lock them; a seat that is held, sold or in another block is refused by name.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta

from yemae.concerts.limits import one_of
from yemae.concerts.seat_map.changes import CHANNEL
from yemae.concerts.seats import SeatKey
from yemae.refusals import SeatInTheWay, SeatNotFound, SeatsInTheWay
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries
from yemae.values.text import BIDI, CONTROLS

QUERIES = load_queries(__file__, "seat_blocks.sql")
STORE_TIME = QUERIES["block_time"]
BLOCKS_OF_CONCERT = QUERIES["blocks_of_concert"]
WRITE_BLOCK = QUERIES["write_block"]
DROP_BLOCK = QUERIES["drop_block"]
LOCK_TO_BLOCK = QUERIES["lock_to_block"]
IN_THE_WAY = QUERIES["in_the_way"]
TAKE_FOR_BLOCK = QUERIES["take_for_block"]
LOCK_BLOCKED = QUERIES["lock_blocked"]
FREE_BLOCKED = QUERIES["free_blocked"]
TIME_BLOCKED = QUERIES["time_blocked"]
ANNOUNCE_BLOCKED = QUERIES["announce_blocked"]
BLOCKED_SEATS = QUERIES["blocked_seats"]

NOTE_MAX_CHARS = 200
# One line, which may be empty.
NOTE = rf"^[^{CONTROLS}{BIDI}]*\Z"
COLOR = r"^#[0-9a-f]{6}\Z"

Note = Annotated[str, Meta(max_length=NOTE_MAX_CHARS, pattern=NOTE)]
Color = Annotated[str, Meta(pattern=COLOR)]
Reason = Literal["house", "press", "sponsor", "technical", "not_for_sale"]
REASON_WORDS = one_of(Reason)
# Of a concert, so that a list of them stays a list.
BLOCKS_MAX = 200
# How many seats a refusal names.
NAMED_MAX = 10


class Block(NamedTuple):
    """A block of a concert; the seats know which they are."""

    id: UUID
    name: str
    reason: Reason
    note: str = ""
    # `#rrggbb`, for the operators' map.
    color: str | None = None
    # From when its seats are free without an operator.
    releases_at: datetime | None = None
    # What the concert file said of it at the last load; None: it is an operator's alone.
    file: str | None = None
    changed_at: datetime | None = None
    changed_by: str = ""


class BlockedSeats(NamedTuple):
    """Seats that a block has of one performance; `numbers` only where they were asked for."""

    block_id: UUID
    performance_id: str
    seats: int
    numbers: list[str] | None


async def store_time(tx: Transaction) -> datetime:
    """The time that release times are compared with."""
    found: datetime = (await (await tx.send(STORE_TIME)).one()).now
    return found


async def blocks_of(tx: Transaction, concert_id: str) -> dict[str, Block]:
    """The blocks of a concert by name."""
    rows = await tx.fetch(BLOCKS_OF_CONCERT, concert_id=concert_id)
    return {row.name: Block(*row)._replace(file=_text(row.file)) for row in rows}


def _text(stored: object) -> str | None:
    return None if stored is None else msgspec.json.encode(stored, order="sorted").decode()


async def blocked_seats(
    tx: Transaction, concert_id: str, performance_id: str | None = None
) -> list[BlockedSeats]:
    """What the blocks of a concert have now, by block and performance; the seat numbers of
    `performance_id`."""
    rows = await tx.fetch(BLOCKED_SEATS, concert_id=concert_id, performance_id=performance_id)
    return [BlockedSeats(*row) for row in rows]


async def write_block(tx: Transaction, concert_id: str, block: Block, who: str) -> None:
    """Write what is said of a block."""
    values = block._asdict() | {"changed_by": who}
    del values["changed_at"]
    await tx.send(WRITE_BLOCK, concert_id=concert_id, **values)


async def drop_block(tx: Transaction, block: Block) -> None:
    """Forget a block, unless it has seats."""
    await tx.send(DROP_BLOCK, id=block.id)


async def block_seats(
    tx: Transaction,
    block: Block,
    performance_keys: Sequence[int],
    numbers: Sequence[str],
    *,
    skips_taken: bool = False,
) -> list[SeatKey]:
    """Give seats of each performance to a block that is written. Returns those that it had not.
    Raises SeatNotFound, or SeatsInTheWay for seats that are held, sold or in another block, unless
    they are to be skipped."""
    rows = await tx.fetch(
        LOCK_TO_BLOCK, performance_keys=list(performance_keys), numbers=list(numbers)
    )
    if unknown := set(numbers) - {row.number for row in rows}:
        raise SeatNotFound(sorted(unknown))
    taken = [row for row in rows if row.taken_by not in (None, block.id)]
    if taken and not skips_taken:
        raise await in_the_way(tx, [(row.performance_key, row.number) for row in taken])
    free = [(row.performance_key, row.number) for row in rows if row.taken_by is None]
    if free:
        await _take(tx, block, free)
    return free


async def _take(tx: Transaction, block: Block, seats: Sequence[SeatKey]) -> None:
    await tx.send(
        TAKE_FOR_BLOCK, block_id=block.id, releases_at=block.releases_at, **_columns(seats)
    )


async def in_the_way(tx: Transaction, seats: Sequence[SeatKey]) -> SeatsInTheWay:
    """The refusal that names seats which are locked and not free, with what has them."""
    rows = await tx.fetch(IN_THE_WAY, named_max=NAMED_MAX, **_columns(seats))
    return SeatsInTheWay(len(seats), [SeatInTheWay(*row) for row in rows])


async def release_seats(
    tx: Transaction,
    block: Block,
    performance_keys: Sequence[int],
    numbers: Sequence[str] | None = None,
) -> list[SeatKey]:
    """Free the seats that a block has of these performances, or those of them that are named.
    Returns which they were."""
    seats = await _lock_blocked(tx, block, performance_keys, numbers)
    if seats:
        await tx.send(FREE_BLOCKED, block_id=block.id, **_columns(seats))
    return seats


async def set_release(
    tx: Transaction, block: Block, performance_keys: Sequence[int]
) -> list[SeatKey]:
    """Let the seats of a block end at its `releases_at`. Returns which they were."""
    seats = await _lock_blocked(tx, block, performance_keys, None)
    if seats:
        await tx.send(
            TIME_BLOCKED, block_id=block.id, releases_at=block.releases_at, **_columns(seats)
        )
    return seats


async def _lock_blocked(
    tx: Transaction, block: Block, keys: Sequence[int], numbers: Sequence[str] | None
) -> list[SeatKey]:
    rows = await tx.fetch(
        LOCK_BLOCKED,
        block_id=block.id,
        performance_keys=list(keys),
        numbers=None if numbers is None else list(numbers),
    )
    return [(row.performance_key, row.number) for row in rows]


async def announce(tx: Transaction, seats: Sequence[SeatKey]) -> None:
    """Let every process read the performances of these seats again, after the commit."""
    await _announce(tx, sorted({key for key, _ in seats}))


async def announce_date(tx: Transaction, performance_key: int) -> None:
    """The same for seats of one performance that are not counted one by one."""
    await _announce(tx, [performance_key])


async def _announce(tx: Transaction, keys: Sequence[int]) -> None:
    if keys:
        await tx.send(ANNOUNCE_BLOCKED, channel=CHANNEL, notice=msgspec.json.encode(keys).decode())


def _columns(seats: Sequence[SeatKey]) -> dict[str, list[int] | list[str]]:
    return {
        "performance_keys": [key for key, _ in seats],
        "numbers": [number for _, number in seats],
    }
