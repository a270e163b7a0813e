"""How every connection to PostgreSQL is made: to a server that can be written to, of those that the
address names, and so that a network that broke is noticed.

What always holds: what the operator's own address says comes first.
"""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

# A network that was cut shows after this, on a connection that waits for an answer or is idle.
CUT_S = 5
DEFAULTS = {
    # Not a standby, nor a primary that was fenced: of several hosts, the one that was promoted.
    "target_session_attrs": "read-write",
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": CUT_S * 1000,
}
READ_ONLY = (
    "PostgreSQL is read-only: it is a standby, or a primary that was fenced. YEMAE_DATABASE_URL "
    "has to lead to one that can be written to; it may name several hosts, such as "
    "postgresql://user@one,two/database, and the one that can be written to is used."
)


def options_of(database_url: str) -> dict[str, Any]:
    """What a connection to this address takes besides the address."""
    return {name: to for name, to in DEFAULTS.items() if name not in conninfo_to_dict(database_url)}


def is_read_only(error: Exception) -> bool:
    """Whether a connection was refused because no host of the address can be written to."""
    return "session is read-only" in str(error) or "hot standby mode" in str(error)
