"""Cash for dearer seats; see 0065_cash_surcharges.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    """Add the table."""
    run_sql_beside(__file__)
