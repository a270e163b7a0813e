"""The end of operators' messages; see 0012_message_ends.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the moment at which an operator's message ends."""
    run_sql_beside(__file__)
