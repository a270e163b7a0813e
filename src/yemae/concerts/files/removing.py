"""Removes a concert that was never sold: its dates, seats, queues and plans. Its audit log stays.

An order is a record, whatever became of it, so a concert with any order is archived instead.
"""

from typing import NamedTuple
from uuid import UUID

from yemae.concerts import controls
from yemae.concerts.files import load_report, writing_content
from yemae.concerts.seat_map.changes import CHANNEL
from yemae.refusals import ConcertNotFound
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries
from yemae.values.troubles import BadInputError

QUERIES = load_queries(__file__, "load.sql")
LOCK_LOADS = QUERIES["lock_loads"]
LOCK_CONCERT = QUERIES["lock_concert_to_remove"]
PERFORMANCES_OF_CONCERT = QUERIES["performances_of_concert"]
LOCK_PLAN = QUERIES["lock_plan"]
ANNOUNCE_LOAD = QUERIES["announce_load"]
ORDERS_OF_PERFORMANCE = QUERIES["orders_of_performance"]
DROP_PERFORMANCE = QUERIES["drop_performance"]
DROP_CONCERT = QUERIES["drop_concert"]
DROP_UNUSED_PLANS = QUERIES["drop_unused_plans"]

# How many orders a refusal names.
NAMED_MAX = 5


class ConcertHasOrdersError(BadInputError):
    """The concert cannot be removed; the text is one sentence."""


class Removed(NamedTuple):
    """What is gone: the queues of the concert and of its other sales, and the dates, by id."""

    queues: list[str]
    dates: list[str]


async def remove(tx: Transaction, concert_id: str, who: str, action_id: UUID) -> Removed:
    """Remove a concert with its sales. Raises ConcertNotFound, also for the id of a sale, or
    ConcertHasOrdersError."""
    await tx.send(LOCK_LOADS)
    queues = [row.id for row in await tx.fetch(LOCK_CONCERT, concert_id=concert_id)]
    if concert_id not in queues:
        raise ConcertNotFound
    dates = await tx.fetch(PERFORMANCES_OF_CONCERT, concert_id=concert_id, performance_ids=[])
    orders: list[str] = []
    # In key order, as holds lock seats. Under the locks of its seats no order is being opened.
    for date in sorted(dates, key=lambda date: date.key):
        await tx.send(LOCK_PLAN, performance_key=date.key)
        rows = await tx.fetch(ORDERS_OF_PERFORMANCE, performance_key=date.key)
        orders += [f"order {row.id} ({row.status})" for row in rows]
        if not orders:
            await tx.send(ANNOUNCE_LOAD, performance_key=date.key, channel=CHANNEL)
            await tx.send(DROP_PERFORMANCE, performance_key=date.key)
    if orders:
        raise ConcertHasOrdersError(
            f"Concert {concert_id} has orders, so it cannot be removed: "
            f"{load_report.some(orders, NAMED_MAX)}. Put archived = true into its file and load it."
        )
    removed = Removed(queues, [date.id for date in dates])
    await controls.log(tx, action_id, concert_id, who, "remove", {"dates": removed.dates})
    await tx.send(DROP_CONCERT, ids=queues)
    await tx.send(DROP_UNUSED_PLANS)
    await writing_content.drop_unused_posters(tx)
    return removed
