"""Orders in PostgreSQL: locks, look-ups and writes. What to do with them is decide.py's."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from yemae.orders.order import Kept, Order, Status
from yemae.refusals import StoreUnavailable
from yemae.store.postgres import NoRows, Sent, Transaction
from yemae.store.queries import Query, as_json, load_queries


class Buyer(NamedTuple):
    """A fan's turn at the seat limit; without it, the fan's other holds have it."""

    user_id: str
    is_locked: bool


class SeatsOfBuyer(NamedTuple):
    """How many seats of a performance count against a fan's limit."""

    user_id: str
    performance_key: int
    seats: int


class SoldInPhase(NamedTuple):
    """How many seats of a performance a phase holds and has sold, and how many of them are paid."""

    sale: str
    performance_key: int
    seats: int
    paid: int


class LockedOrder(NamedTuple):
    """An order once its lock was had. A busy one is locked elsewhere, and only its id is known.
    `checkout_id` is the checkout that keeps its hold, or that paid it."""

    id: UUID
    now: datetime
    is_busy: bool
    checkout_id: UUID | None
    order: Order | None

    @property
    def is_being_paid(self) -> bool:
        """Whether a provider may have captured money for it: nothing else happens to it then."""
        is_held = self.order is not None and self.order.status == "held"
        return is_held and self.checkout_id is not None


class TicketAtDoor(NamedTuple):
    """What became of an order, whether it has a ticket for the seat, and its price type."""

    status: Status
    has_seat: bool
    # What a `SoldAs` says; None: the full price.
    price_type: dict[str, str] | None
    is_disputed: bool


class PassHeld(NamedTuple):
    """The end of the last hold of a pass; None: it holds nothing."""

    ends_at: datetime | None


class Origin(NamedTuple):
    """What never changes of an order: its date, and the digest of its cancellation policy; and its
    fan, who is another once a guest is merged into an account."""

    user_id: str
    performance_id: str
    cancellation: str | None


class OrderId(NamedTuple):
    """An order, by its id alone."""

    id: UUID


QUERIES = load_queries(__file__)
# The unique index of what orders/booking_number.py derives from the ids.
BOOKING_NUMBERS = "orders_booking_number"
LOCK_BUYERS = QUERIES["lock_buyers"]
TRY_BUYERS = Query(QUERIES["try_buyers"], Buyer)
SEATS_OF_BUYERS = Query(QUERIES["seats_of_buyers"], SeatsOfBuyer)
SOLD_IN_PHASES = Query(QUERIES["sold_in_phases"], SoldInPhase)
ORDERS_BY_IDEMPOTENCY_KEY = Query(QUERIES["orders_by_idempotency_key"], Order)
OPEN_ORDERS = QUERIES["open_orders"]
# The columns of an order that its new row takes from elsewhere.
NOT_OF_NEW = ("concert_id", "performance_id", "status")
LOCK_ORDERS = Query(QUERIES["lock_orders"], LockedOrder, rest=Order)
TRY_ORDERS = Query(QUERIES["try_orders"], LockedOrder, rest=Order)
MARK_PAID = QUERIES["mark_paid"]
MARK_RELEASED = QUERIES["mark_released"]
MARK_CANCELLED = QUERIES["mark_cancelled"]
WRITE_SEATS = QUERIES["write_seats"]
ORIGIN_OF_ORDER = Query(QUERIES["origin_of_order"], Origin)
KEEP_HELD = QUERIES["keep_held"]
PASSES_HELD_UNTIL = Query(QUERIES["passes_held_until"], PassHeld)
ORDER_OF_USER = Query(QUERIES["order_of_user"], Order)
ORDERS_OF_USER = Query(QUERIES["orders_of_user"], Order)
TICKET_AT_THE_DOOR = Query(QUERIES["ticket_at_the_door"], TicketAtDoor)
RUN_OUT = Query(QUERIES["run_out"], OrderId)
MARK_EXPIRED = QUERIES["mark_expired"]
HELD_SINCE = Query(QUERIES["held_since"], Order)


async def lock_buyers(
    tx: Transaction, user_ids: Sequence[str], *, wait: bool = True
) -> Sent[Buyer]:
    """Make these fans' other holds wait until this transaction ends. No rows if it waits."""
    in_order = sorted(set(user_ids))
    if not wait:
        return await tx.send(TRY_BUYERS, user_ids=in_order)
    await tx.execute(LOCK_BUYERS, user_ids=in_order)
    return NoRows()


async def seats_of_buyers(tx: Transaction, user_ids: Sequence[str]) -> Sent[SeatsOfBuyer]:
    """What counts against the limit."""
    return await tx.send(SEATS_OF_BUYERS, user_ids=sorted(set(user_ids)))


def turn_of_phase(queue_id: str) -> str:
    """The name of the turn that holds and payments of a phase with an allotment take, beside those
    of their fans."""
    return f"phase\n{queue_id}"


async def sold_in_phases(tx: Transaction, phases: Sequence[tuple[str, int]]) -> Sent[SoldInPhase]:
    """What counts against the allotments of these (queue, performance)."""
    if not phases:
        return NoRows()
    return await tx.send(
        SOLD_IN_PHASES,
        sales=[queue_id for queue_id, _ in phases],
        performance_keys=[key for _, key in phases],
    )


