"""How every connection to PostgreSQL is made: to a server that can be written to, of those that the
address names, and so that a network that broke is noticed.

What always holds: what the operator's own address says comes first, and a host that froze keeps no
connection from the others.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Self, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import Row

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
# Any host will do that can be written to. "prefer-standby", for one, depends on all of them.
ANY_WRITABLE = ("read-write", "primary")
# How long a connection that blocks, such as a command's, waits for all hosts together. The driver
# waits for each at least BLOCKED_MIN_S.
BLOCKED_S, BLOCKED_MIN_S = 10, 2
# A host that has not answered after this is not waited for alone: the next one is tried beside it.
NEXT_HOST_S = 0.25
HOSTS = ("host", "hostaddr", "port")
READ_ONLY = (
    "PostgreSQL is read-only: it is a standby, or a primary that was fenced. YEMAE_DATABASE_URL "
    "has to lead to one that can be written to; it may name several hosts, such as "
    "postgresql://user@one,two/database, and the one that can be written to is used."
)

Made = TypeVar("Made", bound=psycopg.AsyncConnection[Any])


class WritableConnection(psycopg.AsyncConnection[Row]):
    """A connection to the first of the address's hosts that can be written to.

    A host that froze costs NEXT_HOST_S, where the driver would wait for all of connect_timeout. The
    hosts are tried in their order: while the first one answers in time, no other is asked.
    """

    @classmethod
    async def connect(cls, conninfo: str = "", **kwargs: Any) -> Self:
        """As the driver's; raises psycopg.Error."""
        connect = super().connect
        options = options_of(conninfo) | kwargs
        return await _first(lambda host: connect(host, **options), hosts_of(conninfo))


def hosts_of(database_url: str) -> list[str]:
    """An address for each host, if they may be tried beside each other; otherwise the one."""
    address = conninfo_to_dict(database_url)
    hosts, ips, ports = (str(address.get(name, "")).split(",") for name in HOSTS)
    count = max(len(hosts), len(ips))
    lists = [values * count if len(values) == 1 else values for values in (hosts, ips, ports)]
    # The driver says what is wrong with an address whose lists are not equally long.
    if (
        count == 1
        or {**DEFAULTS, **address}["target_session_attrs"] not in ANY_WRITABLE
        or any(len(values) != count for values in lists)
    ):
        return [database_url]
    # An empty value takes the place of a list, such as the ports of a URL that gives none.
    return [
        make_conninfo(
            database_url, **{n: v for n, v in zip(HOSTS, one, strict=True) if n in address}
        )
        for one in zip(*lists, strict=True)
    ]


async def _first(connect: Callable[[str], Coroutine[Any, Any, Made]], addresses: list[str]) -> Made:
    """The first connection that is made. The tries that it overtook are ended."""
    left = deque(addresses)
    tries: list[asyncio.Task[Made]] = []
    made: asyncio.Task[Made] | None = None
    try:
        while made is None and (left or not all(one.done() for one in tries)):
            if left:
                tries.append(asyncio.create_task(connect(left.popleft())))
            await asyncio.wait(
                [one for one in tries if not one.done()],
                timeout=NEXT_HOST_S if left else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            made = next((one for one in tries if one.done() and not one.exception()), None)
    finally:
        await _end(one for one in tries if one is not made)
    if made is not None:
        return made.result()
    errors = [error for one in tries if (error := one.exception())]
    # Says more than that another host does not answer.
    raise next(filter(is_read_only, errors), errors[-1])


async def _end(tries: Iterable[asyncio.Task[Made]]) -> None:
    """End tries to connect, also those that were made by now."""
    ended = list(tries)
    for one in ended:
        one.cancel()
    for result in await asyncio.gather(*ended, return_exceptions=True):
        if isinstance(result, psycopg.AsyncConnection):
            await result.close()


def options_of(database_url: str) -> dict[str, Any]:
    """What a connection to this address takes besides the address."""
    return {name: to for name, to in DEFAULTS.items() if name not in conninfo_to_dict(database_url)}


def blocking_options_of(database_url: str) -> dict[str, Any]:
    """The same for a connection that blocks: the driver tries the hosts one after the other."""
    options = options_of(database_url)
    if "connect_timeout" not in conninfo_to_dict(database_url):
        hosts = len(hosts_of(database_url))
        options["connect_timeout"] = max(BLOCKED_MIN_S, BLOCKED_S // hosts)
    return options


def is_read_only(error: BaseException) -> bool:
    """Whether a connection was refused because no host of the address can be written to."""
    return "session is read-only" in str(error) or "hot standby mode" in str(error)
