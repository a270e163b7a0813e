"""What a concert's page tells, and names in English; see 0018_details.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add columns to concerts."""
    run_sql_beside(__file__)
