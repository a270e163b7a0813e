"""이메일 확인 · Addresses that are confirmed by the link of a mail."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yemae.http.contract.operation import OF_BODIES, UNSTORED, Answer, Body, Operation, Shown
from yemae.http.fan.users import (
    EXAMPLE_SESSION,
    EXAMPLE_USER,
    AnyPassword,
    Email,
    Session,
    UserBody,
)
from yemae.http.server.call import Call
from yemae.refusals import (
    EmailTaken,
    NotFound,
    RateLimited,
    Unauthenticated,
    WrongCredentials,
)
from yemae.sale import email_confirmation
from yemae.values.instants import instant


class ChangeEmail(Body, frozen=True):
    """The new address of the account, its password, and the language of the mail."""

    email: Email
    password: AnyPassword
    language: Literal["ko", "en"] = "ko"


class ConfirmEmail(Body, frozen=True):
    """What stands behind the `#` of the link in the mail, and the password of the account: of one
    to be, that of the sign-up."""

    link: Annotated[str, Meta(min_length=1, max_length=100)]
    password: AnyPassword


class ConfirmedEmail(msgspec.Struct, frozen=True):
    """The account with its address. `session` is that of an account that was made just now."""

    user: UserBody
    session: Session | None


CHANGE = msgspec.json.Decoder(ChangeEmail)
CONFIRM = msgspec.json.Decoder(ConfirmEmail)


async def change(call: Call) -> Answer:
    """Mail a link to the new address, which the account has once it is opened; then the old one
    gets word of it. The answer is the same where another account has the address. A wrong password
    counts as at a sign-in."""
    user_id = call.user_id()
    wanted = await call.body(CHANGE)
    await email_confirmation.ask_change(
        call.runtime,
        user_id,
        wanted.email,
        wanted.password,
        address=call.account_address(),
        language=wanted.language,
    )
    return Answer(202)


async def confirm(call: Call) -> Answer:
    """Make the account that the link is for and sign in, or give an account its new address. The
    link is good once, for a day, and takes the account's password, so that no one confirms the
    sign-up of a stranger. A wrong password counts as at a sign-in."""
    given = await call.body(CONFIRM)
    done = await email_confirmation.confirm(
        call.runtime, given.link, given.password, address=call.account_address()
    )
    token = done.token
    session = None if token is None else Session(token.text, instant(token.expires_at))
    return Answer(200, ConfirmedEmail(UserBody(*done.user), session), (UNSTORED,))


THROTTLED = (RateLimited, *OF_BODIES)

OPERATIONS = (
    Operation(
        "change_email",
        "POST",
        "/v1/me/email",
        "users",
        "Change my email address",
        change,
        body=ChangeEmail,
        body_example={"email": "new@example.com", "password": "correct horse", "language": "ko"},
        signed_in=True,
        answers=(Shown(202, "A mail to the new address is on its way"),),
        problems=(Unauthenticated, WrongCredentials, NotFound, *THROTTLED),
    ),
    Operation(
        "confirm_email",
        "POST",
        "/v1/email-confirmations",
        "users",
        "Confirm an email address by a link",
        confirm,
        body=ConfirmEmail,
        body_example={"link": "A" * 43, "password": "correct horse"},
        answers=(
            Shown(
                200, "Confirmed", ConfirmedEmail, {"user": EXAMPLE_USER, "session": EXAMPLE_SESSION}
            ),
        ),
        problems=(WrongCredentials, EmailTaken, *THROTTLED),
    ),
)
