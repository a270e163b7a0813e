"""2단계 인증 · The authenticator app of an account, its recovery codes, and sessions that go on."""

from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.http.contract.operation import OF_BODIES, UNSTORED, Answer, Body, Operation, Shown
from yemae.http.fan.users import EXAMPLE_SESSION, AnyPassword, Session
from yemae.http.server.call import Call
from yemae.refusals import (
    FreshSignInRequired,
    InvalidRequest,
    RateLimited,
    SecondFactorRequired,
    Unauthenticated,
    WrongCode,
    WrongCredentials,
)
from yemae.sale import second_factor, sign_in
from yemae.values.instants import Instant, instant, instant_or_none

AppCode = Annotated[str, Meta(pattern=r"^[0-9]{6}\Z", description="What the app shows now.")]


class BeginFactor(Body, frozen=True):
    """The password of the account."""

    password: AnyPassword


class ConfirmFactor(Body, frozen=True):
    """The first code of the app. `short`: the new session ends after half an hour, and is renewed
    while it is used."""

    code: AppCode
    short: bool = False


class FactorBody(msgspec.Struct, frozen=True):
    """Since when there is an app, or null, and how many recovery codes are left."""

    confirmed_at: Instant | None
    recovery_codes_left: int


class FactorBegun(msgspec.Struct, frozen=True):
    """The secret for the app; `uri` says the same, for a QR code."""

    secret: str
    uri: str


class FactorConfirmed(msgspec.Struct, frozen=True):
    """The recovery codes, which are not shown again, and a session with both factors."""

    recovery_codes: list[str]
    access_token: str
    expires_at: Instant


BEGIN = msgspec.json.Decoder(BeginFactor)
CONFIRM = msgspec.json.Decoder(ConfirmFactor)


async def show(call: Call) -> Answer:
    """Whether the account has an authenticator app."""
    found = await second_factor.factor_of(call.runtime, call.user_id())
    shown = FactorBody(instant_or_none(found.confirmed_at), found.codes_left)
    return Answer(200, shown, (UNSTORED,))


async def begin(call: Call) -> Answer:
    """Begin to set an authenticator app up (TOTP, RFC 6238). It counts for nothing before its first
    code is confirmed; a wrong password counts as at a sign-in."""
    caller, given = call.identity(), await call.body(BEGIN)
    begun = await second_factor.begin(
        call.runtime, caller, password=given.password, address=call.account_address()
    )
    return Answer(201, FactorBegun(*begun), (UNSTORED,))


async def confirm(call: Call) -> Answer:
    """Let the app count from now on. Calls for operators then need a sign-in with a code of it, a
    recovery code or a passkey."""
    caller, given = call.identity(), await call.body(CONFIRM)
    done = await second_factor.confirm(call.runtime, caller, given.code, is_short=given.short)
    token = done.token
    shown = FactorConfirmed(done.recovery_codes, token.text, instant(token.expires_at))
    return Answer(201, shown, (UNSTORED,))


async def remove(call: Call) -> Answer:
    """Remove the app and its recovery codes, with a session of the last ten minutes that was signed
    in with two factors."""
    await second_factor.remove(call.runtime, call.identity())
    return Answer(204)


async def renew(call: Call) -> Answer:
    """Go on with a session: another access token, for half an hour, which says when and how it was
    signed in as the one before did. It is refused twelve hours after the sign-in."""
    token = await sign_in.renew(call.runtime, call.identity())
    return Answer(201, Session(token.text, instant(token.expires_at)), (UNSTORED,))


PATH = "/v1/me/second-factor"

OPERATIONS = (
    Operation(
        "show_second_factor",
        "GET",
        PATH,
        "users",
        "The authenticator app of my account",
        show,
        signed_in=True,
        answers=(
            Shown(
                200,
                "Whether there is one",
                FactorBody,
                {"confirmed_at": "2026-11-20T03:00:00.000Z", "recovery_codes_left": 10},
            ),
        ),
        problems=(Unauthenticated,),
    ),
    Operation(
        "begin_second_factor",
        "POST",
        PATH,
        "users",
        "Begin to set an authenticator app up",
        begin,
        body=BeginFactor,
        body_example={"password": "correct horse"},
        signed_in=True,
        answers=(
            Shown(
                201,
                "Tell the app",
                FactorBegun,
                {
                    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
                    "uri": "otpauth://totp/Yemae:fan@example.com?secret=JBSWY3DP&issuer=Yemae",
                },
            ),
        ),
        problems=(
            Unauthenticated,
            WrongCredentials,
            SecondFactorRequired,
            FreshSignInRequired,
            RateLimited,
            *OF_BODIES,
        ),
    ),
    Operation(
        "confirm_second_factor",
        "POST",
        f"{PATH}/confirmation",
        "users",
        "Confirm the authenticator app with its first code",
        confirm,
        body=ConfirmFactor,
        body_example={"code": "123456"},
        signed_in=True,
        answers=(
            Shown(
                201,
                "It counts from now on",
                FactorConfirmed,
                {"recovery_codes": ["k7mwp3xq9r"], **EXAMPLE_SESSION},
            ),
        ),
        problems=(Unauthenticated, WrongCode, RateLimited, *OF_BODIES),
    ),
    Operation(
        "remove_second_factor",
        "DELETE",
        PATH,
        "users",
        "Remove the authenticator app from my account",
        remove,
        signed_in=True,
        answers=(Shown(204, "Removed"),),
        problems=(Unauthenticated, SecondFactorRequired, FreshSignInRequired, InvalidRequest),
    ),
    Operation(
        "renew_session",
        "POST",
        "/v1/sessions/renewal",
        "users",
        "Go on with a session",
        renew,
        signed_in=True,
        answers=(Shown(201, "Another access token", Session, EXAMPLE_SESSION),),
        problems=(Unauthenticated, FreshSignInRequired),
    ),
)
