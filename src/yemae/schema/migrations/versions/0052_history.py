"""The history of sales; see 0052_history.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    """Add the table."""
    run_sql_beside(__file__)
