"""Accounts of people who sign in elsewhere; see 0053_identities.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    """Add the table."""
    run_sql_beside(__file__)
