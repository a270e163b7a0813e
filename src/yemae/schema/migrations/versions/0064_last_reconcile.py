"""The last reconcile of the books; see 0064_last_reconcile.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    """Add the table."""
    run_sql_beside(__file__)
