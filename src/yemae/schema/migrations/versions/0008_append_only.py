"""The ledger cannot be emptied either; see 0008_append_only.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Guard transfers against truncate, and payments against every change."""
    run_sql_beside(__file__)
