"""The check of lines that are there; see 0035_surcharges_checked.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Look at the lines that are there."""
    run_sql_beside(__file__)
