"""Allotments of phases; see 0031_allotments.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the index."""
    run_sql_beside(__file__)
