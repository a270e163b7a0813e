"""Passkeys and second factors; see 0059_passkeys.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    """Add the tables."""
    run_sql_beside(__file__)
