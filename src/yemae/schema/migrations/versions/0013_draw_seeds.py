"""Draw seeds under the server's key; see 0013_draw_seeds.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add what says whether a draw's seed takes the server's key."""
    run_sql_beside(__file__)
