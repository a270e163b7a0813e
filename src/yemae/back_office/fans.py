"""A fan as operators find and see them: who it is, where they stand in line, and what happened to
their orders, with the mails about these.

Nothing here changes anything. Names and addresses are shown masked by the callers, and as they are
only with a line in the log.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.accounts import users
from yemae.accounts.users import User
from yemae.back_office import orders, queue_control
from yemae.back_office.order_timeline import OrderEvent, timeline
from yemae.back_office.orders import FoundOrder, OrderFilter
from yemae.concerts import controls
from yemae.orders.booking_number import tail_of
from yemae.outbox.messages import Kind, MessageState
from yemae.payments import payments
from yemae.refusals import InvalidRequest, StoreUnavailable
from yemae.runtime import Stores
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries
from yemae.values.pass_key import PassKey
from yemae.waiting_room import places
from yemae.waiting_room.places import SeenPlace

FOUND_MAX = 50
# The newest orders of a fan whose events are shown.
ORDERS_MAX = 20
MAILS_MAX = 100
QUEUES_MAX = 200
NUMBER_MAX = 2**63 - 1
NO_FAN = "No fan has this id, or none whom your role shows"


class FoundFan(NamedTuple):
    """A fan that was found, with how many orders, and the latest of these and its concert."""

    user_id: str
    name: str | None
    email: str | None
    orders: int
    last_order_id: UUID | None
    last_order_at: datetime | None
    last_concert_id: str | None


class FanMail(NamedTuple):
    """A mail about an order of a fan. `error`: what went wrong the last time."""

    order_id: UUID
    concert_id: str
    kind: Kind
    state: MessageState
    created_at: datetime
    ended_at: datetime | None
    error: str | None


class FanPlace(NamedTuple):
    """Where a fan stands in a queue."""

    queue_id: str
    place: SeenPlace


class EventOfFan(NamedTuple):
    """Something that happened to an order of a fan."""

    order_id: UUID
    concert_id: str
    event: OrderEvent


class WholeFan(NamedTuple):
    """A fan with their places (None while the waiting room's store is away), their newest orders,
    and what happened to these."""

    fan: User
    places: list[FanPlace] | None
    orders: list[FoundOrder]
    events: list[EventOfFan]
    mails: list[FanMail]


class _OfConcert(NamedTuple):
    """A concert that a fan has an order of."""

    concert_id: str


QUERIES = load_queries(__file__, "fans.sql")
FIND_FANS = Query(QUERIES["find_fans"], FoundFan)
MAILS_OF_ORDERS = Query(QUERIES["mails_of_orders"], FanMail)
CONCERT_OF_BUYER = Query(QUERIES["concert_of_buyer"], _OfConcert)


async def find(
    stores: Stores, text: str, queue_id: str | None, *, concerts: Collection[str] | None
) -> list[FoundFan]:
    """Fans by what was typed: a booking number, an order's id, an e-mail address, a user's id, a
    part of a name, or a queue number, with `queue_id` also of a fan in that line. Of the buyers of
    these concerts, or of all; at most FOUND_MAX. Raises ConcertNotFound or StoreUnavailable."""
    typed = text.strip()
    number = _number(typed)
    in_line = None
    if number is not None and queue_id is not None:
        owner = await queue_control.find_user(stores, queue_id, typed)
        in_line = None if owner == typed else owner
    has_address = "@" in typed
    async with stores.postgres.transaction() as tx:
        return await tx.fetch(
            FIND_FANS,
            ids=[typed],
            in_line=in_line,
            email=users.address(typed) if has_address else None,
            as_typed=typed.lower() if has_address else None,
            name=typed if number is None and not has_address else None,
            queue_number=number,
            order_id=_uuid(typed),
            tail=tail_of(typed),
            concerts=_named(concerts),
            limit=FOUND_MAX,
        )


async def show(stores: Stores, user_id: str, *, concerts: Collection[str] | None) -> WholeFan:
    """A fan, as far as these concerts show them. Raises InvalidRequest where they show nothing."""
    wanted = OrderFilter(fan=user_id)
    found = await orders.find_orders(
        stores, wanted, concerts=concerts, before=None, limit=ORDERS_MAX
    )
    # A user id may read like another user's address.
    own = [order for order in found if order.user_id == user_id]
    standing = await _places(stores, user_id, concerts)
    async with stores.postgres.transaction() as tx:
        user = await users.by_id(tx, user_id)
        ids = [order.id for order in own]
        mails = await tx.fetch(MAILS_OF_ORDERS, ids=ids, limit=MAILS_MAX)
        listed = None if standing is None else await _without_used(tx, user_id, standing)
    if not own and not standing and (user is None or concerts is not None):
        raise InvalidRequest.of("user_id", NO_FAN)
    events: list[EventOfFan] = []
    for order in own:
        whole = await orders.show_order(stores, order.id)
        events += [EventOfFan(order.id, order.concert_id, event) for event in timeline(whole)]
    events.sort(key=lambda each: each.event.at)
    return WholeFan(user or User(user_id, None, None), listed, own, events, mails)


async def reveal(
    stores: Stores, who: str, user_id: str, reason: str, *, concerts: Collection[str] | None
) -> User:
    """A fan's name and address, with a line in the log that says who looked and why. Raises
    InvalidRequest where there is no such fan, or none with an order of these concerts."""
    async with stores.postgres.transaction() as tx:
        user, of_concert = await users.by_id(tx, user_id), None
        if concerts is not None:
            sent = await tx.send(CONCERT_OF_BUYER, user_id=user_id, concerts=sorted(concerts))
            of_concert = await sent.row()
        if user is None or (concerts is not None and of_concert is None):
            raise InvalidRequest.of("user_id", NO_FAN)
        concert_id = None if of_concert is None else of_concert.concert_id
        details = {"user_id": user_id, "reason": reason}
        await controls.log(tx, stores.new_id(), concert_id, who, "reveal", details)
    return user


async def _places(
    stores: Stores, user_id: str, concerts: Collection[str] | None
) -> list[FanPlace] | None:
    """Where the fan stands in each queue that is not over; None while Valkey is away."""
    now = stores.now()
    queues = [
        queue.id
        for queue in stores.catalogue.queues.values()
        if (concerts is None or queue.concert_id in concerts) and not queue.is_over(now)
    ]
    try:
        found = [
            FanPlace(id_, await places.standing(stores.valkey, id_, user_id))
            for id_ in queues[:QUEUES_MAX]
        ]
    except StoreUnavailable:
        return None
    return [each for each in found if each.place.word != "none"]


async def _without_used(tx: Transaction, user_id: str, standing: list[FanPlace]) -> list[FanPlace]:
    """These places but for those that are over and stay so, as they were used to buy."""
    over = [
        PassKey(queue_id, user_id, int(place.number))
        for queue_id, place in standing
        if place.word == "over"
    ]
    kept = {key.concert_id for key in await payments.passes_kept_over(tx, over)}
    return [each for each in standing if each.place.word != "over" or each.queue_id not in kept]


def _number(typed: str) -> int | None:
    """A queue number, if it is one."""
    is_number = typed.isascii() and typed.isdigit() and int(typed[:20]) <= NUMBER_MAX
    return int(typed) if is_number else None


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _named(concerts: Collection[str] | None) -> list[str] | None:
    return None if concerts is None else sorted(concerts)
