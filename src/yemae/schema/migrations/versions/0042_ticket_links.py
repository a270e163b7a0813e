"""Ticket links and the messages that carry them; see 0042_ticket_links.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Make the table of link revisions, and allow more kinds of messages."""
    run_sql_beside(__file__)
