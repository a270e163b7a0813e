"""Booking numbers; see 0036_booking_numbers.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Index the end of each order's id."""
    run_sql_beside(__file__)
