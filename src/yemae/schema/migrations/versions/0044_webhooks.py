"""Webhooks to systems of the operator; see 0044_webhooks.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """Add endpoints, events and deliveries."""
    run_sql_beside(__file__)
