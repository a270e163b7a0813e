"""The letter of a message: what it says to the fan of an order, as the order is by then.

The jobs process sends it; a server of development shows it.
"""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import segno

from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance
from yemae.concerts.seat_map.plans import SeatWords
from yemae.concerts.seat_map.seat_names import seat_name
from yemae.jobs.letter_words import moment
from yemae.jobs.letters_of_accounts import letter_of_account
from yemae.jobs.letters_of_openings import letter_of_opening
from yemae.mail.errors import MailRefusedError
from yemae.mail.letters import Letter, Picture
from yemae.mail.templates import Templates
from yemae.orders import cancellations, orders, ticket_code
from yemae.orders.booking_number import booking_number
from yemae.orders.cancellations import Cancellation
from yemae.orders.order import Order
from yemae.outbox import messages as outbox
from yemae.outbox.messages import Language, OutboxMessage
from yemae.payments import refunds
from yemae.payments.refunds import Refund
from yemae.refusals import Refusal
from yemae.runtime import Runtime
from yemae.sale.ticket_links import link_path
from yemae.values import calendar_file, money
from yemae.values.calendar_file import Event
from yemae.values.instants import on_clocks
from yemae.values.text import in_language

Names = Callable[[str], SeatWords]

# Pixels of a module: a code of ours is about 300 wide then, which phones scan off a screen.
QR_SCALE = 5


async def letter_of(runtime: Runtime, templates: Templates, message: OutboxMessage) -> Letter:
    """The letter. Raises MailRefusedError when the order has no address any more, TemplatesError or
    StoreUnavailable."""
    if message.kind == "opening_soon":
        return await letter_of_opening(runtime, templates, message)
    if message.order_id is None:
        return letter_of_account(runtime, templates, message)
    async with runtime.postgres.transaction() as tx:
        order = await orders.order_of(tx, message.order_id, message.user_id)
        gone = await (await cancellations.of_orders(tx, [message.order_id])).rows()
        given_back = await (await refunds.of_orders(tx, [message.order_id])).rows()
        assert order is not None, "the order of a message is there"
        path = await link_path(tx, runtime, order)
        # After the link, and not as the message was claimed: where the fan has changed the address
        # in between, the new one gets a link that is over, and the old one no link that is good.
        email = await outbox.address_of(tx, order.id)
    if email is None:
        raise MailRefusedError("the account has no address any more")
    if message.kind == "date_moved":
        # This process may not have heard of it yet.
        await runtime.catalogue.refresh()
    await runtime.catalogue.know([order.performance_id])
    performance = runtime.catalogue.performance(order.performance_id)
    concert, language = runtime.catalogue.concert_of(performance), message.language
    values = _values(order, concert, performance, language)
    origin = runtime.settings.origin()
    values["url"] = f"{origin}{path}" if origin else ""
    # For calendars, which people share.
    values["page"] = f"{origin}/orders/{order.id}" if origin else ""
    names = await _names(runtime, performance)
    pictures: tuple[Picture, ...] = ()
    calendar = None
    match message.kind:
        case "order_paid" | "ticket_link" | "tickets_moved":
            seats = [
                _seat(order, place, names, language) for place in range(len(order.seat_numbers))
            ]
            tickets = seats if order.status == "paid" else []
            values |= {"seats": seats, "tickets": tickets}
            values["reservation"] = _reservation(order, performance, values)
            if tickets:
                pictures = tuple(_qr(runtime, order, ticket) for ticket in tickets)
                calendar = _calendar(runtime, performance, values)
        case "order_cancelled" | "date_cancelled":
            part = next(each for each in gone if each.id == message.cause)
            values |= _cancelled(part, given_back, order, names, language)
        case "date_moved":
            values |= _moved(performance, language)
            calendar = _calendar(runtime, performance, values)
        case "refunded" | "refund_failed":
            refund = next(each for each in given_back if each.id == message.cause)
            values["refund"] = price(refund.amount, order.currency, language)
    words = templates.render(message.kind, language, values)
    return Letter(str(message.id), email, language, *words, pictures, calendar)


