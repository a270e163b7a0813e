"""The operator's terms, and who agreed to which; see 0020_terms.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the terms, and columns for the version that was agreed to."""
    run_sql_beside(__file__)
