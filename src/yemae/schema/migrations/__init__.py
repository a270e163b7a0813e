"""The database's history: each revision is hand-written SQL beside a small Alembic file."""

from pathlib import Path

from alembic import op

# A migration that cannot have its locks gives up, instead of making the sale wait behind it.
LOCK_TIMEOUT = "10s"


def run_sql_beside(revision_file: str) -> None:
    """Execute the .sql file of the same name, as one script, inside Alembic's transaction."""
    script = Path(revision_file).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver itself gets the text: without parameters it reads no % in it, and takes many
    # statements at once.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
    connection.execute(script)
