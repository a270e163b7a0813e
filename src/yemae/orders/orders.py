"""Orders in PostgreSQL: locks, look-ups and writes. What to do with them is decide.py's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from yemae.orders.decide import Order, Status
from yemae.store.postgres import NOTHING, Sent, Transaction
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__)
LOCK_BUYERS = QUERIES["lock_buyers"]
TRY_BUYERS = QUERIES["try_buyers"]
SEATS_OF_BUYERS = QUERIES["seats_of_buyers"]
ORDERS_BY_IDEMPOTENCY_KEY = QUERIES["orders_by_idempotency_key"]
OPEN_ORDERS = QUERIES["open_orders"]
LOCK_ORDERS = QUERIES["lock_orders"]
TRY_ORDERS = QUERIES["try_orders"]
MARK_PAID = QUERIES["mark_paid"]
MARK_RELEASED = QUERIES["mark_released"]
PASS_HELD_UNTIL = QUERIES["pass_held_until"]
ORDER_OF_USER = QUERIES["order_of_user"]
ORDERS_OF_USER = QUERIES["orders_of_user"]
TICKET_AT_THE_DOOR = QUERIES["ticket_at_the_door"]
RUN_OUT = QUERIES["run_out"]
MARK_EXPIRED = QUERIES["mark_expired"]
HELD_SINCE = QUERIES["held_since"]

ORDER_COLUMNS = len(Order._fields)


def read_order(row: Any) -> Order:
    """An order from a row that starts with its columns."""
    return Order(*row[:ORDER_COLUMNS])


async def lock_buyers(tx: Transaction, user_ids: Sequence[str], *, wait: bool = True) -> Sent:
    """Make these fans' other holds wait until this transaction ends. Rows, unless it waits:
    user_id, is_locked."""
    sent = await tx.send(LOCK_BUYERS if wait else TRY_BUYERS, user_ids=sorted(set(user_ids)))
    return NOTHING if wait else sent


async def seats_of_buyers(tx: Transaction, user_ids: Sequence[str]) -> Sent:
    """Rows (user_id, performance_key, seats) of what counts against the limit."""
    return await tx.send(SEATS_OF_BUYERS, user_ids=sorted(set(user_ids)))


async def by_idempotency_key(tx: Transaction, keys: Sequence[tuple[str, str]]) -> Sent:
    """The orders made with these (user, key) pairs, with their present status."""
    if not keys:
        return NOTHING
    return await tx.send(
        ORDERS_BY_IDEMPOTENCY_KEY,
        user_ids=[user for user, _ in keys],
        idempotency_keys=[key for _, key in keys],
    )


async def open_held(tx: Transaction, orders: Sequence[Order]) -> None:
    """Write new orders."""
    rows = msgspec.json.encode([order._asdict() for order in orders])
    await tx.send(OPEN_ORDERS, orders=rows.decode())


async def lock_orders(tx: Transaction, order_ids: Sequence[UUID], *, wait: bool = True) -> Sent:
    """Lock orders in id order. Rows: an order's columns, then now and is_busy; unknown ids have no
    row, and of a busy order only its id is known."""
    return await tx.send(LOCK_ORDERS if wait else TRY_ORDERS, order_ids=sorted(set(order_ids)))


async def mark_paid(tx: Transaction, order_ids: Sequence[UUID]) -> None:
    """Held → paid."""
    await tx.send(MARK_PAID, order_ids=list(order_ids))


async def mark_released(tx: Transaction, order_id: UUID) -> None:
    """Held → released."""
    await tx.send(MARK_RELEASED, order_id=order_id)


async def pass_held_until(tx: Transaction, user_id: str, pass_number: int) -> datetime | None:
    """When the last live hold that was made with a pass ends; None without any."""
    sent = await tx.send(PASS_HELD_UNTIL, user_id=user_id, pass_number=pass_number)
    row = await sent.row()
    return None if row is None else row.ends_at


async def order_of(tx: Transaction, order_id: UUID, user_id: str) -> Order | None:
    """A user's own order."""
    row = await (await tx.send(ORDER_OF_USER, order_id=order_id, user_id=user_id)).row()
    return None if row is None else read_order(row)


async def orders_of(
    tx: Transaction, user_id: str, *, before: UUID | None, limit: int
) -> list[Order]:
    """A user's own orders, newest first, those older than `before`."""
    rows = await tx.fetch(ORDERS_OF_USER, user_id=user_id, before=before, limit=limit)
    return [read_order(row) for row in rows]


async def at_the_door(
    tx: Transaction, order_id: UUID, performance_key: int, number: str
) -> tuple[Status, bool] | None:
    """The status of an order, anybody's, and whether it has a ticket for this seat; None when there
    is no such order."""
    row = await (
        await tx.send(
            TICKET_AT_THE_DOOR, order_id=order_id, performance_key=performance_key, number=number
        )
    ).row()
    return None if row is None else (row.status, row.has_seat)


async def run_out(
    tx: Transaction, step: int, *, not_these: Sequence[UUID] = (), only: UUID | None = None
) -> list[UUID]:
    """Lock up to `step` held orders whose time is over and that nobody is busy with."""
    rows = await tx.fetch(RUN_OUT, step=step, not_these=list(not_these), only=only)
    return [row.id for row in rows]


async def mark_expired(tx: Transaction, order_ids: Sequence[UUID]) -> Sent:
    """Held → expired."""
    return await tx.send(MARK_EXPIRED, order_ids=list(order_ids))


async def held_since(tx: Transaction, after: UUID, step: int) -> list[Order]:
    """Live holds with a higher id, in id order."""
    rows = await tx.fetch(HELD_SINCE, after=after, step=step)
    return [read_order(row) for row in rows]


def status_at(order: Order, now: datetime) -> Status:
    """The status that a reader sees at a moment."""
    return "expired" if order.status == "held" and order.expires_at <= now else order.status
