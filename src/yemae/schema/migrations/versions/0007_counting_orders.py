"""Which orders count against the seat limit; see 0007_counting_orders.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the index of the orders that count."""
    run_sql_beside(__file__)
