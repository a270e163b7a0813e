"""연락처 · Where a fan wants to hear of an order: whether they have to say, and how they say it
after the payment."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.accounts import users
from yemae.concerts import controls
from yemae.orders import orders, ticket_links
from yemae.orders.order import Order
from yemae.outbox import messages as outbox
from yemae.outbox.messages import Contact, Language
from yemae.refusals import InvalidRequest, NotFound, OrderNotFound, OrderNotPaid
from yemae.runtime import Runtime, Stores
from yemae.store.postgres import Transaction

NO_ADDRESS = "required: without an account there is no other address to send the tickets to"


class NewAddress(NamedTuple):
    """The address that a fan gives for an order that is paid."""

    email: str
    language: Language


class _LockedOrder(NamedTuple):
    """An order under its lock."""

    order: Order
    now: datetime


async def require_address(runtime: Runtime, user_id: str, contact: Contact | None) -> None:
    """Refuse a payment of which no mail could say anything, where the operator wants one. Raises
    InvalidRequest."""
    if not runtime.settings.needs_guest_email() or (contact is not None and contact.email):
        return
    async with runtime.postgres.transaction() as tx:
        user = await users.by_id(tx, user_id)
    if user is None or user.email is None:
        raise InvalidRequest.of("email", NO_ADDRESS)


async def change_address(
    runtime: Runtime, user_id: str, order_id: UUID, new: NewAddress, *, network: str
) -> None:
    """Send the tickets of a fan's own paid order to an address, and all later mails of it. Links
    that went to another address end. Raises NotFound on a server that sends no mail, RateLimited,
    OrderNotFound or OrderNotPaid."""
    if not runtime.settings.tells_fans():
        raise NotFound
    await runtime.link_limits.network.count(network)
    await runtime.link_limits.email.count(users.address(new.email))
    async with runtime.postgres.transaction() as tx:
        order = await _lock(tx, order_id)
        if order is None or order.order.user_id != user_id:
            raise OrderNotFound
        await _change(tx, runtime, order, new)


async def send_tickets(
    stores: Stores, who: str, order_id: UUID, new: NewAddress | None, reason: str
) -> None:
    """The same by an operator, for a fan whose mail went astray, with a line in the log that has no
    address; without a new address, to where the order's mails go. Raises NotFound, OrderNotFound,
    OrderNotPaid, or InvalidRequest where no address is known."""
    if not stores.settings.tells_fans():
        raise NotFound
    async with stores.postgres.transaction() as tx:
        order = await _lock(tx, order_id)
        if order is None:
            raise OrderNotFound
        await (_again(tx, stores, order) if new is None else _change(tx, stores, order, new))
        details = {"order": str(order_id), "reason": reason}
        concert_id = order.order.concert_id
        await controls.log(tx, stores.new_id(), concert_id, who, "send tickets", details)


async def _lock(tx: Transaction, order_id: UUID) -> _LockedOrder | None:
    row = await (await orders.lock_orders(tx, [order_id])).row()
    return None if row is None or row.order is None else _LockedOrder(row.order, row.now)


async def _change(tx: Transaction, stores: Stores, at: _LockedOrder, new: NewAddress) -> None:
    """Raises OrderNotPaid."""
    order = _paid(at)
    before = await outbox.address_of(tx, order.id)
    if before is not None and users.address(before) != users.address(new.email):
        await ticket_links.revoke(tx, order.id)
    await outbox.keep_contact(tx, order.id, Contact(new.email, new.language))
    await outbox.tell(tx, "ticket_link", stores.new_id(), order.id)


async def _again(tx: Transaction, stores: Stores, at: _LockedOrder) -> None:
    """Raises OrderNotPaid or InvalidRequest."""
    order = _paid(at)
    if await outbox.address_of(tx, order.id) is None:
        raise InvalidRequest.of("email", "required: the order has no address so far")
    await outbox.tell(tx, "ticket_link", stores.new_id(), order.id)


def _paid(at: _LockedOrder) -> Order:
    """Raises OrderNotPaid."""
    if at.order.status != "paid":
        raise OrderNotPaid(orders.status_at(at.order, at.now))
    return at.order
