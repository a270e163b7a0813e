"""Access tokens of the operator's own login, which any call may carry instead of ours.

A call never waits for the login: its keys are kept in memory and read again in the background. A
token is checked once in a process and remembered until the keys change.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import jwt
import structlog

from yemae.accounts.logins.file import OwnLogin
from yemae.accounts.logins.keys import SKEW_S, UnknownKeyError, is_for, is_moment_between
from yemae.accounts.logins.metadata import IssuerInfo
from yemae.base.web_client import WebClient
from yemae.refusals import IdentityProviderUnavailable, Overloaded

REFRESH_S = 300.0
# Until the first keys are there.
RETRY_S = 2.0
REMEMBERED_MAX = 100_000

log = structlog.get_logger(__name__)


class OwnTokens:
    """Reads the access tokens of one issuer."""

    def __init__(
        self, login: OwnLogin, client: WebClient, now_s: Callable[[], float], *, plain: bool
    ) -> None:
        self._login = login
        self._now_s = now_s
        self._info = IssuerInfo(client, login.issuer, login.algorithms, plain=plain)
        self._wanted = asyncio.Event()
        self._known: dict[str, dict[str, Any]] = {}

    def claims(self, token: str) -> dict[str, Any] | None:
        """What a token of the login says, in our words; None for one that is not its own or not
        good. Raises Overloaded while the keys are on their way that the token may need."""
        known = self._known.get(token)
        if known is not None:
            return known
        if not self._is_its_own(token):
            return None
        keys = self._info.keys
        if not keys:
            raise Overloaded
        try:
            claims = keys.claims(token)
        except UnknownKeyError:
            if keys.may_ask():
                self._wanted.set()
            if self._wanted.is_set():
                raise Overloaded from None
            return None
        if claims is None or not self._is_good(claims):
            return None
        said = self._said(claims)
        if len(self._known) >= REMEMBERED_MAX:
            self._known.clear()
        self._known[token] = said
        return said

    async def keep_fresh(self) -> None:
        """Read the keys now, once in a while, and when a token needs others."""
        while True:
            await self.refresh()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REFRESH_S if self._info.keys else RETRY_S):
                    await self._wanted.wait()

    async def refresh(self) -> None:
        """Read the keys. Those that are known stay where the login does not answer."""
        self._info.keys.asked_at_s = float("-inf")
        try:
            await self._info.load_keys(self._login.jwks_uri)
        except IdentityProviderUnavailable:
            self._info.keys.note_ask()
        else:
            # What a key has signed that is gone is good no more.
            self._known.clear()
        finally:
            self._wanted.clear()

    def _is_its_own(self, token: str) -> bool:
        """Whether a token says that it is of this issuer, before anything is checked."""
        try:
            said = jwt.decode(token, options={"verify_signature": False})
        except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
            return False
        return bool(said.get("iss") == self._login.issuer)

    def _is_good(self, claims: dict[str, Any]) -> bool:
        return (
            claims.get("iss") == self._login.issuer
            and is_for(claims, self._login.audience)
            and isinstance(claims.get("sub"), str)
            and is_moment_between(claims, self._now_s())
        )

    def _said(self, claims: dict[str, Any]) -> dict[str, Any]:
        """The claims as our own tokens have them; groups and role as they are mapped."""
        said: dict[str, Any] = {
            "sub": claims["sub"],
            "exp": claims["exp"] + SKEW_S,
            "nbf": claims.get("nbf", 0) - SKEW_S,
            "groups": self._login.groups_of(claims),
            "roles": self._login.roles_of(claims),
        }
        if "iat" in claims:
            said["iat"] = claims["iat"]
        return said
