"""Concerts that are hidden, archived or removed; see 0032_concert_ends.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add both columns, and let the audit log outlive its concert."""
    run_sql_beside(__file__)
