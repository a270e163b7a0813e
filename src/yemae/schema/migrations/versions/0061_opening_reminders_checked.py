"""The kinds of messages are checked; see 0061_opening_reminders_checked.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    """Validate the checks."""
    run_sql_beside(__file__)
