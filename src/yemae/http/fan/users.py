"""Sign-up, sign-in, and who the access token belongs to: the built-in issuer of identities."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yemae.accounts import sessions
from yemae.http.contract.operation import Answer, Body, Operation, Shown
from yemae.http.fan.terms import Accepted
from yemae.http.server.call import Call
from yemae.refusals import (
    BodyTooLarge,
    ConsentRequired,
    EmailTaken,
    InvalidRequest,
    MalformedBody,
    ProofOfWorkInvalid,
    ProofOfWorkRequired,
    RateLimited,
    RequestTimeout,
    SignUpClosed,
    Unauthenticated,
    WrongCode,
    WrongCredentials,
)
from yemae.sale import new_accounts
from yemae.sale import sign_in as sale_sign_in
from yemae.values.instants import Instant, instant
from yemae.values.text import BIDI, CONTROLS, MARKS
from yemae.waiting_room.challenges import PAYLOAD_MAX_CHARS

EXAMPLE_ID = "0199d3b2-6a40-7c11-9d42-5d0f3f7a1b2c"
EXAMPLE_TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTk5In0.c2lnbmF0dXJl"  # noqa: S105 - an example
EXAMPLE_USER = {"id": EXAMPLE_ID, "name": "김예매", "email": "fan@example.com"}
EXAMPLE_SESSION = {"access_token": EXAMPLE_TOKEN, "expires_at": "2026-11-23T03:00:00.000Z"}
# What an address and a name have none of. A name may have marks of direction.
NOT_IN_ADDRESS = rf"@\s{CONTROLS}{BIDI}{MARKS}"
NOT_IN_NAME = rf"{CONTROLS}{BIDI}"

Email = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=rf"^[^{NOT_IN_ADDRESS}]{{1,64}}@[^{NOT_IN_ADDRESS}]{{1,189}}\Z",
        description="An address with one @; capitals make no difference.",
    ),
]
Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=100,
        pattern=rf"^(?=\s*\S)[^{NOT_IN_NAME}]*\Z",
        description="How the fan wants to be called.",
    ),
]
Password = Annotated[
    str,
    Meta(
        min_length=8,
        max_length=128,
        description="Not only spaces, and neither the email address nor the name.",
    ),
]
Altcha = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=PAYLOAD_MAX_CHARS,
        description="The solution of a challenge, as ALTCHA's clients give it.",
    ),
]
AnyPassword = Annotated[str, Meta(min_length=1, max_length=128)]


class SignUp(Body, frozen=True):
    """A new fan."""

    name: Name
    email: Email
    password: Password
    terms: Accepted | None = None
    altcha: Altcha | None = None
    language: Literal["ko", "en"] = "ko"


class SignIn(Body, frozen=True):
    """A fan who comes back. `code` is that of the authenticator app, or a recovery code, of an
    account that has an app: calls for operators ask for it. `short`: the session ends after half an
    hour, and is renewed while it is used."""

    email: Email
    password: AnyPassword
    code: Annotated[str, Meta(min_length=1, max_length=32)] | None = None
    short: bool = False


class UserBody(msgspec.Struct, frozen=True):
    """A fan. Name and email are null for identities of another issuer."""

    id: str
    name: str | None
    email: str | None


class OwnUser(UserBody, frozen=True):
    """The fan, who has a password or signs in elsewhere."""

    has_password: bool


class Session(msgspec.Struct, frozen=True):
    """An access token: send it as `Authorization: Bearer …` until it expires."""

    access_token: str
    expires_at: Instant


class SignedUp(msgspec.Struct, frozen=True):
    """The new fan, signed in."""

    user: UserBody
    access_token: str
    expires_at: Instant


SIGN_UP = msgspec.json.Decoder(SignUp)
SIGN_IN = msgspec.json.Decoder(SignIn)


async def sign_up(call: Call) -> Answer:
    """Write a user and sign them in. While a concert asks for a proof of work, so does this:
    `altcha` is the solution of a challenge. `terms` is the version of the operator's terms that
    the fan agrees to. Where `sign_up` of the settings is `confirmed`, the answer is 202 for every
    address, and a link in a mail in that `language` makes the account."""
    wanted = await call.body(SIGN_UP)
    done = await new_accounts.sign_up(
        call.runtime,
        wanted.name,
        wanted.email,
        wanted.password,
        address=call.account_address(),
        proof=wanted.altcha,
        terms=wanted.terms,
        language=wanted.language,
    )
    if done is None:
        return Answer(202)
    token = done.token
    return Answer(201, SignedUp(UserBody(*done.user), token.text, instant(token.expires_at)))


async def sign_in(call: Call) -> Answer:
    """Give an access token for the right password. Wrong ones are counted for the network that they
    come from, for each account and for all together."""
    given = await call.body(SIGN_IN)
    runtime = call.runtime
    token = await sale_sign_in.sign_in(
        runtime,
        email=given.email,
        password=given.password,
        code=given.code,
        is_short=given.short,
        address=call.account_address(),
    )
    return Answer(201, Session(token.text, instant(token.expires_at)))


async def sign_out(call: Call) -> Answer:
    """End every session of the user: access tokens from before now are refused, on every node
    within moments. Places in the queue stay, and their queue tokens with them."""
    runtime = call.runtime
    await sessions.sign_out_everywhere(runtime.postgres, runtime.issuer, *call.session())
    return Answer(204)


async def me(call: Call) -> Answer:
    """Who the access token belongs to."""
    return Answer(200, OwnUser(*await sessions.profile_of(call.runtime.postgres, call.user_id())))


OPERATIONS = (
    Operation(
        "sign_up",
        "POST",
        "/v1/users",
        "users",
        "Sign up",
        sign_up,
        body=SignUp,
        body_example={"name": "김예매", "email": "fan@example.com", "password": "correct horse"},
        answers=(
            Shown(
                201, "Signed up and signed in", SignedUp, {"user": EXAMPLE_USER, **EXAMPLE_SESSION}
            ),
            Shown(202, "A mail is on its way"),
        ),
        problems=(
            SignUpClosed,
            ConsentRequired,
            EmailTaken,
            ProofOfWorkRequired,
            ProofOfWorkInvalid,
            RateLimited,
            InvalidRequest,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
        ),
    ),
    Operation(
        "sign_in",
        "POST",
        "/v1/sessions",
        "users",
        "Sign in",
        sign_in,
        body=SignIn,
        body_example={"email": "fan@example.com", "password": "correct horse"},
        answers=(Shown(201, "Signed in", Session, EXAMPLE_SESSION),),
        problems=(
            WrongCredentials,
            WrongCode,
            RateLimited,
            InvalidRequest,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
        ),
    ),
    Operation(
        "sign_out_everywhere",
        "DELETE",
        "/v1/sessions",
        "users",
        "Sign out everywhere",
        sign_out,
        signed_in=True,
        answers=(Shown(204, "Every session has ended"),),
        problems=(Unauthenticated,),
    ),
    Operation(
        "who_am_i",
        "GET",
        "/v1/me",
        "users",
        "Who am I",
        me,
        signed_in=True,
        answers=(
            Shown(
                200,
                "The owner of the access token",
                OwnUser,
                {**EXAMPLE_USER, "has_password": True},
            ),
        ),
        problems=(Unauthenticated,),
    ),
)
