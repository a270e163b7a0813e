"""The history in PostgreSQL: one row for each second of the last hour and for each minute of the
last 30 days in which a figure had changed, and the last row of before.

A row has counts since the sale began and numbers of its moment, so a missing row means that nothing
had changed, and the difference of two rows is what happened between them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries

SECOND, MINUTE = 1, 60
Resolution = Literal["1s", "1m"]
EVERY_S: dict[Resolution, int] = {"1s": SECOND, "1m": MINUTE}


class HistoryPoint(NamedTuple):
    """Figures of a concert as they were at a moment."""

    at: datetime
    figures: dict[str, Any]


class HistoryText(NamedTuple):
    """A row as it is written: figures in JSON, for those who read them beside the event loop."""

    at: datetime
    figures: str

    def point(self) -> HistoryPoint:
        """The row, read."""
        return HistoryPoint(self.at, FIGURES.decode(self.figures))


class HistoryRow(NamedTuple):
    """A row to write: of a second or of a minute."""

    concert_id: str
    every_s: int
    at: datetime
    figures: Mapping[str, Any]


FIGURES = msgspec.json.Decoder(dict[str, Any])
QUERIES = load_queries(__file__, "history.sql")
WRITE_HISTORY = QUERIES["write_history"]
READ_HISTORY = Query(QUERIES["read_history"], HistoryPoint)
READ_TEXTS = Query(QUERIES["read_history_texts"], HistoryText)
HISTORY_BEFORE = Query(QUERIES["history_before"], HistoryPoint)
LATEST_HISTORY = Query(QUERIES["latest_history"], HistoryPoint)
FORGET_OLD_HISTORY = QUERIES["forget_old_history"]


async def write(tx: Transaction, rows: Sequence[HistoryRow]) -> None:
    """Write rows; those of seconds and minutes that another node has written stay as they are."""
    await tx.send(
        WRITE_HISTORY,
        concert_ids=[row.concert_id for row in rows],
        every=[row.every_s for row in rows],
        at=[row.at for row in rows],
        figures=[msgspec.json.encode(row.figures).decode() for row in rows],
    )


async def read(
    tx: Transaction, concert_id: str, resolution: Resolution, *, since: datetime, limit: int
) -> list[HistoryPoint]:
    """The rows of a concert from a moment on, by time."""
    every_s = EVERY_S[resolution]
    return await tx.fetch(
        READ_HISTORY, concert_id=concert_id, every_s=every_s, since=since, limit=limit
    )


async def read_texts(
    tx: Transaction, concert_id: str, resolution: Resolution, *, since: datetime, limit: int
) -> list[HistoryText]:
    """The same rows as they are written."""
    every_s = EVERY_S[resolution]
    return await tx.fetch(
        READ_TEXTS, concert_id=concert_id, every_s=every_s, since=since, limit=limit
    )


async def before(
    tx: Transaction, concert_id: str, resolution: Resolution, since: datetime
) -> HistoryPoint | None:
    """The last row of a concert before a moment, which those of `read` follow."""
    every_s = EVERY_S[resolution]
    sent = await tx.send(HISTORY_BEFORE, concert_id=concert_id, every_s=every_s, since=since)
    return await sent.row()


async def latest(tx: Transaction, concert_id: str, at: datetime) -> HistoryPoint | None:
    """The figures of a concert as they were at a moment of the last hour; None: not known."""
    return await (await tx.send(LATEST_HISTORY, concert_id=concert_id, at=at)).row()


async def forget_old(tx: Transaction, limit: int) -> None:
    """Remove some of the rows that are too old."""
    await tx.send(FORGET_OLD_HISTORY, limit=limit)
