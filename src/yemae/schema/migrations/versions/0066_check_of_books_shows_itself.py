"""A check of the books shows that it goes on; see 0066_check_of_books_shows_itself.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    """Add the column."""
    run_sql_beside(__file__)
