"""Access tokens, and the keys that guests come back with.

An access token is a JWT, HS256 with the operator's secret key, with `sub` (1 to 128 visible
ASCII characters, not starting with @) and `exp`. It may have `roles`, a list of texts (roles.py),
`role`, of which `operator` is the only one and from before there were roles, and `groups`, a list
of texts, which give lanes in the waiting room. Roles or groups of another shape count as none: a
token of another issuer is never a fault. A token from before its owner signed out everywhere is
good for nothing, and so is a guest's key.

A token that someone has signed in for says when (`auth_time`) and how (`amr`, RFC 8176): `pwd` with
a password, `otp` with a code besides, `pop` with a passkey, `ext` elsewhere; `mfa` where that was
two factors. Tokens of scripts and of the operator's own login say neither; see strength.py.

A guest has no password. The key is a token of another purpose, so making a guest and signing one in
again cost one signature, and neither a hash nor a row.
"""

import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, Protocol

from yemae.accounts.roles import NO_GRANTS, Grant, read_roles
from yemae.accounts.sign_outs import KEPT_S, SignOuts, issued_s
from yemae.base.signing import NUMBERS, Signer
from yemae.refusals import GuestKeyInvalid, Unauthenticated
from yemae.values.text import composed

USER_ID = re.compile(r"[!-?A-~][!-~]{0,127}")
OPERATOR = "operator"
# How long a guest may be away; coming back gives a new key. No longer than sign-outs are kept.
GUEST_KEY_TTL_S = KEPT_S
NO_GROUPS: frozenset[str] = frozenset()
Means = Literal["pwd", "otp", "pop", "ext", "mfa"]
BY_PASSWORD: tuple[Means, ...] = ("pwd",)
BY_CODE: tuple[Means, ...] = ("pwd", "otp", "mfa")
BY_PASSKEY: tuple[Means, ...] = ("pop", "mfa")
ELSEWHERE: tuple[Means, ...] = ("ext",)
# How long a session is good that ends soon, such as the console's; it is renewed while it is used.
SHORT_TTL_S = 1_800


class AccessToken(NamedTuple):
    """A signed access token and its end."""

    text: str
    expires_at: datetime


class GuestSession(NamedTuple):
    """Whose key a guest's key is, and when it was issued, in Unix seconds."""

    user_id: str
    issued_s: float


class SignInMoment(NamedTuple):
    """When a session was signed in, in Unix seconds, and by what means."""

    at_s: float
    means: tuple[str, ...]


class Identity(NamedTuple):
    """Who a caller is, by their access token."""

    user_id: str
    # By the role of before, which may do everything.
    is_operator: bool = False
    groups: frozenset[str] = NO_GROUPS
    roles: frozenset[Grant] = NO_GRANTS
    # None for tokens of scripts and of the operator's own login.
    signed_in: SignInMoment | None = None


class TokenReader(Protocol):
    """Reads access tokens of the operator's own login; see logins/own.py."""

    def claims(self, token: str) -> dict[str, Any] | None:
        """What a token says, in our words; None for one that is not good."""


