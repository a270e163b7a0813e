"""Seat plans; see 0003_plans.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add plans, and which performance has which."""
    run_sql_beside(__file__)
