"""Signing in elsewhere by the authorization code flow (RFC 6749 with PKCE, RFC 7636; OpenID Connect
Core): where the fan is sent, and who has come back.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec
import structlog

from yemae.accounts.logins.attempt import Secrets, SignInAttempt
from yemae.accounts.logins.file import ALGORITHMS, Mapping, SignInProvider
from yemae.accounts.logins.keys import is_for, is_moment_between
from yemae.accounts.logins.metadata import JSON, IssuerInfo, Metadata, get
from yemae.base.web_client import NoAnswerError, WebClient
from yemae.refusals import IdentityProviderUnavailable, SignInFailed
from yemae.values.text import UNSAFE, composed

NAME_CHARS, EMAIL_CHARS, SUBJECT_CHARS = 100, 254, 255
NAVER_ME = "https://openapi.naver.com/v1/nid/me"
FORM = {**JSON, "Content-Type": "application/x-www-form-urlencoded"}

log = structlog.get_logger(__name__)


class Person(NamedTuple):
    """Who has signed in: the issuer's subject is the person. The address is one that the issuer has
    verified, or None."""

    issuer: str
    subject: str
    name: str | None
    email: str | None
    groups: tuple[str, ...]
    roles: tuple[str, ...]


class TokenAnswer(msgspec.Struct, frozen=True):
    """What is read of the answer to a code."""

    access_token: str = ""
    id_token: str = ""
    error: str = ""


class NaverPerson(msgspec.Struct, frozen=True):
    """What is read of a profile."""

    id: str
    name: str | None = None
    nickname: str | None = None


class NaverProfile(msgspec.Struct, frozen=True):
    """The answer about a profile."""

    response: NaverPerson


class ProviderClient:
    """One provider. Raises IdentityProviderUnavailable where it does not answer, SignInFailed
    where it says no or says what cannot be trusted."""

    def __init__(
        self,
        provider: SignInProvider,
        client: WebClient,
        now_s: Callable[[], float],
        *,
        plain: bool,
    ) -> None:
        self.provider = provider
        self._client = client
        self._now_s = now_s
        self._info = IssuerInfo(client, provider.url, ALGORITHMS, plain=plain)

    async def page(self, redirect_uri: str, secrets: Secrets) -> str:
        """Where the fan signs in."""
        values = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": redirect_uri,
            "state": secrets.state,
        }
        if self.provider.scope:
            values["scope"] = self.provider.scope
        if self.provider.kind == "naver":
            # Its OAuth 2 has neither a nonce nor PKCE.
            return f"{self.provider.url}/oauth2.0/authorize?{urlencode(values)}"
        digest = hashlib.sha256(secrets.verifier.encode()).digest()
        values["nonce"] = secrets.nonce
        values["code_challenge"] = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        values["code_challenge_method"] = "S256"
        url = self._needed((await self._info.metadata()).authorization_endpoint)
        return f"{url}{'&' if '?' in url else '?'}{urlencode(values)}"

    async def person(self, code: str, attempt: SignInAttempt) -> Person:
        """Who has come back with a code."""
        secrets, redirect_uri = attempt.secrets, attempt.redirect_uri
        values = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        if self.provider.kind == "naver":
            url = f"{self.provider.url}/oauth2.0/token"
            token = await self._exchange(url, {**values, "state": secrets.state}, posts_secret=True)
            return await self._naver(token.access_token)
        metadata = await self._info.metadata()
        supported = metadata.token_endpoint_auth_methods_supported
        values["code_verifier"] = secrets.verifier
        token = await self._exchange(
            self._needed(metadata.token_endpoint),
            values,
            posts_secret="client_secret_post" in supported,
        )
        claims = await self._info.claims(token.id_token)
        if claims is None or not self._is_ours(claims, metadata, secrets.nonce):
            log.warning("an ID token cannot be trusted", provider=self.provider.key)
            raise SignInFailed("refused")
        email = claims.get("email") if claims.get("email_verified") is True else None
        names = (claims.get(each) for each in ("name", "nickname", "preferred_username"))
        return _person(metadata.issuer, claims["sub"], names, email, self.provider, claims)

    def _needed(self, endpoint: str) -> str:
        """An address that only some issuers have to name."""
        if not endpoint:
            log.error("an issuer's metadata lack an endpoint", provider=self.provider.key)
            raise IdentityProviderUnavailable
        return endpoint

    async def _exchange(
        self, url: str, values: dict[str, str], *, posts_secret: bool
    ) -> TokenAnswer:
        """The tokens for a code, which is good once."""
        values, headers = {**values, "client_id": self.provider.client_id}, dict(FORM)
        secret = self.provider.client_secret
        if secret and posts_secret:
            values["client_secret"] = secret
        elif secret:
            pair = f"{quote(self.provider.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        try:
            answer = await self._client.ask("POST", url, headers, urlencode(values).encode())
        except NoAnswerError as error:
            log.warning("a sign-in provider does not answer", url=url, reason=str(error))
            raise IdentityProviderUnavailable from None
        if answer.status >= 500 or answer.status == 429:
            log.warning("a sign-in provider fails", url=url, status=answer.status)
            raise IdentityProviderUnavailable
        try:
            found = msgspec.json.decode(answer.body, type=TokenAnswer)
        except (msgspec.ValidationError, msgspec.DecodeError):
            found = TokenAnswer(error="no JSON")
        if found.error or answer.status != 200:
            # A reason other than invalid_grant says that the settings are wrong.
            log.warning("a code was refused", provider=self.provider.key, reason=found.error[:100])
            raise SignInFailed("refused")
        return found

    def _is_ours(self, claims: dict[str, Any], metadata: Metadata, nonce: str) -> bool:
        """What section 3.1.3.7 of OpenID Connect Core asks of an ID token beside its signature."""
        client_id = self.provider.client_id
        others = isinstance(claims.get("aud"), list) and len(claims["aud"]) > 1
        return (
            claims.get("iss") == metadata.issuer
            and is_for(claims, client_id)
            and claims.get("azp", None if others else client_id) == client_id
            and isinstance(claims.get("nonce"), str)
            and hmac.compare_digest(claims["nonce"].encode(errors="replace"), nonce.encode())
            and is_moment_between(claims, self._now_s())
            and isinstance(claims.get("sub"), str)
        )

    async def _naver(self, token: str) -> Person:
        base = self.provider.issuer
        url = f"{base.rstrip('/')}/v1/nid/me" if base else NAVER_ME
        raw = await get(self._client, url, {**JSON, "Authorization": f"Bearer {token}"})
        try:
            found = msgspec.json.decode(raw, type=NaverProfile).response
        except (msgspec.ValidationError, msgspec.DecodeError):
            raise SignInFailed("refused") from None
        # It does not say whether an address is verified.
        return _person(
            self.provider.url, found.id, iter((found.name, found.nickname)), None, Mapping(), {}
        )


def _person(
    issuer: str,
    subject: str,
    names: Any,
    email: object,
    mapping: Mapping,
    claims: dict[str, object],
) -> Person:
    if not 0 < len(subject) <= SUBJECT_CHARS or not subject.isprintable():
        raise SignInFailed("refused")
    said = (composed(UNSAFE.sub("", each)).strip() for each in names if isinstance(each, str))
    name = next((each[:NAME_CHARS] for each in said if each), None)
    is_email = isinstance(email, str) and email.count("@") == 1 and len(email) <= EMAIL_CHARS
    return Person(
        issuer,
        subject,
        name,
        str(email) if is_email and not UNSAFE.search(str(email)) else None,
        tuple(mapping.groups_of(claims)),
        tuple(mapping.roles_of(claims)),
    )
