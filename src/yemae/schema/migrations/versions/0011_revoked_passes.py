"""Revoked passes; see 0011_revoked_passes.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the passes that operators revoked."""
    run_sql_beside(__file__)
