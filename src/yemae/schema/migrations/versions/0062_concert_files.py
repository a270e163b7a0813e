"""Kept concert files, and sign-offs before a sale; see 0062_concert_files.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    """Add the tables."""
    run_sql_beside(__file__)
