"""Roles of operators, and a log of the whole server; see 0049_roles.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    """Add the table of roles, and let a line of the log be of no concert."""
    run_sql_beside(__file__)
