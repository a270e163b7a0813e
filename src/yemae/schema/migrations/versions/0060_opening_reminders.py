"""Reminders of openings by mail; see 0060_opening_reminders.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    """Add the table and the kind of message."""
    run_sql_beside(__file__)
