"""Dates that are cancelled or postponed; see 0038_refund_runs.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Add the columns of dates, and the table of runs."""
    run_sql_beside(__file__)
