"""Who asks: accounts, sign-in, guests, roles."""

from dataclasses import dataclass

from yemae.refusals.base import Refusal


@dataclass(eq=False)
class Unauthenticated(Refusal):
    """The Authorization header with a valid, unexpired access token is missing. Sign in and
    send it as `Authorization: Bearer <access_token>`."""

    slug = "unauthenticated"
    status = 401
    title = "Sign in first"


@dataclass(eq=False)
class OperatorRequired(Refusal):
    """Only an operator may do this: sign in again after `yemae users grant-operator`, or let your
    own login put the role `operator` into the access token."""

    slug = "operator-required"
    status = 403
    title = "Operators only"


@dataclass(eq=False)
class WrongCredentials(Refusal):
    """The email address and the password do not belong together."""

    slug = "wrong-credentials"
    status = 401
    title = "Wrong email address or password"


@dataclass(eq=False)
class SignUpClosed(Refusal):
    """Nobody can make an account here. Those who have one can sign in."""

    slug = "sign-up-closed"
    status = 403
    title = "Sign-up closed"


@dataclass(eq=False)
class GuestsClosed(Refusal):
    """Nobody can go on as a guest here: sign in first. Those who are guests already stay so."""

    slug = "guests-closed"
    status = 403
    title = "No guests"


@dataclass(eq=False)
class GuestKeyInvalid(Refusal):
    """This is no key of a guest, or one that has ended: guests who sign out everywhere end their
    keys, too. Go on as a new guest, or sign in."""

    slug = "guest-key-invalid"
    status = 401
    title = "Guest key invalid"


@dataclass(eq=False)
class EmailTaken(Refusal):
    """Somebody has already signed up with this email address."""

    slug = "email-taken"
    status = 409
    title = "Email address taken"
