"""콘서트 · What can be booked now. Callers who ask for the same date share one look."""

from yemae.base.batching import Done
from yemae.concerts import seats
from yemae.runtime import Runtime


async def seats_left(runtime: Runtime, performance_keys: list[int]) -> Done[int]:
    """How many seats of each performance can be booked now."""
    async with runtime.postgres.transaction() as tx:
        left = await seats.seats_left(tx, sorted(set(performance_keys)))
    return Done([left.get(key, 0) for key in performance_keys])


async def free_seats(runtime: Runtime, performance_keys: list[int]) -> Done[bytes]:
    """The seats of each performance that can be booked now, as the answer's JSON. Everybody who
    asked for the same performance in the same moment shares one look."""
    async with runtime.postgres.transaction() as tx:
        lists = {key: await runtime.seat_lists.free_seats(tx, key) for key in set(performance_keys)}
    return Done([lists[key] for key in performance_keys])
