"""The public keys of an issuer, and tokens that they have signed.

Keys are taken by their `kid`. An issuer that changes its keys is asked for them again when a token
names one that is not known, at most once in AGAIN_S seconds, so that invented names cost nothing.
"""

import time
from collections.abc import Sequence
from typing import Any

import jwt
import msgspec

from yemae.accounts.logins.file import Algorithm
from yemae.base.signing import END_OF_TIME_S, TOKEN_MAX_CHARS

AGAIN_S = 30.0
KEYS_MAX = 100
# What the clocks of two machines may differ by.
SKEW_S = 60
# What PyJWT checks by the clock of this machine, and we by that of the stores.
UNCHECKED = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
FAULTS = (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, RecursionError)


class UnknownKeyError(Exception):
    """A token names a key that is not known, and the issuer may have it by now."""


class BadKeysError(Exception):
    """What the issuer gives as its keys are none."""


class _Document(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


class KeySet:
    """The keys that are known of one issuer, and the algorithms that its tokens may have."""

    def __init__(self, algorithms: Sequence[Algorithm]) -> None:
        self._algorithms = set[str](algorithms)
        self._keys: list[jwt.PyJWK] = []
        # Of this process' own clock.
        self.asked_at_s = -AGAIN_S

    def __bool__(self) -> bool:
        return bool(self._keys)

    def may_ask(self) -> bool:
        """Whether the issuer may be asked again for keys that are not known."""
        return time.monotonic() - self.asked_at_s >= AGAIN_S

    def note_ask(self) -> None:
        """Count the question, whatever the answer."""
        self.asked_at_s = time.monotonic()

    def take(self, document: bytes) -> None:
        """Know these keys from now on, and no others. Raises BadKeysError."""
        try:
            found = msgspec.json.decode(document, type=_Document).keys[:KEYS_MAX]
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise BadKeysError(str(error)) from None
        keys = [key for each in found if (key := _public(each)) is not None]
        if not keys:
            raise BadKeysError("no key in it can be used")
        self._keys = keys

    def claims(self, token: str) -> dict[str, Any] | None:
        """The claims of a token that one of these keys has signed, or None; times and names in it
        are not checked. Raises UnknownKeyError."""
        if len(token) > TOKEN_MAX_CHARS:
            return None
        try:
            head = jwt.get_unverified_header(token)
            algorithm, kid = head.get("alg"), head.get("kid")
            if algorithm not in self._algorithms:
                return None
            key = self._key(kid, algorithm)
            claims: dict[str, Any] = jwt.decode(token, key.key, [algorithm], options={**UNCHECKED})  # type: ignore[arg-type]
        except FAULTS:
            return None
        return claims

    def _key(self, kid: object, algorithm: str) -> jwt.PyJWK:
        named = [key for key in self._keys if key.key_id == kid] if kid is not None else self._keys
        if not named:
            raise UnknownKeyError
        said = [key for key in named if key._jwk_data.get("alg", algorithm) == algorithm]  # noqa: SLF001
        if len(said) != 1:
            raise jwt.InvalidKeyError("no key, or more than one, that it may be")
        return said[0]


def _public(key: dict[str, Any]) -> jwt.PyJWK | None:
    """A public key for signatures; None for any other, which an issuer may have as well."""
    if key.get("kty") not in ("RSA", "EC", "OKP") or key.get("use", "sig") != "sig" or "d" in key:
        return None
    try:
        return jwt.PyJWK.from_dict(key)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None


def is_moment_between(claims: dict[str, Any], now_s: float) -> bool:
    """Whether now is in the life of a token, give or take the difference of two clocks."""
    said = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if "exp" not in said or not all(_is_moment(each) for each in said.values()):
        return False
    end = said.pop("exp")
    return bool(end > now_s - SKEW_S) and all(each <= now_s + SKEW_S for each in said.values())


def _is_moment(value: object) -> bool:
    """Whether a claim is a number that a clock can reach: null, a text and NaN are none."""
    return type(value) in (int, float) and 0 <= value < END_OF_TIME_S  # type: ignore[operator]


def is_for(claims: dict[str, Any], audience: str) -> bool:
    """Whether a token is meant for us."""
    found = claims.get("aud")
    return found == audience or (isinstance(found, list) and audience in found)
