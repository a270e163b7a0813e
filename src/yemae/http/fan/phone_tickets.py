"""휴대폰 티켓 · Phone tickets: tickets for the wallet apps of phones."""

from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.http.contract.operation import UNSTORED, Answer, Operation, Shown
from yemae.http.fan.calendars import LANGUAGE, asked_language
from yemae.http.fan.orders import path_order_id
from yemae.http.fan.ticket_links import TICKET_LINK
from yemae.http.server.call import Call
from yemae.orders.order import Order
from yemae.phone_tickets.apple import MEDIA_TYPE
from yemae.phone_tickets.google import SAVE
from yemae.refusals import (
    InvalidRequest,
    NotFound,
    OrderDisputed,
    OrderNotFound,
    OrderNotPaid,
    RateLimited,
    Unauthenticated,
)
from yemae.sale import looks, ticket_links
from yemae.sale.phone_tickets import open_phone_ticket, phone_ticket_links

PATH = "/v1/phone-tickets"
FILE = b'attachment; filename="ticket.pkpass"'

PassFile = Annotated[str, Meta(extra_json_schema={"contentMediaType": MEDIA_TYPE})]


class PhoneTicketBody(msgspec.Struct, frozen=True):
    """A seat, and where a phone gets its ticket: paths of this server to which a browser goes,
    good for ten minutes. Null where the server makes none for that app."""

    seat: str
    apple: str | None
    google: str | None


class PhoneTicketsBody(msgspec.Struct, frozen=True):
    """The tickets of an order, one for each seat."""

    tickets: list[PhoneTicketBody]


async def list_phone_tickets(call: Call) -> Answer:
    """Links to the tickets of one of your paid orders for Apple Wallet and Google Wallet, as far as
    `phone_tickets` of `GET /v1/settings` has them."""
    order = await looks.own_order(call.runtime, call.user_id(), path_order_id(call))
    return await _answer(call, order)


async def list_linked_phone_tickets(call: Call) -> Answer:
    """The same of the order that a ticket link opens."""
    order = await ticket_links.open_link(call.runtime, call.header(b"ticket-link") or "")
    return await _answer(call, order)


async def show_phone_ticket(call: Call) -> Answer:
    """The ticket that a link is for, as it is now: the file for Apple Wallet, or the way to Google
    Wallet. A link is good for ten minutes; that of a ticket which was cancelled since, is for
    another seat by now, or is of a disputed payment, is answered as one that never was."""
    found = await open_phone_ticket(call.runtime, call.path("link"), call.page_origin() or "")
    if isinstance(found, str):
        return Answer(303, None, ((b"location", found.encode()), UNSTORED))
    headers = (
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-disposition", FILE),
        UNSTORED,
    )
    return Answer(200, found, headers)


async def _answer(call: Call, order: Order) -> Answer:
    listed = await phone_ticket_links(call.runtime, order, asked_language(call))
    tickets = [
        PhoneTicketBody(each.seat, _path(each.links.get("apple")), _path(each.links.get("google")))
        for each in listed
    ]
    return Answer(200, PhoneTicketsBody(tickets), (UNSTORED,))


def _path(link: str | None) -> str | None:
    return None if link is None else f"{PATH}/{link}"


EXAMPLE_LINK = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzZWF0IjoiNyJ9.tkT5"
LISTED = Shown(
    200,
    "A link for each seat and app",
    PhoneTicketsBody,
    {"tickets": [{"seat": "7", "apple": f"{PATH}/{EXAMPLE_LINK}", "google": None}]},
    headers=("Cache-Control",),
)

OPERATIONS = (
    Operation(
        "list_phone_tickets",
        "GET",
        "/v1/orders/{order_id}/phone-tickets",
        "orders",
        "Tickets for the wallet app of a phone",
        list_phone_tickets,
        signed_in=True,
        parameters=(LANGUAGE,),
        answers=(LISTED,),
        problems=(Unauthenticated, OrderNotFound, OrderNotPaid, OrderDisputed, InvalidRequest),
    ),
    Operation(
        "list_linked_phone_tickets",
        "GET",
        "/v1/linked-order/phone-tickets",
        "orders",
        "Tickets of a ticket link for the wallet app of a phone",
        list_linked_phone_tickets,
        parameters=(TICKET_LINK, LANGUAGE),
        answers=(LISTED,),
        problems=(OrderNotFound, OrderNotPaid, OrderDisputed, NotFound, InvalidRequest),
    ),
    Operation(
        "show_phone_ticket",
        "GET",
        f"{PATH}/{{link}}",
        "orders",
        "A ticket for the wallet app of a phone",
        show_phone_ticket,
        answers=(
            Shown(
                200,
                "The ticket for Apple Wallet",
                PassFile,
                "(the bytes of a signed pass)",
                MEDIA_TYPE,
                ("Cache-Control",),
            ),
            Shown(303, f"To `{SAVE}…`", headers=("Location", "Cache-Control")),
        ),
        problems=(RateLimited,),
    ),
)
