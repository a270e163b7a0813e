"""Lost disputes beside refunds, and old answers about disputes; see 0048_lost_disputes.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    """Widen the checks, and add the time of the answer."""
    run_sql_beside(__file__)
