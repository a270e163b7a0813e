"""Access tokens and passwords.

An access token is a JWT, HS256 with the operator's secret key, with `sub` (1 to 128 visible
ASCII characters, not starting with @) and `exp`. It may have a `role`, of which `operator` is the
only one, and `groups`, a list of texts, which give lanes in the waiting room. A role or groups of
another shape count as none: a token of somebody else's login is never a fault.

Passwords are hashed with Argon2id in threads, a few at a time, because one hash costs tens of
milliseconds and 19 MiB (OWASP's minimum, Password Storage Cheat Sheet).
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from yemae.refusals import Overloaded, Unauthenticated
from yemae.signing import Signer

USER_ID = re.compile(r"[!-?A-~][!-~]{0,127}")
OPERATOR = "operator"
HASHES_AT_ONCE = 2
NO_GROUPS: frozenset[str] = frozenset()


class AccessToken(NamedTuple):
    """A signed access token and its end."""

    text: str
    expires_at: datetime


class Identity(NamedTuple):
    """Who somebody is, as their access token says."""

    user_id: str
    is_operator: bool
    groups: frozenset[str]


class Issuer:
    """Signs and reads access tokens."""

    def __init__(self, secret_key: str, ttl_s: int) -> None:
        self.signer = Signer(secret_key)
        self._ttl_s = ttl_s

    def issue(
        self, user_id: str, role: str | None = None, groups: Sequence[str] = ()
    ) -> AccessToken:
        """A token for this user."""
        now_s = int(self.signer.now())
        claims: dict[str, Any] = {"sub": user_id, "iat": now_s, "exp": now_s + self._ttl_s}
        if role is not None:
            claims["role"] = role
        if groups:
            claims["groups"] = list(groups)
        text = self.signer.sign(claims)
        return AccessToken(text, datetime.fromtimestamp(now_s + self._ttl_s, UTC))

    def user_id(self, token: str | None) -> str:
        """Whose token this is. Raises Unauthenticated."""
        return str(self._claims(token)["sub"])

    def identity(self, token: str | None) -> Identity:
        """Whose token this is, and what else it says of them. Raises Unauthenticated."""
        claims = self._claims(token)
        groups = claims.get("groups")
        return Identity(
            claims["sub"],
            claims.get("role") == OPERATOR,
            _names(groups) if isinstance(groups, list) else NO_GROUPS,
        )

    def _claims(self, token: str | None) -> dict[str, Any]:
        """What a token that is good now says. Raises Unauthenticated."""
        claims = self.signer.verify(token) if token else None
        if claims is None or not claims.get("nbf", 0) <= self.signer.now() < claims["exp"]:
            raise Unauthenticated
        if not USER_ID.fullmatch(claims["sub"]):
            raise Unauthenticated
        return claims


def _names(groups: list[Any]) -> frozenset[str]:
    """Those that are names. An empty one would be that of a lane that has no group."""
    return frozenset(group for group in groups if isinstance(group, str) and group)


class Passwords:
    """Hashes and compares, bounded in how many wait."""

    def __init__(self, callers_max: int) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._turns = asyncio.Semaphore(HASHES_AT_ONCE)
        self._callers_max = callers_max
        self._callers = 0
        # Compared with when there is no such user, so that the answer takes as long.
        self._nobody = self._hasher.hash("nobody")

    async def hash(self, password: str) -> str:
        """The Argon2id hash of a password. Raises Overloaded."""
        return str(await self._in_turn(self._hasher.hash, password))

    async def match(self, password_hash: str | None, password: str) -> bool:
        """Whether the password belongs to the hash; no hash matches nothing, as slowly."""
        return bool(await self._in_turn(self._verify, password_hash, password))

    def _verify(self, password_hash: str | None, password: str) -> bool:
        try:
            self._hasher.verify(password_hash or self._nobody, password)
        except (Argon2Error, InvalidHashError):
            return False
        return password_hash is not None

    async def _in_turn(self, work: object, *args: object) -> object:
        if self._callers >= self._callers_max:
            raise Overloaded
        self._callers += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *args)  # type: ignore[arg-type]
        finally:
            self._callers -= 1