class Issuer:
    """Signs and reads access tokens and guests' keys."""

    def __init__(
        self,
        secret_key: str,
        ttl_s: int,
        sign_outs: SignOuts | None = None,
        clock: Callable[[], float] = time.time,
        own_tokens: TokenReader | None = None,
    ) -> None:
        self.signer = Signer(secret_key, clock=clock)
        self._own_tokens = own_tokens
        self._guests = Signer(secret_key, "yemae guest key", clock)
        self._ttl_s = ttl_s
        self.sign_outs = sign_outs or SignOuts()

    def issue(
        self,
        user_id: str,
        role: str | None = None,
        groups: Sequence[str] = (),
        roles: Sequence[str] = (),
        *,
        means: Sequence[Means] = (),
        signed_in: SignInMoment | None = None,
        is_short: bool = False,
    ) -> AccessToken:
        """A token for this user, which no sign-out that this process knows of has ended: of one who
        signs in now by these means, or has signed in before."""
        now_s = int(self.signer.now())
        issued_s = self.sign_outs.after(user_id, now_s)
        exp = now_s + (min(SHORT_TTL_S, self._ttl_s) if is_short else self._ttl_s)
        claims: dict[str, Any] = {"sub": user_id, "iat": issued_s, "exp": exp}
        if role is not None:
            claims["role"] = role
        if groups:
            claims["groups"] = list(groups)
        if roles:
            claims["roles"] = list(roles)
        if means or signed_in:
            by = signed_in or SignInMoment(now_s, tuple(means))
            claims["auth_time"], claims["amr"] = by.at_s, list(by.means)
        text = self.signer.sign_known(claims)
        return AccessToken(text, datetime.fromtimestamp(exp, UTC))

    def guest_key(self, user_id: str) -> str:
        """What a guest signs in again with, instead of a password."""
        now_s = int(self.signer.now())
        issued_s = self.sign_outs.after(user_id, now_s)
        return self._guests.sign({"sub": user_id, "iat": issued_s, "exp": now_s + GUEST_KEY_TTL_S})

    def guest(self, key: str) -> str:
        """Whose key this is. Raises GuestKeyInvalid."""
        claims = self._guest_claims(key)
        if self.sign_outs.ended(claims):
            raise GuestKeyInvalid
        return str(claims["sub"])

    def guest_session(self, key: str) -> GuestSession:
        """Whose key this is, and when it was issued, whether or not its guest has signed out since.
        Raises GuestKeyInvalid."""
        claims = self._guest_claims(key)
        return GuestSession(str(claims["sub"]), issued_s(claims))

    def _guest_claims(self, key: str) -> dict[str, Any]:
        claims = self._guests.verify(key)
        if claims is None or claims["exp"] <= self.signer.now():
            raise GuestKeyInvalid
        return claims

    def user_id(self, token: str | None) -> str:
        """Whose token this is. Raises Unauthenticated."""
        return str(self._claims(token)["sub"])

    def session(self, token: str | None) -> tuple[str, float]:
        """Whose token this is, and when it was issued, in Unix seconds. Raises Unauthenticated."""
        claims = self._claims(token)
        return claims["sub"], issued_s(claims)

    def identity(self, token: str | None) -> Identity:
        """Whose token this is, and what else it says of them. Raises Unauthenticated."""
        claims = self._claims(token)
        groups, roles = claims.get("groups"), claims.get("roles")
        return Identity(
            claims["sub"],
            claims.get("role") == OPERATOR,
            _names(groups) if isinstance(groups, list) else NO_GROUPS,
            read_roles(roles) if isinstance(roles, list) else NO_GRANTS,
            _signed_in(claims),
        )

    def _claims(self, token: str | None) -> dict[str, Any]:
        """What a token that is good now says. Raises Unauthenticated."""
        claims = self._read(token) if token else None
        if claims is None or not claims.get("nbf", 0) <= self.signer.now() < claims["exp"]:
            raise Unauthenticated
        if not USER_ID.fullmatch(claims["sub"]) or self.sign_outs.ended(claims):
            raise Unauthenticated
        return claims

    def _read(self, token: str) -> dict[str, Any] | None:
        """What a token of ours or of the operator's own login says. Raises Overloaded while the
        keys of the login are on their way."""
        claims = self.signer.verify(token)
        if claims is None and self._own_tokens is not None:
            return self._own_tokens.claims(token)
        return claims


def _signed_in(claims: dict[str, Any]) -> SignInMoment | None:
    """When and how the owner of a token has signed in, where it says both."""
    at_s, means = claims.get("auth_time"), claims.get("amr")
    if at_s is None or type(at_s) not in NUMBERS or not isinstance(means, list):
        return None
    return SignInMoment(at_s, tuple(each for each in means if isinstance(each, str)))


def _names(groups: list[Any]) -> frozenset[str]:
    """Those that are names. An empty one would be that of a lane that has no group."""
    return frozenset(composed(group) for group in groups if isinstance(group, str) and group)
