"""휴대폰 티켓 · Phone tickets: the tickets of a paid order for the wallet apps of phones.

A fan gets a link for each seat and app, which is good for some minutes, and the phone fetches the
ticket by it. What it gets is the ticket as it is then: of an order that was cancelled, or has other
seats by now, there is none.
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from yemae.concerts.performance import Performance
from yemae.concerts.seat_map.plans import SeatWords
from yemae.concerts.seat_map.seat_names import seat_name
from yemae.orders import orders, ticket_code
from yemae.orders.booking_number import booking_number
from yemae.orders.order import Order
from yemae.payments import disputes
from yemae.phone_tickets import apple, google
from yemae.phone_tickets.card import Card, Language
from yemae.phone_tickets.keys import Kind
from yemae.phone_tickets.links import PhoneTicketWish
from yemae.refusals import NotFound, OrderDisputed, OrderNotPaid, Refusal
from yemae.runtime import Runtime
from yemae.values.instants import on_clocks
from yemae.values.text import in_language


class LinkedTicket(NamedTuple):
    """A seat, and the text of the link for each wallet app that this server makes tickets for."""

    seat: str
    links: dict[Kind, str]


async def phone_ticket_links(
    runtime: Runtime, order: Order, language: Language
) -> list[LinkedTicket]:
    """The links of an order, seat by seat. Raises NotFound on a server that makes none,
    OrderNotPaid, or OrderDisputed: such a ticket opens no door."""
    now = runtime.now()
    kinds, links = runtime.phone_tickets.keys.kinds(now), runtime.phone_tickets.links
    if not kinds:
        raise NotFound
    if order.status != "paid":
        raise OrderNotPaid(orders.status_at(order, now))
    async with runtime.postgres.transaction() as tx:
        if (await disputes.look(tx, order.id)).shuts_door:
            raise OrderDisputed
    return [
        LinkedTicket(
            seat,
            {kind: links.text(PhoneTicketWish(order.id, seat, kind, language)) for kind in kinds},
        )
        for seat in order.seat_numbers
    ]


async def open_phone_ticket(runtime: Runtime, text: str, origin: str) -> bytes | str:
    """What a link hands out: the file for Apple Wallet, or the address that saves the ticket at
    Google. Raises NotFound for a link that is not good, or not any more, and RateLimited."""
    keys, wish = runtime.phone_tickets.keys, runtime.phone_tickets.links.read(text)
    if wish is None or wish.kind not in keys.kinds(runtime.now()):
        raise NotFound
    runtime.phone_tickets.made.count(wish.order_id)
    async with runtime.postgres.transaction() as tx:
        order = await orders.by_id(tx, wish.order_id)
        is_shut = (await disputes.look(tx, wish.order_id)).shuts_door
    if order is None or order.status != "paid" or wish.seat not in order.seat_numbers or is_shut:
        raise NotFound
    card = await _card(runtime, order, wish)
    # Beside the event loop: a signature of RSA takes milliseconds, which all fans would wait.
    if wish.kind == "apple":
        assert keys.apple is not None, "of the kinds that there are"
        return await asyncio.to_thread(apple.pkpass, keys.apple, card)
    assert keys.google is not None, "of the kinds that there are"
    return await asyncio.to_thread(google.save_url, keys.google, card, origin, runtime.now())


async def _card(runtime: Runtime, order: Order, wish: PhoneTicketWish) -> Card:
    await runtime.catalogue.know([order.performance_id])
    performance = runtime.catalogue.performance(order.performance_id)
    concert, language = runtime.catalogue.concert_of(performance), wish.language
    at = order.seat_numbers.index(wish.seat)
    sold_as = order.sold_as()[at]
    grade = order.seat_grades[at]
    words, grades_en = await _words(runtime, performance, wish.seat)
    ticket = ticket_code.Ticket(order.id, order.performance_id, wish.seat)
    return Card(
        language=language,
        code=runtime.ticket_signer.sign(ticket),
        booking_number=booking_number(order.id),
        performance_id=performance.id,
        concert=in_language(language, concert.title, concert.title_en),
        artist=concert.artist,
        venue=in_language(language, concert.venue, concert.venue_en),
        starts_at=on_clocks(performance.starts_at, performance.zone),
        has_zone=performance.zone is not None,
        seat=seat_name(wish.seat, words, language),
        grade=in_language(language, grade, grades_en.get(grade)),
        proof=in_language(language, sold_as.proof or "", sold_as.proof_en) if sold_as else "",
    )


async def _words(
    runtime: Runtime, performance: Performance, seat: str
) -> tuple[SeatWords, Mapping[str, str]]:
    """Those of the seat, and the English names of grades."""
    try:
        plan = await runtime.plans.unpacked(performance)
    except Refusal:
        # The ticket says the seat's number then, which is better than none.
        return SeatWords(), {}
    return plan.words(seat), plan.grades_en
