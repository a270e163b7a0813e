"""The history has the latencies of the server; see 0063_history_of_latencies.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0063"
down_revision = "0062"


def upgrade() -> None:
    """Say so."""
    run_sql_beside(__file__)
