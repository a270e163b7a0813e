"""Which seats a fan chooses from a list that may be a megabyte long. Pure.

Decoding 20,000 seats to choose one costs the client more than the list costs the server. So we jump
to a random offset of the text and read the seat that begins there. Decoding proves that it is a
seat, because a seat's number may also contain a brace.
"""

import random

import msgspec

from yemae.rehearsal.scenario import Choice

# With `best`, the mean position of a fan's choice in the list of free seats.
CROWDED_SHARE = 0.02
# The maximum length of the JSON of one seat.
SEAT_MAX_BYTES = 400


class FreeSeat(msgspec.Struct, frozen=True):
    """A seat of the list."""

    number: str
    price: int


DECODER = msgspec.json.Decoder(FreeSeat)


def choose(body: bytes, lot: random.Random, how: Choice, wanted: int) -> list[FreeSeat]:
    """Consecutive seats of the list: `wanted` of them, or fewer when fewer are left.

    Empty when no seat is left.
    """
    if how == "best":
        begin = int(lot.expovariate(1 / (CROWDED_SHARE * len(body)))) % len(body)
    else:
        begin = lot.randrange(len(body))
    chosen = _seats_from(body, begin, wanted)
    # After the last seat, continue with the first.
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
    """The seat whose JSON begins here or None, and the offset at which to go on."""
    end = body.find(b"}", at, at + SEAT_MAX_BYTES)
    while end >= 0:
        try:
            return DECODER.decode(body[at : end + 1]), end + 1
        except (msgspec.DecodeError, UnicodeDecodeError):
            end = body.find(b"}", end + 1, at + SEAT_MAX_BYTES)
    return None, at + 1
