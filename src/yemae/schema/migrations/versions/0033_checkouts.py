"""Checkouts; see 0033_checkouts.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Add the table, and the checkout of an order."""
    run_sql_beside(__file__)
