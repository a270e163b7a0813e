"""The lists of the seats that can be booked now, as JSON: from this process's memory, or read.

Of a watched performance the list is kept as bytes and made anew when its seats have changed. Where
the watch is not trusted, a request reads the positions of the free seats; what the list says of a
seat does not change until its concert file is loaded again, so those texts are cached.
"""

import asyncio
from collections import OrderedDict, defaultdict
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from yemae.concerts.seat_map.free_list import AreaLeft, FreeList, FreeSeats, tail_of
from yemae.concerts.seat_map.taken import tag_of
from yemae.concerts.seat_map.watch import Watch
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__)
FREE_POSITIONS = QUERIES["free_positions"]
SEAT_TEXTS = QUERIES["seat_texts"]

# Seats in all lists that are kept, and in all texts: 60 and 150 bytes each.
SEATS_KEPT_MAX = 500_000
POSITIONS = msgspec.json.Decoder(list[int])


class AreaSpots(NamedTuple):
    """An area without seats: its spots are at these positions."""

    name: str
    grade: str
    price: int
    positions: frozenset[int]


class Texts(NamedTuple):
    """The text of each seat of a performance, by its position: empty for a spot of an area."""

    # Of the concert's file; None once there is no such performance any more.
    revision: int | None
    of: dict[int, str]
    areas: list[AreaSpots]


class KeptList:
    """The list of a watch. One task at a time makes it; the others take what it has made."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.free = FreeList(watch.plan, watch.performance.plan or "")
        self.turn = asyncio.Lock()


class SeatLists:
    """The lists of this process: a cache."""

    def __init__(self) -> None:
        self._texts: dict[int, Texts] = {}
        self._kept: OrderedDict[int, KeptList] = OrderedDict()
        # The highest version of each performance's lists.
        self._versions: dict[int, int] = {}

    async def of_watch(self, watch: Watch, now_s: float, *, is_gzipped: bool) -> FreeSeats:
        """The list as it is now or a little later, compressed too if that is wanted. `now_s` is the
        store's time."""
        kept = self._kept_of(watch)
        flips = watch.taken.flips
        if not _is_made(kept.free.listed, flips, is_gzipped):
            async with kept.turn:
                if kept.free.listed.flips < flips:
                    version = self._next_version(watch.performance.key, int(now_s * 1_000_000))
                    for _ in kept.free.make(watch.taken, version):
                        await asyncio.sleep(0)
                if is_gzipped and kept.free.listed.gzipped is None:
                    for _ in kept.free.pack():
                        await asyncio.sleep(0)
        return kept.free.listed

    def _kept_of(self, watch: Watch) -> KeptList:
        key = watch.performance.key
        kept = self._kept.get(key)
        if kept is None or kept.watch is not watch:
            kept = self._kept[key] = KeptList(watch)
            self._drop_some()
        self._kept.move_to_end(key)
        return kept

    def _drop_some(self) -> None:
        """Drop what is not watched any more, and the least recently used above the limit."""
        for key in [key for key, kept in self._kept.items() if kept.watch.is_over]:
            del self._kept[key]
        sizes = {key: kept.watch.performance.seats_total for key, kept in self._kept.items()}
        while sum(sizes.values()) > SEATS_KEPT_MAX and len(sizes) > 1:
            key, _ = self._kept.popitem(last=False)
            del sizes[key]

    def _next_version(self, key: int, at_us: int) -> int:
        self._versions[key] = max(at_us, self._versions.get(key, 0) + 1)
        return self._versions[key]

    async def read(self, tx: Transaction, performance_key: int) -> FreeSeats:
        """The list as the store has it."""
        texts = self._texts.get(performance_key)
        while True:
            row = await (await tx.send(FREE_POSITIONS, performance_key=performance_key)).one()
            if texts is not None and (texts.revision == row.revision or not texts.of):
                break
            # A file was loaded since then, maybe just now.
            texts = await _read_texts(tx, performance_key)
            self._keep_texts(performance_key, texts)
        free = sorted(POSITIONS.decode(row.positions))
        version = self._next_version(performance_key, row.version)
        seats = ",".join(filter(None, map(texts.of.__getitem__, free)))
        left = [
            AreaLeft(area.name, area.grade, area.price, len(area.positions.intersection(free)))
            for area in texts.areas
        ]
        body = f'{{"version":{version},"seats":[{seats}'.encode() + tail_of(left)
        return FreeSeats(0, tag_of(row.plan or "", _bitmap(len(texts.of), free)), body)

    def _keep_texts(self, performance_key: int, texts: Texts) -> None:
        kept = sum(len(each.of) for each in self._texts.values())
        if kept + len(texts.of) > SEATS_KEPT_MAX:
            self._texts.clear()
        self._texts[performance_key] = texts


def none_free(at_us: int) -> FreeSeats:
    """The list of a date that has begun."""
    return FreeSeats(0, 'W/"begun"', b'{"version":%d,"seats":[]}' % at_us)


def _is_made(listed: FreeSeats, flips: int, is_gzipped: bool) -> bool:
    return listed.flips >= flips and not (is_gzipped and listed.gzipped is None)


def _bitmap(seats: int, free: list[int]) -> bytes:
    """The taken seats as a watch has them."""
    bitmap = bytearray((seats + 7) // 8)
    for position in set(range(seats)).difference(free):
        bitmap[position >> 3] |= 1 << (position & 7)
    return bytes(bitmap)


async def _read_texts(tx: Transaction, performance_key: int) -> Texts:
    rows = await tx.fetch(SEAT_TEXTS, performance_key=performance_key)
    areas: dict[str, list[Any]] = defaultdict(list)
    for row in sorted(rows, key=attrgetter("position")):
        if row.area is not None:
            areas[row.area].append(row)
    return Texts(
        rows[0].revision if rows else None,
        {row.position: row.text or "" for row in rows},
        [
            AreaSpots(name, spots[0].grade, spots[0].price, frozenset(s.position for s in spots))
            for name, spots in areas.items()
        ],
    )
