"""Orders that were sold at the box office, for cash or as complimentary tickets.

A row stands beside the order and says how it was sold and by whom. The order has no pass: its pass
number is negative, so it ends no place of its fan in any queue.
"""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.orders.booking_number import TAIL_BITS
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries

Tender = Literal["cash", "complimentary"]


class BoxOfficeSale(NamedTuple):
    """How an order was sold; without a transfer no money came in."""

    order_id: UUID
    tender: Tender
    # As queue_actions.who.
    sold_by: str
    idempotency_key: str | None
    transfer_id: UUID | None
    sold_at: datetime


class Cash(NamedTuple):
    """What was handed over for an order."""

    amount: int


QUERIES = load_queries(__file__, "box_office.sql")
BOX_OFFICE_BY_KEY = Query(QUERIES["box_office_by_key"], BoxOfficeSale)
CASH_OF_ORDER = Query(QUERIES["cash_of_order"], Cash)
BOX_OFFICE_OF_ORDER = Query(QUERIES["box_office_of_order"], BoxOfficeSale)
WRITE_BOX_OFFICE = QUERIES["write_box_office"]
WRITE_CASH_SURCHARGE = QUERIES["write_cash_surcharge"]


def number_of(order_id: UUID) -> int:
    """What stands for the number of a pass: below zero, and another for each order, as their
    booking numbers are."""
    return -1 - (order_id.int & (1 << TAIL_BITS) - 1)


async def by_key(tx: Transaction, sold_by: str, key: str | None) -> BoxOfficeSale | None:
    """The sale that an operator made with a key."""
    if key is None:
        return None
    return await (await tx.send(BOX_OFFICE_BY_KEY, sold_by=sold_by, idempotency_key=key)).row()


async def of_order(tx: Transaction, order_id: UUID) -> BoxOfficeSale | None:
    """How an order was sold; None: to a fan who came through the queue."""
    return await (await tx.send(BOX_OFFICE_OF_ORDER, order_id=order_id)).row()


async def cash_of_order(tx: Transaction, order_id: UUID) -> int | None:
    """What was handed over for an order, then and for dearer seats; None: it was not sold for
    cash."""
    cash = await (await tx.send(CASH_OF_ORDER, order_id=order_id)).row()
    return None if cash is None else cash.amount


async def write(tx: Transaction, sale: BoxOfficeSale) -> None:
    """Write a new sale, beside its order."""
    await tx.execute(WRITE_BOX_OFFICE, **sale._asdict())


async def write_surcharge(
    tx: Transaction, order_id: UUID, *, transfer_id: UUID, taken_by: str
) -> None:
    """Write that this transfer brought in cash for dearer seats of an order that was sold for
    cash."""
    await tx.execute(
        WRITE_CASH_SURCHARGE, transfer_id=transfer_id, order_id=order_id, taken_by=taken_by
    )
