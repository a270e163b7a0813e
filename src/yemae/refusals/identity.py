"""Refusals of accounts, sign-in, guests and roles."""

from dataclasses import dataclass, field
from typing import Literal

from yemae.refusals.base import Refusal, soon_s


@dataclass(eq=False)
class Unauthenticated(Refusal):
    """This call needs a valid access token. Sign in and send it as `Authorization: Bearer
    <access_token>`."""

    slug = "unauthenticated"
    status = 401
    title = "Sign in first"


@dataclass(eq=False)
class OperatorRequired(Refusal):
    """This call is for operators, and you have no role. An admin gives one with `yemae users
    grant`, or your own identity provider puts it into the access token."""

    slug = "operator-required"
    status = 403
    title = "Operators only"


@dataclass(eq=False)
class RoleRequired(Refusal):
    """Your role may not do this here. The role that is named here may, and so may an admin; a role
    may be for one concert only."""

    slug = "forbidden"
    status = 403
    title = "Not allowed with your role"
    role: str


@dataclass(eq=False)
class WrongCredentials(Refusal):
    """The email address or the password is wrong."""

    slug = "wrong-credentials"
    status = 401
    title = "Wrong email address or password"


@dataclass(eq=False)
class WrongCode(Refusal):
    """The code is wrong, too old, or was used before. Type the one that the authenticator app shows
    now, or a recovery code that was not used yet."""

    slug = "wrong-code"
    status = 401
    title = "Wrong code"


@dataclass(eq=False)
class SecondFactorRequired(Refusal):
    """A password alone is not enough for this call. `way` says what is: `code` to sign in with the
    password and a code of the authenticator app, `passkey` to sign in with a passkey, `set_up` to
    set one of the two up first."""

    slug = "second-factor-required"
    status = 403
    title = "Second factor required"
    way: Literal["code", "passkey", "set_up"]


@dataclass(eq=False)
class FreshSignInRequired(Refusal):
    """This call needs a sign-in of the last minutes (`within_s` seconds). Sign in again, and repeat
    the call with the new access token."""

    slug = "fresh-sign-in-required"
    status = 403
    title = "Sign in again"
    within_s: int


@dataclass(eq=False)
class SignUpClosed(Refusal):
    """Sign-up is closed on this server. Users who have an account can sign in."""

    slug = "sign-up-closed"
    status = 403
    title = "Sign-up closed"


@dataclass(eq=False)
class GuestsClosed(Refusal):
    """This server takes no new guests: sign in first. Guests who exist already are not affected."""

    slug = "guests-closed"
    status = 403
    title = "Guests not allowed"


@dataclass(eq=False)
class GuestKeyInvalid(Refusal):
    """The guest key is unknown or has ended; signing out everywhere ends it. Continue as a new
    guest, or sign in."""

    slug = "guest-key-invalid"
    status = 401
    title = "Guest key invalid"


@dataclass(eq=False)
class ConsentRequired(Refusal):
    """The operator's terms have to be agreed to. Show the fan the version that is named here, and
    send it as `terms`."""

    slug = "consent-required"
    status = 409
    title = "Consent required"
    version: str


@dataclass(eq=False)
class EmailTaken(Refusal):
    """An account with this email address exists already."""

    slug = "email-taken"
    status = 409
    title = "Email address taken"


@dataclass(eq=False)
class SignInFailed(Refusal):
    """Signing in with an account elsewhere or a passkey did not succeed: `expired` when it took too
    long, was tried before or began in another browser, `refused` when the provider said no or
    the passkey is not known here, `taken` when it leads to another account here. Begin again."""

    slug = "sign-in-failed"
    status = 400
    title = "Sign-in failed"
    failure: Literal["expired", "refused", "taken"]


@dataclass(eq=False)
class IdentityProviderUnavailable(Refusal):
    """The sign-in provider did not answer. Retry after the time in Retry-After, or sign in another
    way."""

    slug = "identity-provider-unavailable"
    status = 503
    title = "Sign-in provider unavailable"
    retry_s: int = field(default_factory=soon_s)

    def extra(self) -> dict[str, object]:
        """Nothing: Retry-After carries the time."""
        return {}
