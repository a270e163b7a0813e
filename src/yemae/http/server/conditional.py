"""Conditional requests and content codings: what the client has, and what it can decode."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from yemae.http.contract.operation import Answer
from yemae.http.server.call import Call

TAG = re.compile(r'(?:W/)?"([^"]*)"')
NEVER = re.compile(r"\s*q\s*=\s*0(?:\.0*)?\s*")
IDENTITY = "identity"
CODINGS_KEPT_MAX = 256


def is_known(asked: str | None, tag: str) -> bool:
    """Whether an If-None-Match names this ETag, by the weak comparison that it calls for (RFC 9110,
    section 13.1.2)."""
    if not asked:
        return False
    return asked.strip() == "*" or TAG.findall(tag)[0] in TAG.findall(asked)


def coding(accepted: str | None, available: Iterable[str]) -> str:
    """The first of the available content codings that an Accept-Encoding allows (RFC 9110, section
    12.5.3), or identity."""
    allowed: dict[str, bool] = {}
    for part in (accepted or "").lower().split(","):
        name, _, weight = part.partition(";")
        allowed[name.strip()] = NEVER.fullmatch(weight) is None
    others = allowed.get("*", False)
    return next((name for name in available if allowed.get(name, others)), IDENTITY)


def accepted(call: Call, available: Iterable[str]) -> str:
    """The content coding that the client of this call gets."""
    return _known_coding(call.header(b"accept-encoding"), tuple(available))


@lru_cache(maxsize=CODINGS_KEPT_MAX)
def _known_coding(accepted: str | None, available: tuple[str, ...]) -> str:
    """The same; there are few browsers, and each always sends the same."""
    return coding(accepted, available)


def answer(
    call: Call,
    tag: str,
    cache_control: bytes,
    body: bytes,
    encoded: Mapping[str, bytes | None] | None = None,
) -> Answer:
    """The JSON body, in one of its content codings if the client takes one; 304 if it has it. A
    coding without bytes is one that the answer might have had."""
    headers: tuple[tuple[bytes, bytes], ...] = (
        (b"etag", tag.encode()),
        (b"cache-control", cache_control),
    )
    if encoded:
        headers += ((b"vary", b"Accept-Encoding"),)
    if is_known(call.header(b"if-none-match"), tag):
        return Answer(304, headers=headers)
    chosen = accepted(call, encoded or ())
    if encoded and (bytes_of := encoded.get(chosen)) is not None:
        return Answer(200, bytes_of, (*headers, (b"content-encoding", chosen.encode())))
    return Answer(200, body, headers)
