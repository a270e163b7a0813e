"""Sign-outs; see 0006_sign_outs.sql."""

from yemae.schema.migrations import run_sql_beside

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add sign-outs, and write addresses composed."""
    run_sql_beside(__file__)
