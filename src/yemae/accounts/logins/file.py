"""The logins of others, as the one setting has them: JSON, best in a file.

Always holds: no sentence about it has a secret in it.
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from yemae.accounts.roles import ROLES, read_role
from yemae.settings import Settings, SettingsError

VARIABLE = "YEMAE_SIGN_IN_PROVIDERS"
PROVIDERS_MAX = 8
# Signatures that a public key checks. A secret that both sides know, and "none", are never allowed.
Algorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"
]
ALGORITHMS: tuple[Algorithm, ...] = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
Kind = Literal["google", "kakao", "naver", "oidc"]
ISSUERS: dict[Kind, str] = {
    "google": "https://accounts.google.com",
    "kakao": "https://kauth.kakao.com",
    "naver": "https://nid.naver.com",
}
# Of Kakao only what every application may ask for; an address is an item to be applied for.
SCOPES: dict[Kind, tuple[str, ...]] = {
    "google": ("openid", "email", "profile"),
    "kakao": ("openid", "profile_nickname"),
    "naver": (),
    "oidc": ("openid", "email", "profile"),
}
NAMES: dict[Kind, tuple[str, str]] = {
    "google": ("Google", "Google"),
    "kakao": ("카카오", "Kakao"),
    "naver": ("네이버", "Naver"),
}
LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))

Text = Annotated[str, Meta(min_length=1, max_length=500)]
Group = Annotated[str, Meta(min_length=1, max_length=100)]
ProviderId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,30}\Z")]
Groups = Annotated[dict[Group, Group], Meta(max_length=100)]


class ProviderName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What fans read on the button."""

    ko: Annotated[str, Meta(min_length=1, max_length=40)]
    en: Annotated[str, Meta(min_length=1, max_length=40)]


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the groups of a login mean here: `groups` gives lanes by our names, `roles` gives roles
    of operators. A group that is in neither counts for nothing."""

    groups_claim: Text = "groups"
    groups: Groups = {}
    roles: Groups = {}

    def groups_of(self, claims: dict[str, object]) -> list[str]:
        """Our groups of a person."""
        return self._ours(self.groups, claims)

    def roles_of(self, claims: dict[str, object]) -> list[str]:
        """What a person may do here."""
        return self._ours(self.roles, claims)

    def _ours(self, named: dict[str, str], claims: dict[str, object]) -> list[str]:
        theirs = self._theirs(claims)
        return sorted({ours for name, ours in named.items() if name in theirs})

    def _theirs(self, claims: dict[str, object]) -> set[str]:
        """By the claim of this name, or along a path such as `realm_access.roles`."""
        found: object = claims.get(self.groups_claim)
        if found is None and "." in self.groups_claim:
            found = claims
            for part in self.groups_claim.split("."):
                found = found.get(part) if isinstance(found, dict) else None
        if isinstance(found, str):
            return {found}
        return (
            {each for each in found if isinstance(each, str)} if isinstance(found, list) else set()
        )


class SignInProvider(Mapping, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where fans may sign in. `issuer` is needed for `oidc` only."""

    kind: Kind
    client_id: Text
    client_secret: Annotated[str, Meta(max_length=500)] = ""
    id: ProviderId | None = None
    issuer: Text | None = None
    name: ProviderName | None = None
    scopes: Annotated[list[Text], Meta(max_length=20)] | None = None

    def __repr__(self) -> str:
        return f"SignInProvider({self.key})"

    @property
    def key(self) -> str:
        """What the API calls it."""
        return self.id or self.kind

    @property
    def url(self) -> str:
        """Its issuer."""
        return (self.issuer or ISSUERS[self.kind]).rstrip("/")

    @property
    def said(self) -> ProviderName:
        """Its name."""
        return self.name or ProviderName(*NAMES[self.kind])

    @property
    def scope(self) -> str:
        """What it is asked for."""
        return " ".join(SCOPES[self.kind] if self.scopes is None else self.scopes)


class OwnLogin(Mapping, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A login of the operator whose access tokens the API takes: their `sub` is the user id."""

    issuer: Text
    audience: Text
    jwks_uri: Text | None = None
    algorithms: Annotated[tuple[Algorithm, ...], Meta(min_length=1)] = ALGORITHMS


class LoginsFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole setting."""

    providers: Annotated[list[SignInProvider], Meta(max_length=PROVIDERS_MAX)] = []
    access_tokens: OwnLogin | None = None


def read_logins(settings: Settings) -> LoginsFile:
    """The logins of others that are set. Raises SettingsError."""
    text = settings.accounts.sign_in_providers
    if not text:
        return LoginsFile()
    try:
        found = msgspec.json.decode(text, type=LoginsFile)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise SettingsError(f"{VARIABLE} cannot be used: {error}.") from None
    if wrong := _wrong(found, plain=settings.server.mode == "development"):
        raise SettingsError(f"{VARIABLE} cannot be used: {wrong}.")
    return found


def _wrong(found: LoginsFile, *, plain: bool) -> str | None:
    """What the types do not say: what is missing, what comes twice, addresses and roles."""
    for number, each in enumerate(found.providers):
        if wrong := _wrong_provider(each, f"$.providers[{number}]", plain=plain):
            return wrong
    keys = [each.key for each in found.providers]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        return f"two providers have the id {twice}: give one of them another `id`"
    own = found.access_tokens
    if own is None:
        return None
    for field, url in (("issuer", own.issuer), ("jwks_uri", own.jwks_uri or own.issuer)):
        if not is_address(url, plain=plain):
            return f"expected an address of https - at `$.access_tokens.{field}`"
    return _wrong_role(own, "$.access_tokens")


def _wrong_provider(provider: SignInProvider, at: str, *, plain: bool) -> str | None:
    if provider.kind == "oidc" and not (provider.issuer and provider.name and provider.id):
        return f"a provider of the kind oidc needs `id`, `issuer` and `name` - at `{at}`"
    if provider.kind != "naver" and "openid" not in provider.scope.split():
        return f"the scopes lack `openid` - at `{at}.scopes`"
    if not is_address(provider.url, plain=plain):
        return f"expected an address of https - at `{at}.issuer`"
    return _wrong_role(provider, at)


def _wrong_role(mapping: Mapping, at: str) -> str | None:
    wrong = next((role for role in mapping.roles.values() if read_role(role) is None), None)
    if wrong is None:
        return None
    return f"{wrong!r} is no role: expected {', '.join(ROLES)}, or one of a concert - at `{at}`"


def is_address(url: str, *, plain: bool) -> bool:
    """Whether a provider may be asked there; `plain`: also by http on this machine, for
    development."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or not url.isascii() or not url.isprintable() or " " in url or parts.username:
        return False
    return parts.scheme == "https" or (plain and parts.scheme == "http" and host in LOCAL)
