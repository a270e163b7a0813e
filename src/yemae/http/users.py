"""Sign-up, sign-in and who am I: our own small issuer of identities."""

import hashlib
from contextlib import suppress
from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.accounts import users
from yemae.http.call import Call
from yemae.http.contract import Answer, Body, Operation, Shown
from yemae.instants import Instant, instant
from yemae.refusals import (
    BodyTooLarge,
    EmailTaken,
    InvalidRequest,
    MalformedBody,
    RateLimited,
    RequestTimeout,
    StoreUnavailable,
    Unauthenticated,
    WrongCredentials,
)

EXAMPLE_ID = "0199d3b2-6a40-7c11-9d42-5d0f3f7a1b2c"
EXAMPLE_TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTk5In0.c2lnbmF0dXJl"  # noqa: S105 - an example
EXAMPLE_USER = {"id": EXAMPLE_ID, "name": "김예매", "email": "fan@example.com"}
EXAMPLE_SESSION = {"access_token": EXAMPLE_TOKEN, "expires_at": "2026-11-23T03:00:00.000Z"}
MINUTE_S = 60

Email = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=r"^[^@\s\x00-\x1f\ud800-\udfff]{1,64}@[^@\s\x00-\x1f\ud800-\udfff]{1,189}\Z",
        description="An address with one @; capitals make no difference.",
    ),
]
Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=100,
        pattern=r"^(?=\s*\S)[^\x00-\x1f\x7f\ud800-\udfff]*\Z",
        description="How the fan wants to be called.",
    ),
]
Password = Annotated[str, Meta(min_length=8, max_length=128)]
AnyPassword = Annotated[str, Meta(min_length=1, max_length=128)]


class SignUp(Body, frozen=True):
    """A new fan."""

    name: Name
    email: Email
    password: Password


class SignIn(Body, frozen=True):
    """A fan who comes back."""

    email: Email
    password: AnyPassword


class User(msgspec.Struct, frozen=True):
    """A fan. Name and email are null for identities of another issuer."""

    id: str
    name: str | None
    email: str | None


class Session(msgspec.Struct, frozen=True):
    """An access token: send it as `Authorization: Bearer …` until it expires."""

    access_token: str
    expires_at: Instant


class SignedUp(msgspec.Struct, frozen=True):
    """The new fan, signed in."""

    user: User
    access_token: str
    expires_at: Instant


SIGN_UP = msgspec.json.Decoder(SignUp)
SIGN_IN = msgspec.json.Decoder(SignIn)


async def sign_up(call: Call) -> Answer:
    """Write a user and sign them in."""
    wanted = await call.body(SIGN_UP)
    email = wanted.email.lower()
    password_hash = await call.house.passwords.hash(wanted.password)
    async with call.house.postgres.transaction() as tx:
        user = await users.sign_up(
            tx,
            user_id=str(call.house.new_id()),
            name=wanted.name,
            email=email,
            password_hash=password_hash,
        )
    if user is None:
        raise EmailTaken
    token = call.house.issuer.issue(user.id)
    return Answer(201, SignedUp(User(*user), token.text, instant(token.expires_at)))


async def sign_in(call: Call) -> Answer:
    """Give an access token for the right password; failures are counted per address."""
    given = await call.body(SIGN_IN)
    email = given.email.lower()
    attempts = await _count_attempt(call, email)
    if attempts > call.house.settings.sign_in_failures_per_minute:
        raise RateLimited(MINUTE_S)
    async with call.house.postgres.transaction() as tx:
        account = await users.by_email(tx, email)
    password_hash = account.password_hash if account else None
    if not await call.house.passwords.match(password_hash, given.password) or not account:
        raise WrongCredentials
    await _forget_attempts(call, email)
    token = call.house.issuer.issue(account.user.id, account.role)
    return Answer(201, Session(token.text, instant(token.expires_at)))


async def me(call: Call) -> Answer:
    """Who the access token belongs to."""
    user_id = call.user_id()
    async with call.house.postgres.transaction() as tx:
        user = await users.by_id(tx, user_id)
    return Answer(200, User(*user) if user else User(user_id, None, None))


def _attempts_key(email: str) -> str:
    return f"yemae:sign-in-attempts:{hashlib.sha256(email.encode()).hexdigest()}"


async def _count_attempt(call: Call, email: str) -> int:
    """Count before the password is looked at, so that guesses at the same moment count too."""
    try:
        return await call.house.valkey.count_up(_attempts_key(email), MINUTE_S)
    except StoreUnavailable:
        return 0  # People must be able to sign in while the waiting room is away.


async def _forget_attempts(call: Call, email: str) -> None:
    with suppress(StoreUnavailable):
        await call.house.valkey.forget(_attempts_key(email))


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
        ),
        problems=(EmailTaken, InvalidRequest, MalformedBody, BodyTooLarge, RequestTimeout),
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
            RateLimited,
            InvalidRequest,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
        ),
    ),
    Operation(
        "who_am_i",
        "GET",
        "/v1/me",
        "users",
        "Who am I",
        me,
        signed_in=True,
        answers=(Shown(200, "The owner of the access token", User, EXAMPLE_USER),),
        problems=(Unauthenticated,),
    ),
)
