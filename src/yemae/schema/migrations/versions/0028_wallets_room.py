"""The room of all wallets together; see 0028_wallets_room.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the table and its parts."""
    run_sql_beside(__file__)
