"""Disputes of card payments; see 0047_disputes.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """Make their table."""
    run_sql_beside(__file__)
