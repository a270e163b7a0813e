"""Orders as operators look for them and look at them; over HTTP and as commands.

Nothing here changes an order: that is for the verbs of sale/. Names and addresses of fans are shown
masked, and as they are only with a line in the log.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.accounts import users
from yemae.accounts.users import User
from yemae.concerts import controls
from yemae.concerts.performance import Performance
from yemae.orders import box_office, cancellations
from yemae.orders import orders as order_book
from yemae.orders.box_office import BoxOfficeSale
from yemae.orders.cancellations import Cancellation
from yemae.orders.order import Order, Status
from yemae.orders.ticket_code import Ticket, TicketSigner
from yemae.payments import payments, refunds
from yemae.payments.payments import OrderPayment
from yemae.payments.refunds import Destination, Refund, RefundState
from yemae.refusals import OrderNotFound, OrderNotPaid
from yemae.runtime import Stores
from yemae.sale.decide_cancellations import CancelledPart
from yemae.store.queries import Query, load_queries
from yemae.values import money

# Whose order it is, as they are.
OrderFan = User
# A refund of an order.
OrderRefund = Refund


class FoundOrder(NamedTuple):
    """An order of a list. Name and address are None for guests and for those who sign in
    elsewhere."""

    id: UUID
    user_id: str
    name: str | None
    email: str | None
    concert_id: str
    performance_id: str
    status: Status
    seat_numbers: list[str]
    total: int
    currency: str
    created_at: datetime


class OrderCheckout(NamedTuple):
    """An attempt to pay an order by card."""

    provider: str
    amount: int
    state: str
    reason: str | None
    created_at: datetime
    settled_at: datetime | None


class OrderAction(NamedTuple):
    """What an operator did with an order; `seats` are those that a move gave it, and `surcharge` is
    what it charged for them."""

    at: datetime
    who: str
    action: str
    reason: str | None
    seats: list[str]
    surcharge: int


class OpenRefund(NamedTuple):
    """A refund that is not paid out, as operators see it."""

    id: UUID
    order_id: UUID
    concert_id: str
    user_id: str
    destination: Destination
    # None: in cash.
    provider: str | None
    amount: int
    currency: str
    state: RefundState
    failure: str | None
    created_at: datetime
    handed_over_at: datetime | None


QUERIES = load_queries(__file__, "orders.sql")
OPEN_REFUNDS = Query(QUERIES["open_refunds"], OpenRefund)
FIND_ORDERS = Query(QUERIES["find_orders"], FoundOrder)
CHECKOUTS_OF_ORDER = Query(QUERIES["checkouts_of_order"], OrderCheckout)
ACTIONS_ON_ORDER = Query(QUERIES["actions_on_order"], OrderAction)


class OrderFilter(NamedTuple):
    """Which orders are looked for; None: whichever. A fan is named by id or e-mail address, `name`
    is a part of their name, and the queue number is that of the pass."""

    fan: str | None = None
    name: str | None = None
    queue_number: int | None = None
    performance_id: str | None = None
    seat: str | None = None
    status: Status | None = None
    # The last digits of an order's id: its booking number, as `booking_number.tail_of` reads it.
    tail: str | None = None


class WholeOrder(NamedTuple):
    """An order with its money and its history. `payment` is None until it is paid."""

    order: Order
    fan: User
    performance: Performance
    payment: OrderPayment | None
    cancellations: list[Cancellation]
    refunds: list[Refund]
    checkouts: list[OrderCheckout]
    # None: sold to a fan who came through the queue.
    box_office: BoxOfficeSale | None
    actions: list[OrderAction]

    @property
    def refunded(self) -> int:
        """What went back of the payment, or may still go back."""
        return refunds.taken(self.refunds)

    @property
    def cancelled(self) -> list[CancelledPart]:
        """The cancellations with their refunds."""
        return [
            CancelledPart(each, refunds.of_cancellation(self.refunds, each.id))
            for each in self.cancellations
        ]


async def find_orders(
    stores: Stores,
    wanted: OrderFilter,
    *,
    concerts: Collection[str] | None = None,
    before: UUID | None,
    limit: int,
) -> list[FoundOrder]:
    """Orders of these concerts, or of all, newest first, from the one before `before` on."""
    fan = wanted.fan
    async with stores.postgres.transaction() as tx:
        return await tx.fetch(
            FIND_ORDERS,
            **wanted._asdict(),
            email=None if fan is None else users.address(fan),
            as_typed=None if fan is None else fan.lower(),
            concerts=_named(concerts),
            before=before,
            limit=limit,
        )


async def open_refunds(
    stores: Stores,
    *,
    concerts: Collection[str] | None = None,
    is_waiting: bool,
    before: UUID | None,
    limit: int,
) -> list[OpenRefund]:
    """Refunds to cards and in cash of these concerts, or of all, that are not paid out, newest
    first, from the one before `before` on; with `is_waiting` those that wait for an operator."""
    wanted = _named(concerts)
    async with stores.postgres.transaction() as tx:
        return await tx.fetch(
            OPEN_REFUNDS, concerts=wanted, is_waiting=is_waiting, before=before, limit=limit
        )


def _named(concerts: Collection[str] | None) -> list[str] | None:
    return None if concerts is None else sorted(concerts)


async def show_order(stores: Stores, order_id: UUID) -> WholeOrder:
    """An order, with what was paid, cancelled and refunded. Raises OrderNotFound."""
    async with stores.postgres.transaction() as tx:
        order = await order_book.by_id(tx, order_id)
        if order is None:
            raise OrderNotFound
        fan = await users.by_id(tx, order.user_id)
        was_paid = order.status in ("paid", "cancelled")
        payment = await payments.of_order(tx, order_id) if was_paid else None
        cancelled = await (await cancellations.of_orders(tx, [order_id])).rows()
        made = await (await refunds.of_orders(tx, [order_id])).rows()
        checkouts = await tx.fetch(CHECKOUTS_OF_ORDER, order_id=order_id, user_id=order.user_id)
        sale = await box_office.of_order(tx, order_id)
        actions = await tx.fetch(ACTIONS_ON_ORDER, order_id=order_id, concert_id=order.concert_id)
    await stores.catalogue.know([order.performance_id])
    performance = stores.catalogue.performance(order.performance_id)
    return WholeOrder(
        order,
        fan or User(order.user_id, None, None),
        performance,
        payment,
        list(cancelled),
        list(made),
        checkouts,
        sale,
        actions,
    )


async def reveal_fan(stores: Stores, who: str, order_id: UUID, reason: str) -> User:
    """The name and the address of an order's fan, with a line in the log that says who looked and
    why. Raises OrderNotFound."""
    async with stores.postgres.transaction() as tx:
        order = await order_book.by_id(tx, order_id)
        if order is None:
            raise OrderNotFound
        fan = await users.by_id(tx, order.user_id)
        details = {"order": str(order_id), "reason": reason}
        await controls.log(tx, stores.new_id(), order.concert_id, who, "reveal", details)
    return fan or User(order.user_id, None, None)


# Where a refund goes, as operators read it.
PLACES: dict[Destination, str] = {
    "wallet": "to the wallet",
    "checkout": "to the card",
    "cash": "in cash",
}


def to_words(parts: Sequence[Refund], currency: str) -> str:
    """A refund with where it goes, in its parts: `66,000 KRW to the card`."""
    return " and ".join(
        f"{money.amount(part.amount, currency)} {PLACES[part.destination]}" for part in parts
    )


async def order_to_print(stores: Stores, who: str, order_id: UUID) -> Order:
    """A paid order whose tickets are printed, with a line in the log that says by whom. Raises
    OrderNotFound, OrderNotPaid."""
    async with stores.postgres.transaction() as tx:
        order = await order_book.by_id(tx, order_id)
        if order is None:
            raise OrderNotFound
        if order.status != "paid":
            raise OrderNotPaid(order.status)
        details = {"order": str(order_id), "seats": order.seat_numbers}
        await controls.log(tx, stores.new_id(), order.concert_id, who, "print", details)
    return order


def ticket_codes(signer: TicketSigner, order: Order) -> dict[str, str]:
    """The code of each seat's ticket."""
    return {
        number: signer.sign(Ticket(order.id, order.performance_id, number))
        for number in order.seat_numbers
    }
