"""What the drivers raise when a store is away or its address is wrong, as errors of ours.

For the commands of the command line; requests have StoreUnavailable instead.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from psycopg.errors import InsufficientPrivilege
from psycopg_pool import PoolTimeout
from valkey import Valkey
from valkey.connection import parse_url
from valkey.exceptions import ValkeyError

from yemae.settings import SettingsError
from yemae.store.errors import StoreError
from yemae.store.sentinel import servers_of
from yemae.store.valkey_address import ValkeyAddress, read_address

OLDEST_MAJOR = {"valkey": 8, "redis": 7}
# For all servers that a URL names, together.
ANSWER_S = 5


@contextmanager
def as_store_errors() -> Iterator[None]:
    """Turn what an operator can put right into SettingsError or StoreError."""
    try:
        yield
    except psycopg.Error as error:
        _explain(error)
    except PoolTimeout as error:
        raise StoreError(f"PostgreSQL does not answer: {error}.") from error


def _explain(error: psycopg.Error) -> None:
    reason = " ".join(str(error).split())
    if isinstance(error, psycopg.OperationalError | InsufficientPrivilege):
        raise StoreError(f"PostgreSQL could not do it: {reason}") from error
    if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:
        # Text that is no URL at all is quoted by libpq whole, with the password in it.
        known = "" if reason.startswith("missing") else f" ({reason.rstrip('.')})"
        raise SettingsError(
            "YEMAE_DATABASE_URL cannot be used: expected the address of a PostgreSQL such as "
            f"postgresql://user:password@host:5432/database{known}."
        ) from error
    raise error


def why_unreachable(error: psycopg.OperationalError) -> str:
    """What went wrong, of the several lines that libpq says."""
    first = str(error).partition("\n")[0].strip().rstrip(".")
    return first.removeprefix("connection failed: ").removeprefix("connection is bad: ")


def require_valkey_url(url: str) -> ValkeyAddress:
    """What a URL says, without connecting. Raises SettingsError for no URL."""
    try:
        address = read_address(url)
        for one in address.urls:
            parse_url(one)
    except ValueError as error:
        raise SettingsError(f"YEMAE_VALKEY_URL cannot be used: {error}") from error
    return address


def require_valkey(url: str) -> None:
    """Raise SettingsError or StoreError unless a Valkey that is new enough answers at the URL, or
    at one of those that it names; of several with sentinels, the primary."""
    address = require_valkey_url(url)
    reasons, wait_s = [], ANSWER_S / len(address.urls)
    servers = servers_of(address, wait_s)
    for one in servers[:1] if address.primary else servers:
        try:
            with Valkey.from_url(
                one, socket_timeout=wait_s, socket_connect_timeout=wait_s
            ) as valkey:
                _require_new(valkey.info("server"))
                return
        except ValkeyError as error:
            reasons.append(" ".join(str(error).split()).rstrip("."))
    raise StoreError(f"Valkey cannot be reached: {'; '.join(reasons)}.")


def _require_new(info: Mapping[str, object]) -> None:
    name = "valkey" if "valkey_version" in info else "redis"
    version = str(info[f"{name}_version"])
    if int(version.split(".", maxsplit=1)[0]) < OLDEST_MAJOR[name]:
        raise StoreError(
            f"{name.title()} {version} is too old: Yemae needs Valkey {OLDEST_MAJOR['valkey']} or "
            f"Redis {OLDEST_MAJOR['redis']} or newer."
        )
