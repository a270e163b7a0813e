"""What Valkey knows of a concert's queue as a whole: counts, every place, and its seats."""

from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

from yemae.store.scripts import script
from yemae.store.valkey import Valkey
from yemae.waiting_room.keys import PARTS, keys_of
from yemae.waiting_room.snapshot import LaneNumbers, Snapshot, Statistics

# About how many fans or blocks one call reads, so that none takes long.
SCAN_COUNT = 250
BLOCKS_COUNT = 1_000
# How often the seats of an empty queue are counted when no process knows of a change: one may end
# before it counts what it sold.
SEATS_AT_REST_MS = 300_000


class SnapshotCounts(NamedTuple):
    """What snapshot.lua returns."""

    now_ms: int
    waiting: int
    absent: int
    active: int
    admitted: int
    joined: int
    first_admitted_at_ms: int
    seats_left: int
    seats_unsold: int
    open_block: int
    # Field and count, in turn.
    rates: list[str]
    lanes: list[list[str]]


class BlockCounts(NamedTuple):
    """What blocks.lua returns."""

    next_cursor: str
    state: str
    # Block and count, in turn.
    found: list[str]


class Counters(NamedTuple):
    """What statistics.lua returns."""

    unused_admissions: int
    ended_by_payment: int
    ended_by_expiry: int
    ended_by_revoke: int
    ended_by_leave: int
    waits_ms: list[str]


class ScannedPlaces(NamedTuple):
    """What scan.lua returns."""

    next_cursor: str
    # User and number, in turn.
    found: list[str]


@script(__file__, PARTS)
def snapshot_lua(*, lanes: int) -> SnapshotCounts: ...
@script(__file__, PARTS)
def blocks_lua(*, cursor: str, count: int) -> BlockCounts: ...
@script(__file__, PARTS)
def statistics_lua() -> Counters: ...
@script(__file__, PARTS)
def scan_lua(*, which: str, cursor: str, count: int) -> ScannedPlaces: ...
@script(__file__, PARTS)
def seats_turn_lua(*, interval_ms: int, at_rest_ms: int) -> str: ...
@script(__file__, PARTS)
def seats_counted_lua(*, left: int, unsold: int) -> None: ...


async def snapshot(valkey: Valkey, concert_id: str, lanes: int = 1) -> Snapshot:
    """The numbers of a queue, which are the same for every reader.

    The blocks are counted after the rest, and not all at one moment. So each position that follows
    from them is one of the time in which they were read: the counts of closed blocks only fall,
    except when absent fans return, and the open block is known from before.
    """
    numbers = await valkey.run(snapshot_lua(lanes=lanes), keys_of(concert_id))
    found = numbers._asdict() | {
        "rates": {field: int(count) for field, count in _pairs(numbers.rates)},
        "blocks": await _blocks(valkey, concert_id),
        "lanes": tuple(LaneNumbers(*map(int, lane)) for lane in numbers.lanes),
    }
    return Snapshot(**found)


async def _blocks(valkey: Valkey, concert_id: str) -> dict[int, int]:
    """The number of fans in each block. Of a queue whose counts are lost: none, so that polls ask
    Valkey."""
    found: dict[int, int] = {}
    cursor = "0"
    while True:
        call = blocks_lua(cursor=cursor, count=BLOCKS_COUNT)
        page = await valkey.run(call, keys_of(concert_id))
        if page.state == "lost":
            return {}
        found |= {int(block): int(count) for block, count in _pairs(page.found)}
        cursor = page.next_cursor
        if cursor == "0":
            return found


async def statistics(valkey: Valkey, concert_id: str) -> Statistics:
    """The numbers for operators."""
    counters = await valkey.run(statistics_lua(), keys_of(concert_id))
    ended = counters._asdict()
    waits_ms = [int(wait_ms) for wait_ms in ended.pop("waits_ms")]
    return Statistics.of(await snapshot(valkey, concert_id), ended, waits_ms)


async def every_place(valkey: Valkey, concert_id: str) -> AsyncIterator[tuple[str, int]]:
    """Every (user, number) of fans who wait, are absent, are admitted, or were: in no order, and
    sometimes twice, as Valkey's scans are."""
    for which in ("line", "absent", "passes", "ended"):
        cursor = "0"
        while True:
            call = scan_lua(which=which, cursor=cursor, count=SCAN_COUNT)
            page = await valkey.run(call, keys_of(concert_id))
            for user_id, number in _pairs(page.found):
                yield user_id, int(number)
            cursor = page.next_cursor
            if cursor == "0":
                break


async def take_seats_turn(
    valkey: Valkey, concert_id: str, interval_ms: int, at_rest_ms: int = SEATS_AT_REST_MS
) -> bool:
    """Whether it is this process's turn to count the seats: one process gets it in each interval,
    which is `at_rest_ms`, if that is longer, while the queue is empty."""
    at_rest_ms = max(interval_ms, at_rest_ms)
    call = seats_turn_lua(interval_ms=interval_ms, at_rest_ms=at_rest_ms)
    return await valkey.run(call, keys_of(concert_id)) == "yours"


async def keep_seats(valkey: Valkey, concert_id: str, left: int, unsold: int) -> None:
    """Keep how many seats can be booked, and how many are not sold, for every snapshot."""
    await valkey.run(seats_counted_lua(left=left, unsold=unsold), keys_of(concert_id))


def _pairs(flat: list[str]) -> Iterator[tuple[str, str]]:
    return zip(flat[::2], flat[1::2], strict=True)
