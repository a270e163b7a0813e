"""Control of the waiting room while it runs; see 0002_queue_control.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what operators set and did, and the settings that the waiting room gained."""
    run_sql_beside(__file__)
