"""Price types and booking fees; see 0021_price_types.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add them to concerts and orders."""
    run_sql_beside(__file__)
