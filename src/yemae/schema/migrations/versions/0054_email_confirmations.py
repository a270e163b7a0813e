"""Addresses that are confirmed by a mail; see 0054_email_confirmations.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    """Make their table, and widen the checks of messages."""
    run_sql_beside(__file__)
