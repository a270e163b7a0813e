"""Signed tokens: HS256 with a key of its own for each purpose, so that none passes for another.

The key of access tokens is the operator's secret itself, so that an operator's own login can sign
them with any JWT library; the others are derived from it. PyJWT reads every token that has another
form than ours. Tokens of our form are read here, because a poll whose token this process has not
cached reads one, and PyJWT takes eleven times as long (version 2.15: 136 µs, ours 12 µs, one token
after the other on one core). Every time that a verified token names is a number that a clock can
reach.
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any

import jwt
import msgspec

ALGORITHM = "HS256"
HEADER = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
# Claims that mean to the library what they mean here: nothing that it would check.
PLAIN_CLAIMS = frozenset(
    (
        "sub",
        "exp",
        "iat",
        "role",
        "groups",
        "auth_time",
        "amr",
        "concert",
        "number",
        "lane",
        "proof",
    )
)
# What has to be a NumericDate (RFC 7519, section 2) where it is given.
MOMENTS = frozenset(("exp", "nbf", "iat"))
NUMBERS = (int, float)
# The first second of the year 10000, which no calendar reaches.
END_OF_TIME_S = 253_402_300_800
REMEMBERED_MAX = 100_000
TOKEN_MAX_CHARS = 4_096

CLAIMS = msgspec.json.Decoder(dict[str, Any])


def key_for(secret_key: str, purpose: str) -> bytes:
    """The key of one purpose, which says nothing about the secret or about the other keys."""
    return hmac.digest(secret_key.encode(), purpose.encode(), hashlib.sha256)


class Signer:
    """Signs and verifies the tokens of one purpose."""

    def __init__(
        self, secret_key: str, purpose: str = "", clock: Callable[[], float] = time.time
    ) -> None:
        """`clock` says the time in Unix seconds: a server's is its stores'."""
        self._key = key_for(secret_key, purpose) if purpose else secret_key.encode()
        # Copied for each token, which takes half as long as to begin with the key.
        self._mac = hmac.new(self._key, digestmod="sha256")
        self._verified: dict[str, dict[str, Any]] = {}
        self._clock = clock
        # Added to the clock; only tests set it.
        self.clock_offset_s = 0.0

    def now(self) -> float:
        """Unix time in seconds."""
        return self._clock() + self.clock_offset_s

    def sign(self, claims: dict[str, Any]) -> str:
        """A compact JWT of these claims."""
        content = f"{HEADER}.{_text(msgspec.json.encode(claims))}"
        return f"{content}.{self._signature(content)}"

    def sign_known(self, claims: dict[str, Any]) -> str:
        """The same, which this process knows when it comes back: of claims that `verify` would
        give back as they are."""
        token = self.sign(claims)
        self._remember(token, claims)
        return token

    def verify(self, token: str) -> dict[str, Any] | None:
        """The claims of a token that we signed and that has a subject and an end, or None.

        Whether the end has passed is for the caller to judge: the kinds of token differ in it.
        """
        known = self._verified.get(token)
        if known is not None:
            return known
        if len(token) > TOKEN_MAX_CHARS:
            return None
        claims = self._read_usual(token) or self._read_with_library(token)
        if claims is None or not _has_moments(claims):
            return None
        self._remember(token, claims)
        return claims

    def _remember(self, token: str, claims: dict[str, Any]) -> None:
        if len(self._verified) >= REMEMBERED_MAX:
            self._verified.clear()
        self._verified[token] = claims

    def _signature(self, content: str) -> str:
        mac = self._mac.copy()
        mac.update(content.encode())
        return _text(mac.digest())

    def _read_usual(self, token: str) -> dict[str, Any] | None:
        """The claims, or None where the library has to look."""
        content, _, signature = token.rpartition(".")
        header, _, payload = content.partition(".")
        if header != HEADER or not token.isascii():
            return None
        if not hmac.compare_digest(signature, self._signature(content)):
            return None
        try:
            padded = payload + "=" * (-len(payload) % 4)
            claims: dict[str, Any] = CLAIMS.decode(base64.urlsafe_b64decode(padded))
        except (msgspec.DecodeError, binascii.Error, UnicodeDecodeError, RecursionError):
            return None
        return claims if _is_plain(claims) else None

    def _read_with_library(self, token: str) -> dict[str, Any] | None:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key,
                [ALGORITHM],
                options={
                    "require": ["sub", "exp"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_aud": False,
                    "verify_iat": False,
                },
            )
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, RecursionError):
            # Another login signed it, and its claims can be anything.
            return None
        return claims


def _text(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _is_plain(claims: dict[str, Any]) -> bool:
    """Whether claims need no look of the library, and have a subject and an end."""
    is_plain = claims.keys() <= PLAIN_CLAIMS and isinstance(claims.get("sub"), str)
    return is_plain and "exp" in claims


def _has_moments(claims: dict[str, Any]) -> bool:
    """Whether every claim that should be a moment is one."""
    for name in MOMENTS:  # noqa: SIM110 - all() takes twice as long
        if name in claims and not _is_moment(claims[name]):
            return False
    return True


def _is_moment(value: Any) -> bool:
    """Whether a claim is a number that a clock can reach; NaN is in no range."""
    # By type: JSON has no other numbers, and a bool is none.
    return type(value) in NUMBERS and 0 <= value < END_OF_TIME_S
