"""연락처 · Where a fan wants to hear of an order: whether they have to say, and how they say it
after the payment."""

from typing import NamedTuple
from uuid import UUID

from yemae.accounts import users
from yemae.orders import orders, ticket_links
from yemae.outbox import messages as outbox
from yemae.outbox.messages import Contact, Language
from yemae.refusals import InvalidRequest, NotFound, OrderNotFound, OrderNotPaid
from yemae.runtime import Runtime

NO_ADDRESS = "required: without an account there is no other address to send the tickets to"


async def require_address(runtime: Runtime, user_id: str, contact: Contact | None) -> None:
    """Refuse a payment of which no mail could say anything, where the operator wants one. Raises
    InvalidRequest."""
    if not runtime.settings.needs_guest_email() or (contact is not None and contact.email):
        return
    async with runtime.postgres.transaction() as tx:
        user = await users.by_id(tx, user_id)
    if user is None or user.email is None:
        raise InvalidRequest.of("email", NO_ADDRESS)


class NewAddress(NamedTuple):
    """The address that a fan gives for an order that is paid."""

    email: str
    language: Language


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
        locked = await (await orders.lock_orders(tx, [order_id])).row()
        order = None if locked is None else locked.order
        if locked is None or order is None or order.user_id != user_id:
            raise OrderNotFound
        if order.status != "paid":
            raise OrderNotPaid(orders.status_at(order, locked.now))
        before = await outbox.address_of(tx, order_id)
        if before is not None and users.address(before) != users.address(new.email):
            await ticket_links.revoke(tx, order_id)
        await outbox.keep_contact(tx, order_id, Contact(new.email, new.language))
        await outbox.tell(tx, "ticket_link", runtime.new_id(), order_id)
