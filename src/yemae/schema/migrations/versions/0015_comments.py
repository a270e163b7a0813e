"""Comments in the terms of the glossary; see 0015_comments.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Renew comments."""
    run_sql_beside(__file__)
