"""Browsers that are notified of a turn and of an opening; see 0058_push_notices.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    """Add the table."""
    run_sql_beside(__file__)
