"""How a store is away: everything that the drivers and the event loop raise when a connection is
cut, reset, refused, silent or read-only. What always holds: each of them becomes StoreUnavailable,
here and nowhere else, and nothing that is a fault of ours does.
"""

import psycopg
from psycopg_pool import PoolTimeout, TooManyRequests
from valkey.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TryAgainError,
)
from valkey.exceptions import (
    ConnectionError as ValkeyConnectionError,
)
from valkey.exceptions import (
    TimeoutError as ValkeyTimeoutError,
)

# Both stores. OSError is also ConnectionResetError, BrokenPipeError and TimeoutError; EOFError is
# also IncompleteReadError.
BROKEN = (OSError, EOFError)
POSTGRES = (
    psycopg.OperationalError,
    # "the connection is closed", "connection lost".
    psycopg.InterfaceError,
    # A standby, or a primary that was fenced.
    psycopg.errors.ReadOnlySqlTransaction,
    PoolTimeout,
    TooManyRequests,
)
VALKEY = (
    ValkeyConnectionError,
    ValkeyTimeoutError,
    BusyLoadingError,
    ReadOnlyError,
    OutOfMemoryError,
    AskError,
    ClusterDownError,
    TryAgainError,
)
# It answers, but refuses writes at the moment.
UNABLE = ("MISCONF", "NOREPLICAS", "CLUSTERDOWN", "MASTERDOWN", "LOADING", "BUSY ", "READONLY")
# RuntimeErrors of uvloop and asyncio, for a transport that was closed under its user; and for a
# socket that has taken the number of a closed one.
LOOP = ("unable to perform operation on", "is used by transport", "handler is closed")


def is_away(error: Exception) -> bool:
    """Whether an error means that a store is away, rather than a fault of ours."""
    if isinstance(error, (*BROKEN, *POSTGRES, *VALKEY)):
        return True
    text = str(error)
    if isinstance(error, ResponseError):
        return text.startswith(UNABLE)
    return isinstance(error, RuntimeError) and any(words in text for words in LOOP)


def commit_is_in_doubt(error: Exception) -> bool:
    """Whether an error that came while a transaction was being committed leaves open what became
    of it. Only PostgreSQL's own word, an SQLSTATE, says that nothing was committed."""
    return not (isinstance(error, psycopg.Error) and error.sqlstate) or is_away(error)
