"""What a rehearsal sold of each date and grade, and when the last seat of it was gone."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from yemae.settings import Settings
from yemae.store.postgres import Postgres
from yemae.store.queries import Query, load_queries


class GradeRow(NamedTuple):
    """A date and grade as PostgreSQL counts it."""

    performance_id: str
    grade: str
    seats: int
    sold: int
    revenue: int
    sold_out_at: datetime | None


SOLD_BY_GRADE = Query(load_queries(__file__, "sold.sql")["sold_by_grade"], GradeRow)
# A stadium has 50,000 seats on each of 366 dates at most.
PATIENCE_S = 240


class GradeSold(msgspec.Struct, frozen=True):
    """What was sold of one grade of one date. Revenue is in minor units of the currency."""

    performance_id: str
    grade: str
    seats: int
    sold: int
    revenue: int
    # Seconds after the opening, or after the first fan came if that was later; null: not sold out.
    sold_out_after_s: float | None


async def sold_by_grade(
    settings: Settings, concert_id: str, opened_at: datetime
) -> list[GradeSold]:
    """Each date's grades in plan order. Raises StoreUnavailable."""
    async with (
        Postgres(settings, transaction_timeout_s=PATIENCE_S) as postgres,
        postgres.transaction() as tx,
    ):
        rows = await tx.fetch(SOLD_BY_GRADE, concert_id=concert_id)
    return [
        GradeSold(
            row.performance_id,
            row.grade,
            row.seats,
            row.sold,
            row.revenue,
            None
            if row.sold_out_at is None
            else round(max(0.0, (row.sold_out_at - opened_at).total_seconds()), 1),
        )
        for row in rows
    ]
