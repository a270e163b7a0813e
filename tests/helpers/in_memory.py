"""A concert as the catalogue keeps it, for tests of pure rules: without a store."""

from datetime import UTC, datetime

from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance

FIRST_AT = datetime(2030, 1, 1, 10, tzinfo=UTC)
SECOND_AT = datetime(2030, 1, 2, 10, tzinfo=UTC)


def hall_in_memory() -> Concert:
    """The hall with two dates and the usual queue, on sale since 2026."""
    return Concert(
        id="hall",
        title="Test",
        artist="Testers",
        venue="Hall",
        currency="KRW",
        seat_limit=4,
        control="running",
        draw_seed=bytes(range(32)),
        lanes=(),
        performances=(
            Performance(1, "hall-1", "hall", FIRST_AT, 10, 50_000),
            Performance(2, "hall-2", "hall", SECOND_AT, 10, 50_000),
        ),
        active_limit=100,
        admit_per_minute=600,
        sale_opens_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
