"""Surcharges; see 0034_surcharges.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Allow lines of the new kind, and refunds of them."""
    run_sql_beside(__file__)
