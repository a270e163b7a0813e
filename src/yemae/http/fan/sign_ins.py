"""다른 계정으로 로그인 · Signing in with an account at Google, Kakao, Naver or another provider."""

from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.accounts.logins.attempt import ATTEMPT_TTL_S
from yemae.http.contract.operation import OF_BODIES, UNSTORED, Answer, Body, Operation, Shown
from yemae.http.fan.terms import Accepted
from yemae.http.fan.users import EXAMPLE_SESSION, Session
from yemae.http.server.call import Call
from yemae.refusals import (
    ConsentRequired,
    EmailTaken,
    IdentityProviderUnavailable,
    InvalidRequest,
    RateLimited,
    SignInFailed,
)
from yemae.sale import sign_in_elsewhere
from yemae.values.instants import instant

# Each try has a cookie of its own, so that two windows do not end each other's.
COOKIE = "yemae-sign-in-"
STATE_CHARS_OF_COOKIE = 8
PATH = "/sign-in/"

ProviderKey = Annotated[str, Meta(min_length=1, max_length=31)]
Returned = Annotated[str, Meta(min_length=1, max_length=2_000)]
StateText = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]


class BeginSignIn(Body, frozen=True):
    """Where the fan wants to sign in, and the version of the terms that they agree to if that makes
    an account."""

    provider: ProviderKey
    terms: Accepted | None = None


class CompleteSignIn(Body, frozen=True):
    """What the provider has put into the address of the page."""

    provider: ProviderKey
    state: StateText
    code: Returned


class SignInBegun(msgspec.Struct, frozen=True):
    """Where to send the browser. It comes back to `/sign-in/{provider}` within ten minutes."""

    redirect_url: str


BEGIN = msgspec.json.Decoder(BeginSignIn)
COMPLETE = msgspec.json.Decoder(CompleteSignIn)


async def begin(call: Call) -> Answer:
    """Begin to sign in with a provider of `GET /v1/settings`: send the browser to `redirect_url`. A
    cookie that scripts cannot read binds the answer to this browser."""
    wanted = await call.body(BEGIN)
    origin = call.page_origin()
    if origin is None:
        raise InvalidRequest.of("Host", "Expected the name of this server")
    begun = await sign_in_elsewhere.begin(
        call.runtime, wanted.provider, f"{origin}{PATH}{wanted.provider}", wanted.terms
    )
    cookie = set_cookie(origin, begun.state, begun.cookie)
    return Answer(201, SignInBegun(begun.url), (UNSTORED, cookie))


async def complete(call: Call) -> Answer:
    """Sign in with the `state` and the `code` that the provider has given. An account is made at
    the first time. A try is good once, for ten minutes, in the browser that began it."""
    given = await call.body(COMPLETE)
    cookie = cookie_of(call, given.state)
    token = await sign_in_elsewhere.complete(
        call.runtime,
        given.provider,
        cookie,
        given.state,
        given.code,
        address=call.account_address(),
    )
    done = set_cookie(call.page_origin() or "", given.state, "")
    return Answer(201, Session(token.text, instant(token.expires_at)), (UNSTORED, done))


def _name(state: str, *, secure: bool) -> str:
    # A browser takes a name that begins so from this host only, not from one beside it.
    return f"{'__Host-' if secure else ''}{COOKIE}{state[:STATE_CHARS_OF_COOKIE]}"


def set_cookie(origin: str, state: str, value: str) -> tuple[bytes, bytes]:
    """The header that sets a cookie, or removes it."""
    secure = origin.startswith("https://")
    age = ATTEMPT_TTL_S if value else 0
    text = f"{_name(state, secure=secure)}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax"
    return (b"set-cookie", f"{text}; Secure".encode() if secure else text.encode())


def cookie_of(call: Call, state: str) -> str | None:
    """The cookie of an attempt."""
    secure = (call.page_origin() or "").startswith("https://")
    wanted = _name(state, secure=secure)
    pairs = (pair.strip().partition("=") for pair in (call.header(b"cookie") or "").split(";"))
    return next((value for name, _, value in pairs if name == wanted), None)


OPERATIONS = (
    Operation(
        "begin_sign_in",
        "POST",
        "/v1/sign-ins",
        "users",
        "Begin to sign in with an account elsewhere",
        begin,
        body=BeginSignIn,
        body_example={"provider": "google"},
        answers=(
            Shown(
                201,
                "Send the browser there",
                SignInBegun,
                {"redirect_url": "https://accounts.google.com/o/oauth2/v2/auth?…"},
            ),
        ),
        problems=(IdentityProviderUnavailable, *OF_BODIES),
    ),
    Operation(
        "complete_sign_in",
        "POST",
        "/v1/sign-ins/completion",
        "users",
        "Complete signing in with an account elsewhere",
        complete,
        body=CompleteSignIn,
        body_example={"provider": "google", "state": "A" * 43, "code": "4/0AeanS0a"},
        answers=(Shown(201, "Signed in", Session, EXAMPLE_SESSION),),
        problems=(
            SignInFailed,
            ConsentRequired,
            EmailTaken,
            IdentityProviderUnavailable,
            RateLimited,
            *OF_BODIES,
        ),
    ),
)
