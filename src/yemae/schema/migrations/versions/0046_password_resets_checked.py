"""The kinds of messages are checked; see 0046_password_resets_checked.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """Validate the checks."""
    run_sql_beside(__file__)
