"""The foundation; see 0001_foundation.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Build everything from nothing."""
    run_sql_beside(__file__)
