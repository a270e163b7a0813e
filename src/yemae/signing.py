"""Signed tokens: HS256 with a key of its own for each purpose, so that none passes for another.

The key of access tokens is the operator's secret itself, so that an operator's own login can sign
them with any JWT library; the others are derived from it. A token that was verified once is
remembered, because the same fans come back every second.
"""

import hashlib
import hmac
import math
import time
from typing import Any

import jwt

ALGORITHM = "HS256"
REMEMBERED_MAX = 100_000
TOKEN_MAX_CHARS = 4_096


class Signer:
    """Signs and verifies the tokens of one purpose."""

    def __init__(self, secret_key: str, purpose: str = "") -> None:
        key = secret_key.encode()
        self._key = hmac.digest(key, purpose.encode(), hashlib.sha256) if purpose else key
        self._verified: dict[str, dict[str, Any]] = {}
        # Added to the clock; only tests set it.
        self.clock_offset_s = 0.0

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time() + self.clock_offset_s

    def sign(self, claims: dict[str, Any]) -> str:
        """A compact JWT of these claims."""
        return jwt.encode(claims, self._key, ALGORITHM)

    def verify(self, token: str) -> dict[str, Any] | None:
        """The claims of a token that we signed and that has a subject and an end, or None.

        Whether the end has passed is for the caller to judge: the kinds of token differ in it.
        """
        known = self._verified.get(token)
        if known is not None:
            return known
        if len(token) > TOKEN_MAX_CHARS:
            return None
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key,
                [ALGORITHM],
                options={
                    "require": ["sub", "exp"],
                    "verify_exp": False,
                    "verify_aud": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidTokenError:
            return None
        if not _is_moment(claims["exp"]):
            return None
        if len(self._verified) >= REMEMBERED_MAX:
            self._verified.clear()
        self._verified[token] = claims
        return claims


def _is_moment(end: object) -> bool:
    """Whether an `exp` is a number that a clock can reach; NaN and Infinity would never pass."""
    return isinstance(end, int | float) and not isinstance(end, bool) and math.isfinite(end)
