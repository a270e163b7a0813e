"""What Valkey knows of a concert's queue as a whole: counts, every place, and its seats."""

from collections.abc import AsyncIterator

from yemae.store.valkey import Script, Valkey
from yemae.waiting_room.keys import keys_of
from yemae.waiting_room.snapshot import LaneNumbers, Snapshot, Statistics

SNAPSHOT = Script(__file__, "snapshot")
STATISTICS = Script(__file__, "statistics")
SCAN = Script(__file__, "scan")
SEATS_TURN = Script(__file__, "seats_turn")
SEATS_COUNTED = Script(__file__, "seats_counted")

SCAN_COUNT = 500
# The field of the blocks that is none: prelude.lua.
STAMP = "\0generation"
# How often the seats are counted where nobody waits and nobody is inside: an operator may have
# added some, and orders that are not paid run out.
SEATS_AT_REST_MS = 300_000


async def snapshot(valkey: Valkey, concert_id: str, lanes: int = 1) -> Snapshot:
    """The numbers that are the same for everybody."""
    *numbers, rates, blocks, of_lanes = await valkey.run(SNAPSHOT, keys_of(concert_id), lanes)
    now, waiting, absent, active, admitted, joined, first, left, unsold, block = map(int, numbers)
    return Snapshot(
        now_ms=now,
        waiting=waiting,
        absent=absent,
        active=active,
        admitted=admitted,
        joined=joined,
        first_admitted_at_ms=first,
        seats_left=left,
        seats_unsold=unsold,
        open_block=block,
        rates=dict(zip(rates[::2], map(int, rates[1::2]), strict=True)),
        blocks={
            int(block): int(count)
            for block, count in zip(blocks[::2], blocks[1::2], strict=True)
            if block != STAMP
        },
        lanes=tuple(LaneNumbers(*map(int, lane)) for lane in of_lanes),
    )


async def statistics(valkey: Valkey, concert_id: str) -> Statistics:
    """What an operator wants to know beyond the snapshot."""
    *counters, waits_ms = await valkey.run(STATISTICS, keys_of(concert_id))
    return Statistics.of(
        await snapshot(valkey, concert_id), [int(c) for c in counters], [int(w) for w in waits_ms]
    )


async def every_place(valkey: Valkey, concert_id: str) -> AsyncIterator[tuple[str, int]]:
    """Every (user, number) of those who wait, are absent, are inside, or were: in no order, and
    now and then twice, as Valkey's scans are."""
    for which in ("line", "absent", "passes", "ended"):
        cursor = "0"
        while True:
            cursor, *found = await valkey.run(SCAN, keys_of(concert_id), which, cursor, SCAN_COUNT)
            for user_id, number in zip(found[::2], found[1::2], strict=True):
                yield user_id, int(number)
            if cursor == "0":
                break


async def take_seats_turn(valkey: Valkey, concert_id: str, interval_ms: int) -> bool:
    """Whether it is the caller's turn to count the seats: one caller's in each interval, which is
    long where nobody waits and nobody is inside."""
    at_rest_ms = max(interval_ms, SEATS_AT_REST_MS)
    return bool(await valkey.run(SEATS_TURN, keys_of(concert_id), interval_ms, at_rest_ms))


async def keep_seats(valkey: Valkey, concert_id: str, left: int, unsold: int) -> None:
    """Keep how many seats can be booked, and how many are not sold, for every snapshot."""
    await valkey.run(SEATS_COUNTED, keys_of(concert_id), left, unsold)
