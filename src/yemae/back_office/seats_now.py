"""The seats of a date as operators see them: which are held and since when, sold, blocked and why.

It is read in one statement that locks nothing. What is not listed is free.
"""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.concerts.performance import Performance
from yemae.concerts.seat_blocks import Reason
from yemae.concerts.seat_map.plans import KnownPlan, Plans
from yemae.runtime import Stores
from yemae.store.queries import Query, load_queries

SeatState = Literal["held", "paid", "blocked", "closed"]


class TakenSeats(NamedTuple):
    """Seats that one thing has, by their place in the plan: a block, a held order, all that is
    sold, or the end of the date, which closed what was free."""

    state: SeatState
    places: list[int]
    block: str | None
    reason: Reason | None
    note: str | None
    color: str | None
    # From when its seats are free without an operator; of a block.
    releases_at: datetime | None
    order_id: UUID | None
    since: datetime | None
    until: datetime | None
    is_being_paid: bool


QUERIES = load_queries(__file__, "seats_now.sql")
SEATS_NOW = Query(QUERIES["seats_now"], TakenSeats)


class SeatsNow(NamedTuple):
    """The seats of a date at a moment."""

    performance: Performance
    plan: KnownPlan
    taken: list[TakenSeats]


async def look(stores: Stores, plans: Plans, performance_id: str) -> SeatsNow:
    """Look at the seats of a date. Raises PerformanceNotFound."""
    date = stores.catalogue.performance(performance_id)
    plan = await plans.unpacked(date)
    async with stores.postgres.transaction() as tx:
        taken = await tx.fetch(SEATS_NOW, performance_key=date.key)
    return SeatsNow(date, plan, taken)
