"""The outbox; see 0039_outbox.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Make the tables of messages and contacts."""
    run_sql_beside(__file__)
