"""The two roles of a database: its owner migrates it, and the server works as another.

Always holds: the server's role owns nothing and is no superuser. It may add lines to the ledger and
to the logs and never change, delete or truncate them. Which tables those are follows from the
schema: those whose trigger `refuse_change` refuses every change (privileges.sql).
"""

from pathlib import Path
from typing import Any, NamedTuple

import psycopg

# Yemae's own name, also in databases of others: `yemae migrate` looks for it.
APP_ROLE = "yemae_app"
PRIVILEGES = Path(__file__).with_name("privileges.sql").read_text(encoding="utf-8").encode()
MAY_CHANGE_LINES = b"""
select current_user::text as role,
    coalesce((select rolsuper from pg_roles where rolname = current_user), false) as is_superuser,
    exists (
        select from pg_trigger
        where tgfoid = to_regproc('refuse_change') and tgtype & 1 = 0
        and has_table_privilege(tgrelid, 'update, delete, truncate')
    ) as may_change"""


class Role(NamedTuple):
    """The role of a connection, and what is too much for a server."""

    name: str
    is_superuser: bool
    may_change: bool

    @property
    def is_guarded(self) -> bool:
        """Whether the ledger and the logs are safe from it."""
        return not (self.is_superuser or self.may_change)


def grant_privileges(connection: psycopg.Connection[Any]) -> None:
    """Give the server's role what it needs and no more, if there is such a role and the tables are
    the connection's own."""
    connection.execute(PRIVILEGES)


def role_of(connection: psycopg.Connection[Any]) -> Role:
    """Look whom the connection works as."""
    row = connection.execute(MAY_CHANGE_LINES).fetchone()
    assert row is not None
    return Role(*row)
