"""Phases of a sale; see 0024_sales.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the columns."""
    run_sql_beside(__file__)
