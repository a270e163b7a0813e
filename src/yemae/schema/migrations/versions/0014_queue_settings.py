"""The settings of a queue in one column; see 0014_queue_settings.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Move the settings of files and operators into one column each, and keep the old in step."""
    run_sql_beside(__file__)
