"""The id of a request: in its problem document, its answer's X-Request-Id and the log."""

import itertools
import re
import secrets
from collections.abc import Iterable

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

_boot = secrets.token_hex(6)
_numbers = itertools.count(1)


def request_id(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The id that a proxy in front gave in X-Request-Id, or a new one."""
    for name, value in headers:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            return bytes(value)
    return f"{_boot}-{next(_numbers):x}".encode()
