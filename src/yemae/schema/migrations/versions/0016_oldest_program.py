"""The oldest program that may work on the schema; see 0016_oldest_program.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Keep it beside the revision."""
    run_sql_beside(__file__)
