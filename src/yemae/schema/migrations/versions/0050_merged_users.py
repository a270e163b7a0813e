"""Guests who move into an account; see 0050_merged_users.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    """Make their table, and widen the checks of the ledger."""
    run_sql_beside(__file__)
