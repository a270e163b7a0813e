"""티켓 링크 · Ticket links: a fan sees the tickets of an order in any browser, by a link of a mail.

A link is good until a week after the date, unless it was revoked. A fan who has lost it types the
booking number and the address that mails go to. The answer is the same whether or not there is such
an order, and the link goes to that address only, so nothing can be found out or taken.
"""

from datetime import timedelta
from typing import NamedTuple

from yemae.accounts import users
from yemae.orders import orders, ticket_links
from yemae.orders.booking_number import tail_of
from yemae.orders.order import Order
from yemae.orders.ticket_link import TicketLink
from yemae.outbox import messages as outbox
from yemae.refusals import InvalidRequest, NotFound, OrderNotFound
from yemae.runtime import Runtime
from yemae.store.postgres import Transaction

# Fans look their tickets up after the show, such as for a receipt.
GOOD_AFTER_START = timedelta(days=7)
# The order of a link is read by these, and changed by none of its holder's calls.
OPENED = ("paid", "cancelled")
PATH = "/my-tickets"
NOT_A_NUMBER = "expected ten letters and digits such as `A2B3C-D4E5F`"


class LostLink(NamedTuple):
    """What a fan types to get a link: both belong to one order, or nothing is sent."""

    booking_number: str
    email: str


async def open_link(runtime: Runtime, text: str) -> Order:
    """The order that a link opens, to look at. Raises OrderNotFound for a link that is not good, or
    not any more."""
    link = runtime.ticket_links.read(text)
    if link is None:
        raise OrderNotFound
    async with runtime.postgres.transaction() as tx:
        order = await orders.by_id(tx, link.order_id)
        revision = await ticket_links.revision_of(tx, link.order_id)
    if order is None or order.status not in OPENED or revision != link.revision:
        raise OrderNotFound
    await runtime.catalogue.know([order.performance_id])
    starts_at = runtime.catalogue.performance(order.performance_id).starts_at
    if runtime.now() > starts_at + GOOD_AFTER_START:
        raise OrderNotFound
    return order


async def send_link(runtime: Runtime, address: str, lost: LostLink) -> None:
    """Send the link of a paid order to the address that its mails go to. Raises NotFound on a
    server that sends no mail, InvalidRequest, RateLimited, or StoreUnavailable."""
    if not runtime.settings.tells_fans():
        raise NotFound
    tail = tail_of(lost.booking_number)
    if tail is None:
        raise InvalidRequest.of("booking_number", NOT_A_NUMBER)
    email = users.address(lost.email)
    await runtime.link_limits.network.count(address)
    # By what was typed and not by what was found, so that a refusal says nothing of an order.
    await runtime.link_limits.email.count(email)
    async with runtime.postgres.transaction() as tx:
        await outbox.tell_link(tx, tail, email)


async def link_path(tx: Transaction, runtime: Runtime, order: Order) -> str:
    """The path of the page that shows an order. The link is behind the `#`, so no browser sends it
    to a server in an address or as a referrer."""
    link = TicketLink(order.id, await ticket_links.revision_of(tx, order.id))
    return f"{PATH}#{runtime.ticket_links.text(link)}"
