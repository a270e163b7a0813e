"""Seat numbers of any script, checked; see 0010_seat_names_checked.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Look at the seats that are there."""
    run_sql_beside(__file__)
