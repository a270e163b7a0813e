"""Cancellations and refunds; see 0029_cancellations.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add policies, cancellations and refunds, and the status of a cancelled order."""
    run_sql_beside(__file__)
