"""Posters of concerts; see 0019_posters.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add a table for images, and the poster of a concert."""
    run_sql_beside(__file__)
