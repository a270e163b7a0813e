"""Refunds to cards; see 0040_refunds_to_cards.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Add what a refund through a payment provider has."""
    run_sql_beside(__file__)
