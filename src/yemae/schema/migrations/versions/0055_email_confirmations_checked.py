"""The kinds of messages are checked; see 0055_email_confirmations_checked.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    """Validate the checks."""
    run_sql_beside(__file__)
