"""The time zones of venues; see 0025_time_zones.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the time zone to concerts."""
    run_sql_beside(__file__)
