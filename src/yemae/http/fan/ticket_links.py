"""티켓 링크 · Ticket links: the tickets of an order for its holder, without an account."""

from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.http.contract.operation import UNSTORED, Answer, Body, Operation, Parameter, Shown
from yemae.http.fan.order_shapes import EXAMPLE_ORDER, EXAMPLE_PAID, OrderBody, show_looked_at
from yemae.http.fan.orders import path_order_id
from yemae.http.fan.payments import contact_of
from yemae.http.fan.users import Email
from yemae.http.server.call import Call
from yemae.outbox.messages import Language
from yemae.refusals import (
    BodyTooLarge,
    InvalidRequest,
    MalformedBody,
    NotFound,
    OrderNotFound,
    OrderNotPaid,
    RateLimited,
    RequestTimeout,
    Unauthenticated,
)
from yemae.sale import ticket_links
from yemae.sale.contacts import NewAddress, change_address

TICKET_LINK = Parameter(
    "Ticket-Link",
    "header",
    "What stands behind the `#` of the link in a mail.",
    {"type": "string"},
    True,
)
# Codes that open a door stay in no cache.


class AskForLink(Body, frozen=True):
    """The order whose link was lost, and the address that mails about it go to."""

    booking_number: Annotated[str, Meta(min_length=1, max_length=40)]
    email: Email


class ChangeAddress(Body, frozen=True):
    """Where mails about an order go from now on. Without `language` they are in the one that
    `Accept-Language` prefers."""

    email: Email
    language: Language | None = None


CHANGE_ADDRESS = msgspec.json.Decoder(ChangeAddress)
ASK_FOR_LINK = msgspec.json.Decoder(AskForLink)


async def change_order_address(call: Call) -> Answer:
    """Send the tickets of one of your paid orders to an address, now and whenever something becomes
    of it. Links that were sent to another address open nothing any more."""
    user_id, order_id = call.user_id(), path_order_id(call)
    given = await call.body(CHANGE_ADDRESS)
    contact = contact_of(call, given.email, given.language)
    new = NewAddress(given.email, contact.language)
    network = call.account_address()
    await change_address(call.runtime, user_id, order_id, new, network=network)
    return Answer(202)


async def show_linked_order(call: Call) -> Answer:
    """The order that a ticket link opens, as its fan sees it, to look at only. A link is good until
    a week after the date; an order that was moved to other seats has a new one, and the old one is
    answered as one that never was."""
    order = await ticket_links.open_link(call.runtime, call.header(b"ticket-link") or "")
    (shown,) = await show_looked_at(call, [order])
    return Answer(200, shown, (UNSTORED,))


async def send_ticket_link(call: Call) -> Answer:
    """Send the tickets of a paid order and its link once more, if its mails go to this address. The
    answer is the same if there is no such order. At most one is sent within ten minutes."""
    asked = await call.body(ASK_FOR_LINK)
    lost = ticket_links.LostLink(asked.booking_number, asked.email)
    await ticket_links.send_link(call.runtime, call.account_address(), lost)
    return Answer(202)


OPERATIONS = (
    Operation(
        "change_order_address",
        "POST",
        "/v1/orders/{order_id}/address",
        "orders",
        "Send the tickets to an address",
        change_order_address,
        signed_in=True,
        body=ChangeAddress,
        body_example={"email": "fan@example.com", "language": "ko"},
        answers=(Shown(202, "On its way"),),
        problems=(
            Unauthenticated,
            OrderNotFound,
            OrderNotPaid,
            RateLimited,
            InvalidRequest,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
        ),
    ),
    Operation(
        "show_linked_order",
        "GET",
        "/v1/linked-order",
        "orders",
        "The order of a ticket link",
        show_linked_order,
        parameters=(TICKET_LINK,),
        answers=(
            Shown(
                200,
                "The order",
                OrderBody,
                examples={
                    "paid": EXAMPLE_PAID,
                    "cancelled": {**EXAMPLE_ORDER, "status": "cancelled"},
                },
            ),
        ),
        problems=(OrderNotFound,),
    ),
    Operation(
        "send_ticket_link",
        "POST",
        "/v1/ticket-links",
        "orders",
        "Send a lost ticket link",
        send_ticket_link,
        body=AskForLink,
        body_example={
            "booking_number": EXAMPLE_ORDER["booking_number"],
            "email": "fan@example.com",
        },
        answers=(Shown(202, "Sent, if the order and the address belong together"),),
        problems=(
            NotFound,
            RateLimited,
            InvalidRequest,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
        ),
    ),
)
