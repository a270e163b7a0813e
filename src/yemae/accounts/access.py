"""Access tokens and passwords.

An access token is a JWT, HS256 with the operator's secret key, with `sub` (1 to 128 visible
ASCII characters, not starting with @) and `exp`. Passwords are hashed with Argon2id in threads, a
few at a time, because one hash costs tens of milliseconds and 19 MiB (OWASP's minimum, Password
Storage Cheat Sheet).
"""

import asyncio
import re
from datetime import UTC, datetime
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from yemae.refusals import Overloaded, Unauthenticated
from yemae.signing import Signer

USER_ID = re.compile(r"[!-?A-~][!-~]{0,127}")
HASHES_AT_ONCE = 2


class AccessToken(NamedTuple):
    """A signed access token and its end."""

    text: str
    expires_at: datetime


class Issuer:
    """Signs and reads access tokens."""

    def __init__(self, secret_key: str, ttl_s: int) -> None:
        self.signer = Signer(secret_key)
        self._ttl_s = ttl_s

    def issue(self, user_id: str) -> AccessToken:
        """A token for this user."""
        now_s = int(self.signer.now())
        text = self.signer.sign({"sub": user_id, "iat": now_s, "exp": now_s + self._ttl_s})
        return AccessToken(text, datetime.fromtimestamp(now_s + self._ttl_s, UTC))

    def user_id(self, token: str | None) -> str:
        """Whose token this is. Raises Unauthenticated."""
        claims = self.signer.verify(token) if token else None
        if claims is None or claims["exp"] <= self.signer.now():
            raise Unauthenticated
        user_id = claims["sub"]
        if not USER_ID.fullmatch(user_id):
            raise Unauthenticated
        return str(user_id)


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
