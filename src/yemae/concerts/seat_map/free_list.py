"""The list of the free seats of one performance as bytes, made anew only where seats have changed.

The spots of areas are not listed one by one: what is left of each area is counted at the end.

The list is cut into parts of PART_SEATS seats, each kept as text and, once a client took gzip, as
bytes that are compressed by themselves; a change costs its part and the joining of all. What a list
says is what was taken when its making began.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain, compress
from typing import NamedTuple

import msgspec

from yemae.concerts.seat_map.plan import Plan
from yemae.concerts.seat_map.plans import KnownPlan
from yemae.concerts.seat_map.taken import Taken, tag_of

# A multiple of eight, so that a part is whole bytes of the bitmap.
PART_SEATS = 256
PART_BYTES = PART_SEATS // 8
# Parts that one step makes: some milliseconds.
STEP_PARTS = 8
# The texts are alike; a higher level takes three times as long for a tenth less.
LEVEL = 1
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
# For each byte of a bitmap, which of its eight seats are free.
FREE_OF_BYTE = [tuple(not byte >> bit & 1 for bit in range(8)) for byte in range(256)]


class FreeSeats(NamedTuple):
    """A list, with its ETag. `flips` says of which state of the seats it is, and `gzipped` is the
    body compressed, None when it was not made."""

    flips: int
    tag: str
    body: bytes
    gzipped: bytes | None = None


class FreeList:
    """The list of one watch, as of the latest making."""

    def __init__(self, known: KnownPlan, plan: str) -> None:
        self._known = known
        self._plan = plan
        seats = known.plan.seats_total
        # What the parts say is taken: everything, since they are empty.
        self._bitmap = bytearray(b"\xff" * ((seats + 7) // 8))
        count = -(-seats // PART_SEATS)
        self._parts = [b""] * count
        self._packed: list[bytes | None] = [None] * count
        self._is_joined = False
        self._head = self._tail = b""
        self.listed = FreeSeats(-1, "", b"")

    def make(self, taken: Taken, version: int) -> Iterator[None]:
        """Bring the list to the present state, in steps; `version` is what it is called if it
        differs from the last one."""
        bitmap, flips = bytes(taken.bitmap), taken.flips
        for done, part in enumerate(self._changed_parts(bitmap), start=1):
            section = slice(part * PART_BYTES, (part + 1) * PART_BYTES)
            # Together, in case the caller is cancelled between two steps.
            self._parts[part] = self._text(part, bitmap[section])
            self._packed[part] = None
            self._bitmap[section] = bitmap[section]
            self._is_joined = False
            if done % STEP_PARTS == 0:
                yield
        if not self._is_joined:
            self._head = b'{"version":%d,"seats":[' % version
            self._tail = tail_of(_areas_left(self._known.plan, bitmap))
            self.listed = FreeSeats(flips, tag_of(self._plan, bitmap), self._join())
            self._is_joined = True
        self.listed = self.listed._replace(flips=flips)

    def pack(self) -> Iterator[None]:
        """Compress the list as it was made last, in steps."""
        texts = [part for part, text in enumerate(self._parts) if text]
        for done, part in enumerate(texts[1:], start=1):
            if self._packed[part] is None:
                self._packed[part] = _deflated(self._parts[part])
            if done % STEP_PARTS == 0:
                yield
        first = self._parts[texts[0]][1:] if texts else b""
        body = self.listed.body
        pieces = [
            GZIP_HEAD,
            _deflated(self._head + first),
            *(packed for part in texts[1:] if (packed := self._packed[part]) is not None),
            _deflated(self._tail, zlib.Z_FINISH),
            struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF),
        ]
        self.listed = self.listed._replace(gzipped=b"".join(pieces))

    def _changed_parts(self, bitmap: bytes) -> list[int]:
        was = bytes(self._bitmap)
        return [
            part
            for part, at in enumerate(range(0, len(bitmap), PART_BYTES))
            if bitmap[at : at + PART_BYTES] != was[at : at + PART_BYTES]
        ]

    def _text(self, part: int, section: bytes) -> bytes:
        """The free seats of a part, each with a comma before it."""
        free = chain.from_iterable(map(FREE_OF_BYTE.__getitem__, section))
        return b"".join(compress(_texts(self._known, part), free))

    def _join(self) -> bytes:
        texts = [text for text in self._parts if text]
        if texts:
            texts[0] = texts[0][1:]
        return b"".join([self._head, *texts, self._tail])


class AreaLeft(NamedTuple):
    """What can be booked now of an area without seats."""

    name: str
    grade: str
    price: int
    left: int


def tail_of(areas: Sequence[AreaLeft]) -> bytes:
    """The end of a list: what is left of the areas, where the hall has any."""
    if not areas:
        return b"]}"
    return b'],"areas":%b}' % msgspec.json.encode([area._asdict() for area in areas])


def _areas_left(plan: Plan, bitmap: bytes) -> list[AreaLeft]:
    taken = int.from_bytes(bitmap, "little") if plan.areas else 0
    return [
        AreaLeft(
            area.name,
            plan.grades[area.grade].name,
            plan.grades[area.grade].price,
            area.seats - (taken >> area.first_seat & (1 << area.seats) - 1).bit_count(),
        )
        for area in plan.areas
    ]


def _texts(known: KnownPlan, part: int) -> Sequence[bytes]:
    """What a list says of each seat of a part, made once for each plan. It says nothing of the
    spots of areas, which come last."""
    kept: dict[int, list[bytes]] = known.made.setdefault("texts of seats", {})
    if part not in kept:
        seats = slice(part * PART_SEATS, (part + 1) * PART_SEATS)
        encode = msgspec.json.encode
        ends = [
            b',"grade":%b,"price":%d}' % (encode(grade.name), grade.price)
            for grade in known.plan.grades
        ]
        listed = known.plan.seats
        kept[part] = [
            b',{"number":%b%b' % (encode(number), ends[grade])
            for number, grade in zip(listed.number[seats], listed.grade[seats], strict=True)
        ]
    return kept[part]


def _deflated(text: bytes, flush: int = zlib.Z_FULL_FLUSH) -> bytes:
    """A piece of a deflate stream that needs nothing of the pieces before it."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush(flush)
