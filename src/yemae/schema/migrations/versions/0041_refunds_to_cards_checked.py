"""The kinds of transfers are checked; see 0041_refunds_to_cards_checked.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Validate the check."""
    run_sql_beside(__file__)
