"""The language of a client: Korean when its Accept-Language prefers it, or English."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

Language = Literal["ko", "en"]
HEADER_MAX_BYTES = 200

WEIGHT = re.compile(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*")


def language_of(headers: Iterable[tuple[bytes, bytes]]) -> Language:
    """The language of a request's headers."""
    for name, value in headers:
        if name == b"accept-language":
            return preferred(value)
    return "en"


def preferred(accepted: bytes | None) -> Language:
    """The language that an Accept-Language prefers; without one, English."""
    return "en" if accepted is None else _preferred(accepted[:HEADER_MAX_BYTES])


@lru_cache(maxsize=1_000)
def _preferred(accepted: bytes) -> Language:
    best: Language = "en"
    best_weight = 0.0
    for part in accepted.decode("latin-1").lower().split(","):
        tag, _, rest = part.partition(";")
        language = tag.strip().partition("-")[0]
        found = WEIGHT.fullmatch(rest)
        weight = float(found[1]) if found else 1.0
        # Of two that are liked as well, the one that is named first.
        if weight > best_weight and language in ("ko", "en", "*"):
            best, best_weight = ("ko" if language == "ko" else "en"), weight
    return best
