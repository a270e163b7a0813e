"""Whether a ticket opens the door: its code is checked first, then the database.

Without a database only the code is checked, as a scanner without a network has to do.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from yemae.concerts import date_changes
from yemae.concerts.catalogue import Catalogue
from yemae.orders import orders
from yemae.orders.order import SoldAs
from yemae.orders.orders import TicketAtDoor
from yemae.orders.ticket_code import Ticket
from yemae.store.postgres import Postgres
from yemae.values.instants import on_clocks


class ValidTicket(NamedTuple):
    """A ticket that opens the door; `starts_at` on the venue's clocks. `price_type` is the one that
    the seat was sold with, whose proof has to be shown; None: the full price. Without a database
    `concert`, `starts_at` and `price_type` are None."""

    order_id: UUID
    concert: str | None
    performance_id: str
    starts_at: datetime | None
    seat: str
    price_type: SoldAs | None = None


class Refused(NamedTuple):
    """A ticket that does not open the door; the reason is one sentence."""

    reason: str


def offline(ticket: Ticket) -> ValidTicket:
    """Read the ticket from the code alone."""
    return ValidTicket(ticket.order_id, None, ticket.performance_id, None, ticket.seat)


async def look_up(
    postgres: Postgres, catalogue: Catalogue, ticket: Ticket
) -> ValidTicket | Refused:
    """Look up a ticket whose signature was checked. Raises StoreUnavailable."""
    if ticket.performance_id not in catalogue.performances:
        # It may have been imported since the last refresh.
        await catalogue.refresh()
    performance = catalogue.performances.get(ticket.performance_id)
    if performance is None:
        return Refused(f"There is no performance {ticket.performance_id!r} here.")
    async with postgres.transaction() as tx:
        found = await orders.at_the_door(tx, ticket.order_id, performance.key, ticket.seat)
        state = await date_changes.look_at(tx, performance.key)
    if state.cancelled_at is not None:
        return Refused(f"The performance {performance.id} is cancelled.")
    if found is None or (reason := _why_not(found, ticket.seat)):
        return Refused(reason if found else "The order of this ticket is not in the database.")
    concert = catalogue.concert_of(performance).title
    starts_at = on_clocks(performance.starts_at, performance.zone)
    sold_as = msgspec.convert(found.price_type, SoldAs | None)
    return ValidTicket(ticket.order_id, concert, performance.id, starts_at, ticket.seat, sold_as)


def _why_not(found: TicketAtDoor, seat: str) -> str:
    """Why the ticket of an order does not open the door; empty: it does."""
    if found.status != "paid":
        return f"The order of this ticket is {found.status}, not paid."
    if not found.has_seat:
        return f"Seat {seat} was not sold to the order of this ticket."
    if found.is_disputed:
        return "The payment of this order is disputed by its cardholder."
    return ""
