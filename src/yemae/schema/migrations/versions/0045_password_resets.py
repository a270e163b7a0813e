"""Passwords that are forgotten; see 0045_password_resets.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """Add the resets, and messages that are about no order."""
    run_sql_beside(__file__)
