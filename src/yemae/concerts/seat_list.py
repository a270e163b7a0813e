"""The list of the seats that can be booked now, as JSON text.

The text of a seat does not change until its concert file is loaded again, so texts are cached, and
a request reads only the positions of the free seats.
"""

from typing import NamedTuple

import msgspec

from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__)
FREE_POSITIONS = QUERIES["free_positions"]
SEAT_TEXTS = QUERIES["seat_texts"]

# A text takes some 150 bytes.
SEATS_KEPT_MAX = 500_000
POSITIONS = msgspec.json.Decoder(list[int])


class Texts(NamedTuple):
    """The text of each seat of a performance, by its position."""

    # Of the concert's file; None once there is no such performance any more.
    revision: int | None
    of: dict[int, str]


class SeatLists:
    """The texts of the performances that this process was asked for: a cache."""

    def __init__(self) -> None:
        self._texts: dict[int, Texts] = {}

    async def free_seats(self, tx: Transaction, performance_key: int) -> bytes:
        """`{"version", "seats"}`: the store's time in µs, which grows with each later list, and the
        seats in plan order."""
        texts = self._texts.get(performance_key)
        while True:
            row = await (await tx.send(FREE_POSITIONS, performance_key=performance_key)).one()
            if texts is not None and (texts.revision == row.revision or not texts.of):
                break
            # A file was loaded since then, maybe just now.
            texts = await _read_texts(tx, performance_key)
            self._keep(performance_key, texts)
        seats = ",".join(map(texts.of.__getitem__, sorted(POSITIONS.decode(row.positions))))
        return f'{{"version":{row.version},"seats":[{seats}]}}'.encode()

    def _keep(self, performance_key: int, texts: Texts) -> None:
        kept = sum(len(each.of) for each in self._texts.values())
        if kept + len(texts.of) > SEATS_KEPT_MAX:
            self._texts.clear()
        self._texts[performance_key] = texts


async def _read_texts(tx: Transaction, performance_key: int) -> Texts:
    rows = await tx.fetch(SEAT_TEXTS, performance_key=performance_key)
    return Texts(rows[0].revision if rows else None, {row.position: row.text for row in rows})