def price(amount: int, currency: str, language: Language) -> str:
    """An amount as people write it: `66,000원`, `66,000 KRW`."""
    text = money.amount(amount, currency)
    return text.removesuffix(" KRW") + "원" if language == "ko" and currency == "KRW" else text


def _values(
    order: Order, concert: Concert, performance: Performance, language: Language
) -> dict[str, Any]:
    """What every letter about an order can say."""
    return {
        "language": language,
        "number": booking_number(order.id),
        "concert": in_language(language, concert.title, concert.title_en),
        "venue": in_language(language, concert.venue, concert.venue_en),
        "starts": moment(on_clocks(performance.starts_at, performance.zone), language),
        "total": price(order.total, order.currency, language),
    }


async def _names(runtime: Runtime, performance: Performance) -> Names:
    try:
        return (await runtime.plans.unpacked(performance)).words
    except Refusal:
        # The letter says the seats' numbers then, which is better than none.
        return lambda _: SeatWords()


def _seat(order: Order, place: int, names: Names, language: Language) -> dict[str, str]:
    """A seat of an order, and what has to be shown with its ticket."""
    number, sold_as = order.seat_numbers[place], order.sold_as()[place]
    return {
        "number": number,
        "name": seat_name(number, names(number), language),
        "grade": order.seat_grades[place],
        "price": price(order.seat_prices[place], order.currency, language),
        "picture": f"ticket-{place + 1}",
        "type": in_language(language, sold_as.name, sold_as.name_en) if sold_as else "",
        "proof": in_language(language, sold_as.proof or "", sold_as.proof_en) if sold_as else "",
    }


def _cancelled(
    part: Cancellation, given_back: list[Refund], order: Order, names: Names, language: Language
) -> dict[str, Any]:
    back = sum(each.amount for each in given_back if each.cancellation_id == part.id)
    return {
        "gone": [seat_name(number, names(number), language) for number in part.seat_numbers],
        "refund": price(back, order.currency, language),
        "fee": price(part.fee, order.currency, language),
    }


def _moved(performance: Performance, language: Language) -> dict[str, str]:
    """When a date was to begin, and until when it is cancelled freely; empty where neither is."""
    before, until = performance.postponed_from, performance.refundable_until
    zone = performance.zone
    return {
        "before": moment(on_clocks(before, zone), language) if before else "",
        "free_until": moment(on_clocks(until, zone), language) if until else "",
    }


def _qr(runtime: Runtime, order: Order, ticket: dict[str, str]) -> Picture:
    signed = ticket_code.Ticket(order.id, order.performance_id, ticket["number"])
    png = io.BytesIO()
    code = segno.make_qr(runtime.ticket_signer.sign(signed), error="m")
    code.save(png, kind="png", scale=QR_SCALE, border=4)
    return Picture(ticket["picture"], png.getvalue())


def _calendar(runtime: Runtime, performance: Performance, values: dict[str, Any]) -> bytes:
    host = urlsplit(runtime.settings.origin()).hostname or "localhost"
    event = Event(
        # The same as in the file that the fan's page offers, so that both are one event.
        uid=f"performance-{performance.id}@{host}",
        starts_at=performance.starts_at,
        title=values["concert"],
        place=values["venue"],
        description=f"{values['number']} {values['starts']}",
        url=values["page"],
    )
    return calendar_file.written(event, runtime.now())


def _reservation(order: Order, performance: Performance, values: dict[str, Any]) -> dict[str, Any]:
    """What mail programs read: https://schema.org/EventReservation."""
    state = "Confirmed" if order.status == "paid" else "Cancelled"
    return {
        "@context": "https://schema.org",
        "@type": "EventReservation",
        "reservationNumber": values["number"],
        "reservationStatus": f"https://schema.org/Reservation{state}",
        "reservationFor": {
            "@type": "Event",
            "name": values["concert"],
            "startDate": on_clocks(performance.starts_at, performance.zone).isoformat(),
            "location": {"@type": "Place", "name": values["venue"], "address": values["venue"]},
        },
        **({"url": values["url"]} if values["url"] else {}),
    }
