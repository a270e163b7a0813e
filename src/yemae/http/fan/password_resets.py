"""비밀번호 재설정 · Forgotten passwords: a link by mail, and a new password by the link."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yemae.http.contract.operation import OF_BODIES, UNSTORED, Answer, Body, Operation, Shown
from yemae.http.fan.users import EXAMPLE_SESSION, Email, Password, Session
from yemae.http.server.call import Call
from yemae.refusals import (
    NotFound,
    RateLimited,
)
from yemae.sale import password_reset
from yemae.values.instants import instant

# Access tokens stay in no cache.


class AskForReset(Body, frozen=True):
    """The address of the account, and the language of the mail."""

    email: Email
    language: Literal["ko", "en"] = "ko"


class NewPassword(Body, frozen=True):
    """What stands behind the `#` of the link in the mail, and the new password."""

    link: Annotated[str, Meta(min_length=1, max_length=100)]
    password: Password


ASK = msgspec.json.Decoder(AskForReset)
SET = msgspec.json.Decoder(NewPassword)


async def ask(call: Call) -> Answer:
    """Mail a link that sets a new password, if there is an account with this address. The answer
    is the same if there is none. At most one is sent within ten minutes."""
    asked = await call.body(ASK)
    address = call.account_address()
    await password_reset.ask_reset(call.runtime, address, asked.email, asked.language)
    return Answer(202)


async def set_password(call: Call) -> Answer:
    """Set a new password and sign in. The link is good once, for an hour; every session from before
    ends, on every node within moments."""
    given = await call.body(SET)
    token = await password_reset.set_password(
        call.runtime, call.account_address(), given.link, given.password
    )
    return Answer(201, Session(token.text, instant(token.expires_at)), (UNSTORED,))


THROTTLED = (RateLimited, *OF_BODIES)

OPERATIONS = (
    Operation(
        "ask_for_password_reset",
        "POST",
        "/v1/password-resets",
        "users",
        "Send a link for a forgotten password",
        ask,
        body=AskForReset,
        body_example={"email": "fan@example.com", "language": "ko"},
        answers=(Shown(202, "Sent, if there is such an account"),),
        problems=(NotFound, *THROTTLED),
    ),
    Operation(
        "set_new_password",
        "POST",
        "/v1/password-resets/new-password",
        "users",
        "Set a new password by a link",
        set_password,
        body=NewPassword,
        body_example={"link": "A" * 43, "password": "correct horse"},
        answers=(Shown(201, "Set and signed in", Session, EXAMPLE_SESSION),),
        problems=THROTTLED,
    ),
)
