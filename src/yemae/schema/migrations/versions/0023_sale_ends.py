"""Sale ends before the start, and a seat limit of a concert; see 0023_sale_ends.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the columns."""
    run_sql_beside(__file__)
