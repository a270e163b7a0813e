"""The ledger's checks hold for every line; see 0051_merged_users_checked.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    """Validate the checks."""
    run_sql_beside(__file__)
