"""What an issuer says of itself (OpenID Connect Discovery), and its keys: read once in a while.

One question at a time for each issuer; those who come meanwhile wait for its answer, and share it
also when there is none.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog

from yemae.accounts.logins.file import Algorithm, is_address
from yemae.accounts.logins.keys import BadKeysError, KeySet, UnknownKeyError
from yemae.base.web_client import NoAnswerError, WebClient
from yemae.refusals import IdentityProviderUnavailable

DISCOVERY = "/.well-known/openid-configuration"
AGE_S = 3600.0
# After a question without an answer no other one is asked in this time.
PAUSE_S = 2.0
JSON = {"Accept": "application/json"}

log = structlog.get_logger(__name__)


class Metadata(msgspec.Struct, frozen=True):
    """What is read of a discovery document."""

    issuer: str
    jwks_uri: str
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    # The default of the specification.
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class IssuerInfo:
    """An issuer's metadata and keys. Raises IdentityProviderUnavailable where it gives none."""

    def __init__(
        self, client: WebClient, url: str, algorithms: Sequence[Algorithm], *, plain: bool
    ) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._plain = plain
        self._known: Metadata | None = None
        self._known_at_s = 0.0
        self._failed_at_s = -PAUSE_S
        self._turn = asyncio.Lock()
        self.keys = KeySet(algorithms)

    async def metadata(self) -> Metadata:
        """Its addresses; those that are known where it does not answer."""
        async with self._turn:
            if self._known is None or time.monotonic() - self._known_at_s >= AGE_S:
                try:
                    self._known = self._read(await self._ask(self._url + DISCOVERY))
                except IdentityProviderUnavailable:
                    if self._known is None:
                        raise
                self._known_at_s = time.monotonic()
            return self._known

    async def claims(self, token: str) -> dict[str, Any] | None:
        """The claims of a token that it has signed, or None."""
        metadata = await self.metadata()
        try:
            if self.keys:
                return self.keys.claims(token)
        except UnknownKeyError:
            if not self.keys.may_ask():
                return None
        await self.load_keys(metadata.jwks_uri)
        try:
            return self.keys.claims(token)
        except UnknownKeyError:
            return None

    async def load_keys(self, url: str | None = None) -> None:
        """Ask for its keys."""
        url = url or (await self.metadata()).jwks_uri
        async with self._turn:
            if self.keys and not self.keys.may_ask():
                return
            self.keys.note_ask()
            try:
                self.keys.take(await self._ask(url))
            except BadKeysError as error:
                log.error("an issuer's keys cannot be read", url=url, reason=str(error))
                raise IdentityProviderUnavailable from None

    async def _ask(self, url: str) -> bytes:
        if time.monotonic() - self._failed_at_s < PAUSE_S:
            raise IdentityProviderUnavailable
        try:
            return await get(self._client, url)
        except IdentityProviderUnavailable:
            self._failed_at_s = time.monotonic()
            raise

    def _read(self, document: bytes) -> Metadata:
        try:
            found = msgspec.json.decode(document, type=Metadata)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            log.error("an issuer's metadata cannot be read", url=self._url, reason=str(error))
            raise IdentityProviderUnavailable from None
        urls = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        is_sound = all(is_address(url, plain=self._plain) for url in urls if url)
        if found.issuer.rstrip("/") != self._url or not is_sound:
            log.error("an issuer's metadata names another issuer, or no https", url=self._url)
            raise IdentityProviderUnavailable
        return found


async def get(client: WebClient, url: str, headers: dict[str, str] = JSON) -> bytes:
    """The body of a good answer. Raises IdentityProviderUnavailable."""
    try:
        answer = await client.ask("GET", url, headers)
    except NoAnswerError as error:
        log.warning("a sign-in provider does not answer", url=url, reason=str(error))
        raise IdentityProviderUnavailable from None
    if answer.status != 200:
        log.warning("a sign-in provider fails", url=url, status=answer.status)
        raise IdentityProviderUnavailable
    return answer.body
