"""Seat numbers of any script; see 0009_seat_names.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Loosen the check of seat numbers."""
    run_sql_beside(__file__)
