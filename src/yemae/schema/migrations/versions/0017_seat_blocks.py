"""Seats that an operator holds back; see 0017_seat_blocks.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the blocks."""
    run_sql_beside(__file__)
