"""Which seats a fan wants of a list that may be a megabyte long. Pure.

A client that decodes 20,000 seats to take one of them is busier than the server that sent them. So
we jump to a place in the text and read the seat that begins there; what we take for a seat is
checked by decoding it, because a brace may also be part of a seat's number.
"""

import random

import msgspec

from yemae.rehearsal.scenario import Choice

# Crowding: on average, the seats that people want are in the first fiftieth of what is left.
CROWDED_SHARE = 0.02
# So long may the text of one seat be.
SEAT_MAX_BYTES = 400


class FreeSeat(msgspec.Struct, frozen=True):
    """A seat of the list."""

    number: str
    price: int


DECODER = msgspec.json.Decoder(FreeSeat)


def choose(body: bytes, lot: random.Random, how: Choice, wanted: int) -> list[FreeSeat]:
    """Seats that stand one after the other in the list: as many as wanted, or as are left.

    Empty when none is left.
    """
    if how == "best":
        begin = int(lot.expovariate(1 / (CROWDED_SHARE * len(body)))) % len(body)
    else:
        begin = lot.randrange(len(body))
    chosen = _seats_from(body, begin, wanted)
    # Past the last seat the list begins again.
    return chosen or _seats_from(body, 0, wanted)


def _seats_from(body: bytes, begin: int, wanted: int) -> list[FreeSeat]:
    found: list[FreeSeat] = []
    at = body.find(b"{", begin)
    while at >= 0 and len(found) < wanted:
        seat, after = _seat_at(body, at)
        if seat is not None:
            found.append(seat)
        at = body.find(b"{", after)
    return found


def _seat_at(body: bytes, at: int) -> tuple[FreeSeat | None, int]:
    """The seat whose text begins here, and where to look next; None when none does."""
    end = body.find(b"}", at, at + SEAT_MAX_BYTES)
    while end >= 0:
        try:
            return DECODER.decode(body[at : end + 1]), end + 1
        except (msgspec.DecodeError, UnicodeDecodeError):
            end = body.find(b"}", end + 1, at + SEAT_MAX_BYTES)
    return None, at + 1
