"""Sales at the box office; see 0037_box_office.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Write what is new."""
    run_sql_beside(__file__)
