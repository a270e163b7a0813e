"""An attempt to sign in at a provider: what a browser keeps of it, in a signed cookie."""

import secrets
from typing import Any, NamedTuple

from yemae.base.signing import Signer

ATTEMPT_TTL_S = 600
SECRET_BYTES = 32
PURPOSE = "yemae sign-in elsewhere"


class Secrets(NamedTuple):
    """What binds the way there and the way back to one browser."""

    state: str
    nonce: str
    verifier: str


class SignInAttempt(NamedTuple):
    """An attempt to sign in: with which provider, where it comes back to, the version of the terms
    that the fan agrees to, and the account that the login is to lead to, of a fan who is signed in
    already."""

    provider_id: str
    redirect_uri: str
    terms: str | None
    secrets: Secrets
    link_to: str | None = None


def new_secrets() -> Secrets:
    """Secrets that cannot be guessed."""
    return Secrets(*(secrets.token_urlsafe(SECRET_BYTES) for _ in range(3)))


def seal(signer: Signer, attempt: SignInAttempt) -> str:
    """The text of the cookie."""
    return signer.sign(
        {
            "sub": attempt.provider_id,
            "exp": int(signer.now()) + ATTEMPT_TTL_S,
            "redirect_uri": attempt.redirect_uri,
            "terms": attempt.terms,
            "link_to": attempt.link_to,
            **attempt.secrets._asdict(),
        }
    )


def read(signer: Signer, cookie: str | None, provider_id: str, state: str) -> SignInAttempt | None:
    """The attempt that this browser has begun with this provider and this state; None where it has
    begun none, or too long ago."""
    claims: dict[str, Any] | None = signer.verify(cookie) if cookie else None
    if claims is None or claims["exp"] <= signer.now() or claims["sub"] != provider_id:
        return None
    if not secrets.compare_digest(claims["state"].encode(), state.encode()):
        return None
    kept = Secrets(claims["state"], claims["nonce"], claims["verifier"])
    return SignInAttempt(
        provider_id, claims["redirect_uri"], claims["terms"], kept, claims.get("link_to")
    )
