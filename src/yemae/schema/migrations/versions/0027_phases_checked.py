"""The concerts of phases, checked; see 0027_phases_checked.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Look at the phases that are there."""
    run_sql_beside(__file__)
