"""계정으로 옮기기 · What a guest has moves into the account of the fan who is signed in."""

from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.base.signing import TOKEN_MAX_CHARS
from yemae.http.contract.operation import UNSTORED, Answer, Body, Operation, Shown
from yemae.http.fan.users import EXAMPLE_TOKEN
from yemae.http.server.call import Call
from yemae.refusals import (
    BalanceLimitExceeded,
    BodyTooLarge,
    GuestKeyInvalid,
    InvalidRequest,
    MalformedBody,
    RequestTimeout,
    SeatLimitExceeded,
    Unauthenticated,
)
from yemae.sale.merge import keep_guest

# Queues that one browser waits in.
QUEUES_MAX = 20
Token = Annotated[str, Meta(min_length=1, max_length=TOKEN_MAX_CHARS)]


class KeepGuest(Body, frozen=True):
    """The guest's key, and the queue tokens of the guest's places."""

    guest_key: Token
    queue_tokens: Annotated[tuple[Token, ...], Meta(max_length=QUEUES_MAX)] = ()


class MovedPlace(msgspec.Struct, frozen=True):
    """A place in a queue at its old number, with its new token. An admitted fan is let in again
    with the next ones."""

    concert_id: str
    queue_token: str


class KeptGuest(msgspec.Struct, frozen=True):
    """How many orders moved, the balance that did, and what the account has now."""

    orders: int
    amount: int
    balance: int
    places: list[MovedPlace]


KEEP = msgspec.json.Decoder(KeepGuest)


async def keep(call: Call) -> Answer:
    """Move the orders, the balance and the places of a guest into the fan's own account. Ticket
    codes and links stay good, and the guest's sign-ins end. It is refused while the guest holds
    seats (`orders`), has a card payment that is not settled (`checkouts`) or a place that was drawn
    (`queue_tokens`), and where both together have too many seats or too much money. A repeat moves
    nothing and is answered as before, with the places that the account has by now. A place that the
    account cannot take, because a later one of it in that queue is over, stays the guest's and is
    not among them."""
    runtime, (user_id, issued_s) = call.runtime, call.session()
    given = await call.body(KEEP)
    done = await keep_guest(runtime, user_id, issued_s, given.guest_key, given.queue_tokens)
    queue_of = runtime.catalogue.queue
    places = [MovedPlace(queue_of(each.concert_id).concert_id, text) for each, text in done.places]
    return Answer(200, KeptGuest(done.orders, done.amount, done.balance, places), (UNSTORED,))


OPERATIONS = (
    Operation(
        "keep_guest",
        "POST",
        "/v1/me/guests",
        "users",
        "Keep what a guest has in my account",
        keep,
        body=KeepGuest,
        body_example={"guest_key": EXAMPLE_TOKEN, "queue_tokens": [EXAMPLE_TOKEN]},
        signed_in=True,
        answers=(
            Shown(
                200,
                "Moved",
                KeptGuest,
                {
                    "orders": 2,
                    "amount": 0,
                    "balance": 30_000,
                    "places": [{"concert_id": "aurora-2026", "queue_token": EXAMPLE_TOKEN}],
                },
            ),
        ),
        problems=(
            Unauthenticated,
            GuestKeyInvalid,
            SeatLimitExceeded,
            BalanceLimitExceeded,
            InvalidRequest,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
        ),
    ),
)
