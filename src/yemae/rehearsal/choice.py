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


class FreeArea(msgspec.Struct, frozen=True):
    """What is left of an area without seats."""

    name: str
    left: int


DECODER = msgspec.json.Decoder(FreeSeat)
AREAS = msgspec.json.Decoder(list[FreeArea])
# What comes between the seats and the areas of a list: no text of JSON has bare quotes inside.
BEFORE_AREAS = b'],"areas":'
# The JSON before the first seat, and the usual length of one.
HEAD_BYTES = 60
SEAT_BYTES = 60


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


def choose_area(body: bytes, lot: random.Random, wanted: int) -> tuple[str, int] | None:
    """An area and how many of it: each area as often as it has something left, compared with the
    seats of the list. None when it is to be seats."""
    at = body.rfind(BEFORE_AREAS)
    if at < 0:
        return None
    areas = [area for area in AREAS.decode(body[at + len(BEFORE_AREAS) : -1]) if area.left]
    left = sum(area.left for area in areas)
    seats = max(at - HEAD_BYTES, 0) // SEAT_BYTES
    if lot.randrange(left + seats + 1) >= left:
        return None
    (area,) = lot.choices(areas, [area.left for area in areas])
    return area.name, min(wanted, area.left)


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
