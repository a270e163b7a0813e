"""The destinations of refunds are checked; see 0057_cash_refunds_checked.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    """Validate the check."""
    run_sql_beside(__file__)
