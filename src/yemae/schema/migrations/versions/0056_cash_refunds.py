"""Refunds in cash and in parts; see 0056_cash_refunds.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    """Add their columns, and widen the check."""
    run_sql_beside(__file__)
