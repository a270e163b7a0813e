"""Areas without seats; see 0026_areas.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the area that a seat is a spot of."""
    run_sql_beside(__file__)
