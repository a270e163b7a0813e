"""Wheelchair places and companion seats; see 0022_seat_marks.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Mark the seats that a hold has a rule for."""
    run_sql_beside(__file__)
