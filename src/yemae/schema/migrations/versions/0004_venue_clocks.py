"""The offsets of the venues' clocks; see 0004_venue_clocks.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add what the venue's clocks are before UTC's, to concerts and performances."""
    run_sql_beside(__file__)
