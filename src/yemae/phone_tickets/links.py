"""The links that hand out phone tickets: good for some minutes, for one seat and one wallet app.

A phone fetches a ticket as it goes to any address, without the headers of a call. So the address
itself says what it is for, signed.
"""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

import msgspec

from yemae.base.rate_limit import Window
from yemae.base.signing import Signer
from yemae.phone_tickets.card import Language
from yemae.phone_tickets.keys import Kind, PhoneTicketKeys, read_phone_ticket_keys
from yemae.settings import Settings

LINK_TTL_S = 600
# Tickets of one order that a process makes in this time: each is a signature and, for Apple, a ZIP.
MADE_S, MADE_OF_ORDER = 60, 60
PURPOSE = "yemae phone ticket"


class PhoneTicketWish(NamedTuple):
    """A seat of an order, for which app, and in which language."""

    order_id: UUID
    seat: str
    kind: Kind
    language: Language


class _Claims(msgspec.Struct, frozen=True):
    sub: UUID
    exp: int
    seat: str
    kind: Kind
    language: Language


class PhoneTicketLinks:
    """Makes and reads links."""

    def __init__(self, secret_key: str, clock: Callable[[], float]) -> None:
        self._signer = Signer(secret_key, PURPOSE, clock)

    def text(self, wish: PhoneTicketWish) -> str:
        """The text of a link."""
        ends_s = int(self._signer.now()) + LINK_TTL_S
        claims = _Claims(wish.order_id, ends_s, wish.seat, wish.kind, wish.language)
        return self._signer.sign(msgspec.to_builtins(claims))

    def read(self, text: str) -> PhoneTicketWish | None:
        """What a text asks for; None for one that we never made, and for one that is over."""
        found = self._signer.verify(text)
        if found is None:
            return None
        claims = msgspec.convert(found, _Claims)
        if claims.exp <= self._signer.now():
            return None
        return PhoneTicketWish(claims.sub, claims.seat, claims.kind, claims.language)


class PhoneTickets(NamedTuple):
    """What makes phone tickets. `made` counts them by their orders, in this process."""

    keys: PhoneTicketKeys
    links: PhoneTicketLinks
    made: Window


def phone_tickets_of(settings: Settings, clock: Callable[[], float]) -> PhoneTickets:
    """What makes phone tickets on this server; `clock` says the time in Unix seconds. Raises
    SettingsError."""
    links = PhoneTicketLinks(settings.stores.secret_key, clock)
    return PhoneTickets(read_phone_ticket_keys(settings), links, Window(MADE_S, MADE_OF_ORDER))
