"""예매 알림 메일 · Mails before a sale opens, for accounts that ask for them."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yemae.http.contract.operation import OF_BODIES, UNSTORED, Answer, Body, Operation, Shown
from yemae.http.server.call import Call
from yemae.refusals import (
    ConcertNotFound,
    NotFound,
    Unauthenticated,
)
from yemae.sale import opening_reminders

PATH = "/v1/opening-reminders"


class AskReminder(Body, frozen=True):
    """The concert, or the phase of its sale, whose opening it is, and the language of the mail."""

    concert_id: Annotated[str, Meta(min_length=1, max_length=200)]
    language: Literal["ko", "en"] = "ko"


class Reminders(msgspec.Struct, frozen=True):
    """The concerts, and phases of sales, that the account is to be reminded of."""

    concert_ids: list[str]


ASK = msgspec.json.Decoder(AskReminder)


async def list_reminders(call: Call) -> Answer:
    """Which openings the account is to be reminded of."""
    found = await opening_reminders.of_user(call.runtime, call.user_id())
    return Answer(200, Reminders(found), (UNSTORED,))


async def ask(call: Call) -> Answer:
    """Have a mail sent to the address of the account the day before the opening, once; one that is
    asked for on the last day comes an hour before. It is 404 on a server that sends no mail."""
    user_id, wanted = call.user_id(), await call.body(ASK)
    await opening_reminders.ask(call.runtime, user_id, wanted.concert_id, wanted.language)
    return Answer(204)


async def take_back(call: Call) -> Answer:
    """Take a reminder back that was not sent yet."""
    await opening_reminders.take_back(call.runtime, call.user_id(), call.path("concert_id"))
    return Answer(204)


OPERATIONS = (
    Operation(
        "list_opening_reminders",
        "GET",
        PATH,
        "users",
        "Which openings I am reminded of",
        list_reminders,
        signed_in=True,
        answers=(Shown(200, "The concerts", Reminders, {"concert_ids": ["small-hall"]}),),
        problems=(Unauthenticated,),
    ),
    Operation(
        "ask_opening_reminder",
        "POST",
        PATH,
        "users",
        "Remind me of an opening by mail",
        ask,
        body=AskReminder,
        body_example={"concert_id": "small-hall", "language": "en"},
        signed_in=True,
        answers=(Shown(204, "A mail will come"),),
        problems=(
            Unauthenticated,
            ConcertNotFound,
            NotFound,
            *OF_BODIES,
        ),
    ),
    Operation(
        "take_opening_reminder_back",
        "DELETE",
        f"{PATH}/{{concert_id}}",
        "users",
        "Remind me of an opening no more",
        take_back,
        signed_in=True,
        answers=(Shown(204, "No mail will come"),),
        problems=(Unauthenticated, ConcertNotFound),
    ),
)
