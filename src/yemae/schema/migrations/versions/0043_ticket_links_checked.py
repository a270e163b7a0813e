"""The check of messages; see 0043_ticket_links_checked.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Validate the check of 0042."""
    run_sql_beside(__file__)
