"""Recognises a pooler in front of PostgreSQL that hands connections on between transactions.

Yemae's connections carry settings of their own, prepared statements, LISTEN and locks, so each has
to be one session of the server from its beginning to its end.
"""

import psycopg

from yemae.store.address import blocking_options_of
from yemae.store.errors import StoreError

ADVICE = (
    "name PostgreSQL itself, or a pooler in session mode that passes `options` on, in "
    "YEMAE_DATABASE_URL"
)
BACKEND = b"select pg_backend_pid()"


def require_no_pooler(database_url: str) -> None:
    """Raise StoreError when sessions are shared or their settings are refused there.

    A server that cannot be reached, or that refuses the login, is reported elsewhere.
    """
    try:
        shares = _shares_sessions(database_url)
    except psycopg.OperationalError as error:
        if "unsupported startup parameter" not in str(error):
            return
        raise StoreError(
            f"A pooler stands before PostgreSQL that refuses a connection's settings: {ADVICE}."
        ) from error
    if shares:
        raise StoreError(
            "A pooler in transaction mode (such as PgBouncer) stands before PostgreSQL, and its "
            f"connections do not keep what Yemae sets on them: {ADVICE}."
        )


def _shares_sessions(database_url: str) -> bool:
    """Whether a second connection gets the session of the first, or the first one another, while
    the second is busy."""
    usual = blocking_options_of(database_url) | {"prepare_threshold": None}
    with (
        psycopg.connect(database_url, autocommit=True, options="-c timezone=UTC", **usual) as one,
        psycopg.connect(database_url, **usual) as other,
    ):
        first, busy, again = (session.execute(BACKEND).fetchone() for session in (one, other, one))
        return first == busy or first != again
