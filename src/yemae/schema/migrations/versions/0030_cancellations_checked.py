"""The checks and refunds of rows that are there; see 0030_cancellations_checked.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Look at the rows that are there."""
    run_sql_beside(__file__)
