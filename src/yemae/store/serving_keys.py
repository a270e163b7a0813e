"""Which secret keys the running server processes have, each as a fingerprint.

A server process names the fingerprint of its key in the connection on which it checks PostgreSQL
once a second (health.py). So the keys in use are those of connections that were busy lately, on
whatever node; nothing is kept, and nothing is left of a process that has ended. The fingerprint
says no more of a key than a token does that the key signed.
"""

from typing import Any, NamedTuple

import psycopg

from yemae.base.signing import key_for

PREFIX = "yemae health "
FINGERPRINT_CHARS = 16
# A process looks at PostgreSQL every second; one that was stopped is not taken for one that serves.
# Only sessions of the own role, or of one that it is a member of, show what they are.
SERVING = b"""
select substr(application_name, length(%(prefix)s) + 1) as fingerprint,
    count(*)::int as processes,
    array_agg(distinct coalesce(host(client_addr), 'this machine')) as hosts
from pg_stat_activity
where starts_with(application_name, %(prefix)s) and datname = current_database()
    and state_change > clock_timestamp() - interval '60 s'
group by 1
order by 1"""


class ServingKey(NamedTuple):
    """A key that server processes work with, and the addresses that they connect from."""

    fingerprint: str
    processes: int
    hosts: list[str]


def fingerprint(secret_key: str) -> str:
    """What a key is recognised by."""
    return key_for(secret_key, "fingerprint").hex()[:FINGERPRINT_CHARS]


def connection_name(secret_key: str) -> str:
    """The `application_name` of a connection that says which key its process has."""
    return f"{PREFIX}{fingerprint(secret_key)}"


def serving_keys(connection: psycopg.Connection[Any]) -> list[ServingKey]:
    """Every key that a running server process of this database has."""
    return [ServingKey(*row) for row in connection.execute(SERVING, {"prefix": PREFIX})]
