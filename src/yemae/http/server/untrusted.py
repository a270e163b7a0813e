"""Notices a proxy that is not trusted: all its fans count as one address, and limits hit all.

The server takes the address from `X-Forwarded-For` of trusted proxies only. So a request that has
the field, and still counts for an address that the field does not name, came from another one: a
proxy that FORWARDED_ALLOW_IPS lacks, or a client that made the field up.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import structlog

from yemae.base import metrics

if TYPE_CHECKING:
    from starlette.types import Scope

FIELD = b"x-forwarded-for"
# Each is said once; a process that has seen more of them begins again.
ADDRESSES_MAX = 64

log = structlog.get_logger(__name__)


def note_proxy(scope: "Scope") -> None:
    """Count the request if it came through a proxy that is not trusted."""
    named = b",".join(value for name, value in scope["headers"] if name == FIELD)
    client = scope.get("client")
    if client is None or not named.strip(b", ") or client[0].encode() in named:
        return
    metrics.UNTRUSTED_PROXY_REQUESTS.inc()
    _say(client[0])


@lru_cache(maxsize=ADDRESSES_MAX)
def _say(address: str) -> None:
    log.warning(
        "X-Forwarded-For came from an address that is not trusted, and was not read: if it is your "
        "proxy's, name it in FORWARDED_ALLOW_IPS",
        address=address,
    )
