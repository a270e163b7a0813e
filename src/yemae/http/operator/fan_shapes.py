"""What the calls on fans for operators take and answer: structs, their decoders and examples."""

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from yemae.back_office.fans import FanMail, FanPlace, FoundFan, WholeFan
from yemae.back_office.order_timeline import What
from yemae.concerts.limits import Text
from yemae.http.contract.operation import Body
from yemae.http.fan.users import EXAMPLE_ID, Email
from yemae.http.operator.order_shapes import EXAMPLE_FOUND, FoundOrderBody, found_order
from yemae.http.operator.queue_shapes import UserId
from yemae.outbox.messages import Kind, Language, MessageState
from yemae.values.instants import Instant, instant, instant_or_none
from yemae.values.masks import masked_address, masked_name


class FoundFanBody(msgspec.Struct, frozen=True):
    """A fan. `name` and `email` are masked, and null for guests and for those who sign in
    elsewhere; `orders` counts those that the caller may see."""

    user_id: str
    name: str | None
    email: str | None
    orders: int
    last_order_id: UUID | None
    last_order_at: Instant | None
    last_concert_id: str | None


class FoundFans(msgspec.Struct, frozen=True):
    """At most 50 fans, those with the newest orders first."""

    fans: list[FoundFanBody]


class PlaceOfFan(msgspec.Struct, frozen=True):
    """Where a fan stands in a queue: `waiting` with `ahead` fans ahead in their lane, `absent`
    (stepped over until they come back, or the place ends), `admitted` until `ends_at`, or `over`
    (their last place, which an operator can give back; one that was used to buy is not listed).
    `queue_number` is null where it is not known."""

    concert_id: str
    state: Literal["waiting", "absent", "admitted", "over"]
    queue_number: int | None
    lane: int
    ahead: int | None
    ends_at: Instant | None


class FanEventBody(msgspec.Struct, frozen=True):
    """Something that happened to an order of a fan, as the order itself shows it."""

    order_id: UUID
    concert_id: str
    at: Instant
    what: What
    by: str | None
    seats: list[str]
    amount: int | None
    state: str | None
    reason: str | None


class FanMailBody(msgspec.Struct, frozen=True):
    """A mail about an order. `error`: what the mail server said the last time."""

    order_id: UUID
    concert_id: str
    kind: Kind
    state: MessageState
    at: Instant
    ended_at: Instant | None
    error: str | None


class FanBody(msgspec.Struct, frozen=True):
    """A fan, their places (null while the waiting room's store is away), their 20 newest orders,
    what happened to these, and the mails about them. `name` and `email` are masked."""

    user_id: str
    name: str | None
    email: str | None
    places: list[PlaceOfFan] | None
    orders: list[FoundOrderBody]
    events: list[FanEventBody]
    mails: list[FanMailBody]


class RevealPerson(Body, frozen=True):
    """Whose name and address an operator looks at, and why; it is in the log."""

    user_id: UserId
    reason: Text


class SendMail(Body, frozen=True, kw_only=True):
    """Where the tickets of an order go, and all later mails of it; without `email` to where they
    went so far. The reason is for the log, which has no address."""

    email: Email | None = None
    language: Language = "ko"
    reason: Text


class ExtendHold(Body, frozen=True):
    """Why an order is held for longer; it is in the log."""

    reason: Text


REVEAL_PERSON = msgspec.json.Decoder(RevealPerson)
SEND = msgspec.json.Decoder(SendMail)
EXTEND = msgspec.json.Decoder(ExtendHold)


def found_fan(fan: FoundFan) -> FoundFanBody:
    """A fan of a list as it is answered."""
    return FoundFanBody(
        fan.user_id,
        None if fan.name is None else masked_name(fan.name),
        None if fan.email is None else masked_address(fan.email),
        fan.orders,
        fan.last_order_id,
        instant_or_none(fan.last_order_at),
        fan.last_concert_id,
    )


def whole_fan(fan: WholeFan) -> FanBody:
    """A fan as it is answered."""
    return FanBody(
        user_id=fan.fan.id,
        name=None if fan.fan.name is None else masked_name(fan.fan.name),
        email=None if fan.fan.email is None else masked_address(fan.fan.email),
        places=None if fan.places is None else [_place(each) for each in fan.places],
        orders=[found_order(order) for order in fan.orders],
        events=[
            FanEventBody(
                order_id,
                concert_id,
                instant(event.at),
                event.what,
                event.by,
                list(event.seats),
                event.amount,
                event.state,
                event.reason,
            )
            for order_id, concert_id, event in fan.events
        ],
        mails=[_mail(each) for each in fan.mails],
    )


def _place(at: FanPlace) -> PlaceOfFan:
    queue_id, place = at
    assert place.word != "none", "a fan without a place is not listed"
    return PlaceOfFan(
        queue_id,
        place.word,
        int(place.number) or None,
        place.lane,
        place.ahead if place.word == "waiting" else None,
        _of_ms(place.ends_at) if place.ends_at else None,
    )


def _of_ms(ms: int) -> Instant:
    return instant(datetime.fromtimestamp(ms / 1000, UTC))


def _mail(mail: FanMail) -> FanMailBody:
    return FanMailBody(
        mail.order_id,
        mail.concert_id,
        mail.kind,
        mail.state,
        instant(mail.created_at),
        instant_or_none(mail.ended_at),
        mail.error,
    )


EXAMPLE_FOUND_FAN: dict[str, Any] = {
    "user_id": EXAMPLE_ID,
    "name": "A*n",
    "email": "a**@example.com",
    "orders": 1,
    "last_order_id": EXAMPLE_ID,
    "last_order_at": "2026-11-22T11:00:00.000Z",
    "last_concert_id": "small-hall",
}
EXAMPLE_WHOLE_FAN: dict[str, Any] = {
    "user_id": EXAMPLE_ID,
    "name": "A*n",
    "email": "a**@example.com",
    "places": [
        {
            "concert_id": "small-hall",
            "state": "waiting",
            "queue_number": 1042,
            "lane": 0,
            "ahead": 311,
            "ends_at": None,
        }
    ],
    "orders": [EXAMPLE_FOUND],
    "events": [
        {
            "order_id": EXAMPLE_ID,
            "concert_id": "small-hall",
            "at": "2026-11-22T11:02:00.000Z",
            "what": "paid",
            "by": EXAMPLE_ID,
            "seats": [],
            "amount": 66000,
            "state": None,
            "reason": None,
        }
    ],
    "mails": [
        {
            "order_id": EXAMPLE_ID,
            "concert_id": "small-hall",
            "kind": "order_paid",
            "state": "sent",
            "at": "2026-11-22T11:02:00.000Z",
            "ended_at": "2026-11-22T11:02:01.000Z",
            "error": None,
        }
    ],
}
EXAMPLE_PERSON = {"user_id": EXAMPLE_ID, "reason": "Asks for her ticket by phone"}
EXAMPLE_SEND = {"email": "ann@example.com", "language": "en", "reason": "Mistyped her address"}
EXAMPLE_EXTEND = {"reason": "Her bank asks for another confirmation"}
