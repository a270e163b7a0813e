"""Which queues have begun; see 0005_queue_generations.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add queue_generations."""
    run_sql_beside(__file__)