async def by_idempotency_key(tx: Transaction, keys: Sequence[tuple[str, str]]) -> Sent[Order]:
    """The orders made with these (user, key) pairs, with their present status."""
    if not keys:
        return NoRows()
    return await tx.send(
        ORDERS_BY_IDEMPOTENCY_KEY,
        user_ids=[user for user, _ in keys],
        idempotency_keys=[key for _, key in keys],
    )


async def open_held(tx: Transaction, orders: Sequence[Order]) -> None:
    """Write new orders."""
    await tx.execute(OPEN_ORDERS, orders=as_json(orders, without=NOT_OF_NEW))


async def lock_orders(
    tx: Transaction, order_ids: Sequence[UUID], *, wait: bool = True
) -> Sent[LockedOrder]:
    """Lock orders in id order. Unknown ids have no row."""
    in_order = sorted(set(order_ids), key=_place)
    return await tx.send(LOCK_ORDERS if wait else TRY_ORDERS, order_ids=in_order)


def _place(order_id: UUID) -> int:
    """By it ids are sorted as PostgreSQL sorts them, in less time than by themselves."""
    return order_id.int


async def mark_paid(tx: Transaction, order_ids: Sequence[UUID]) -> None:
    """Held → paid."""
    await tx.execute(MARK_PAID, order_ids=list(order_ids))


async def mark_released(tx: Transaction, order_id: UUID) -> None:
    """Held → released."""
    await tx.execute(MARK_RELEASED, order_id=order_id)


async def mark_cancelled(tx: Transaction, order_id: UUID) -> None:
    """Paid → cancelled."""
    await tx.execute(MARK_CANCELLED, order_id=order_id)


async def write_seats(tx: Transaction, order: Order) -> None:
    """Write the seats of an order as it is now, and what they cost."""
    types = order.price_types
    await tx.execute(
        WRITE_SEATS,
        order_id=order.id,
        numbers=order.seat_numbers,
        grades=order.seat_grades,
        prices=order.seat_prices,
        total=order.total,
        booking_fee=order.booking_fee,
        price_types=None if types is None else msgspec.json.encode(types).decode(),
    )


async def origin_of(tx: Transaction, order_id: UUID) -> Origin | None:
    """The origin of an order, of any user."""
    return await (await tx.send(ORIGIN_OF_ORDER, order_id=order_id)).row()


async def keep_held(tx: Transaction, kept: Sequence[Kept]) -> None:
    """Let holds end at other times, kept by checkouts or by none; their seats must follow."""
    await tx.execute(
        KEEP_HELD,
        order_ids=[each.order.id for each in kept],
        untils=[each.until for each in kept],
        checkout_ids=[each.checkout_id for each in kept],
    )


async def passes_held_until(
    tx: Transaction, passes: Sequence[tuple[str, int]]
) -> list[datetime | None]:
    """When the last live hold ends that was made with each of these passes of (user, number); None
    without any."""
    rows = await tx.fetch(
        PASSES_HELD_UNTIL,
        user_ids=[user_id for user_id, _ in passes],
        pass_numbers=[number for _, number in passes],
    )
    return [row.ends_at for row in rows]


async def order_of(tx: Transaction, order_id: UUID, user_id: str) -> Order | None:
    """A user's own order."""
    return await (await tx.send(ORDER_OF_USER, order_id=order_id, user_id=user_id)).row()


async def by_id(tx: Transaction, order_id: UUID) -> Order | None:
    """An order of any user, for operators."""
    origin = await origin_of(tx, order_id)
    return None if origin is None else await order_of(tx, order_id, origin.user_id)


async def orders_of(
    tx: Transaction, user_id: str, *, before: UUID | None, limit: int
) -> list[Order]:
    """A user's own orders, newest first, those older than `before`."""
    return await tx.fetch(ORDERS_OF_USER, user_id=user_id, before=before, limit=limit)


async def at_the_door(
    tx: Transaction, order_id: UUID, performance_key: int, number: str
) -> TicketAtDoor | None:
    """What became of a ticket's order; None when there is no such order."""
    sent = await tx.send(
        TICKET_AT_THE_DOOR, order_id=order_id, performance_key=performance_key, number=number
    )
    return await sent.row()


async def run_out(
    tx: Transaction, step: int, *, not_these: Sequence[UUID] = (), only: UUID | None = None
) -> list[UUID]:
    """Lock up to `step` held orders whose time is over and that are not locked elsewhere."""
    rows = await tx.fetch(RUN_OUT, step=step, not_these=list(not_these), only=only)
    return [row.id for row in rows]


async def mark_expired(tx: Transaction, order_ids: Sequence[UUID]) -> None:
    """Held → expired."""
    await tx.execute(MARK_EXPIRED, order_ids=list(order_ids))


async def held_since(tx: Transaction, after: UUID, step: int) -> list[Order]:
    """Live holds with a higher id, in id order."""
    return await tx.fetch(HELD_SINCE, after=after, step=step)


def require_owner(order: Order | None, user_id: str) -> Order:
    """An order under its lock, whose fan was read before it and had the wallet locked. Raises
    StoreUnavailable when a guest was merged in between: nothing was done, and it can be retried."""
    assert order is not None, "an order that is locked is known"
    if order.user_id != user_id:
        moved = StoreUnavailable()
        moved.is_locked = True
        raise moved
    return order


def status_at(order: Order, now: datetime) -> Status:
    """The status that a reader sees at a moment."""
    return "expired" if order.status == "held" and order.expires_at <= now else order.status
