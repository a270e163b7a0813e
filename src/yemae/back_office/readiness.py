"""Whether the sale of a concert can go: the figures that people sign by, and their sign-offs.

A sign-off is of the plans and prices of all dates. Another plan or price takes it back without any
step: it is compared with those of the moment whenever it is read.
"""

import asyncio
import hashlib
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from yemae.concerts import controls
from yemae.concerts.catalogue import Concert
from yemae.embedded.last_runs import RehearsalRun, last_run
from yemae.refusals import NotAsShown, NotFound, StoreUnavailable
from yemae.runtime import Stores
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries
from yemae.waiting_room import counts, queue_numbers

QUERIES = load_queries(__file__, "readiness.sql")
PLANS_OF_CONCERT = QUERIES["plans_of_concert"]
SIGN_OFFS = QUERIES["sign_offs_of_concert"]
ADD_SIGN_OFF = QUERIES["add_sign_off"]
TAKE_BACK = QUERIES["take_back_sign_off"]

# `outdated`: plans or prices are others now.
SignOffState = Literal["stands", "outdated", "taken_back"]
# What is in the way of a sale, beside the findings of the doctor.
Hold = Literal["no_rehearsal", "rehearsal_failed", "rehearsal_small", "not_signed"]


class DateHall(NamedTuple):
    """The plan of a date by its digest, which its prices are part of."""

    id: str
    plan: str | None
    seats: int
    price_from: int


class SignOff(NamedTuple):
    """One sign-off: by whom, for which crowd, and what became of it."""

    id: UUID
    name: str
    who: str
    note: str
    expected_fans: int
    signed_at: datetime
    withdrawn_at: datetime | None
    state: SignOffState


class Readiness(NamedTuple):
    """What is known of a concert before its sale. `waiting` is None while the waiting room cannot
    be asked."""

    digest: str
    dates: list[DateHall]
    waiting: int | None
    absent: int | None
    draw_seal: str | None
    rehearsal: RehearsalRun | None
    expected_fans: int
    # Whether a sign-off that stands says so; else it follows from seats and places.
    is_expected_stated: bool
    sign_offs: list[SignOff]

    def holds(self) -> list[Hold]:
        """What is in the way."""
        found: list[Hold] = []
        run = self.rehearsal
        if run is None:
            found.append("no_rehearsal")
        elif run.problems or run.was_stopped:
            found.append("rehearsal_failed")
        elif run.fans < self.expected_fans:
            found.append("rehearsal_small")
        if not any(each.state == "stands" for each in self.sign_offs):
            found.append("not_signed")
        return found


class NewSignOff(NamedTuple):
    """What is signed: as which name, for which crowd, and the digest that was shown."""

    name: str
    note: str
    expected_fans: int
    digest: str


async def read(stores: Stores, concert: Concert) -> Readiness:
    """What is known of a concert. Raises StoreUnavailable."""
    async with stores.postgres.transaction() as tx:
        digest, dates = await _halls(tx, concert.id)
        rows = await tx.fetch(SIGN_OFFS, concert_id=concert.id)
    sign_offs = [SignOff._make((*row[:-1], _state(row, digest))) for row in rows]
    waiting, absent = await _in_line(stores, concert)
    stated = next((each for each in sign_offs if each.state == "stands"), None)
    seats = sum(date.seats for date in dates)
    folder = stores.settings.stores.data_dir
    is_drawn = concert.queueing_method == "draw"
    return Readiness(
        digest,
        dates,
        waiting,
        absent,
        queue_numbers.seal(concert.draw_seed) if is_drawn else None,
        await asyncio.to_thread(last_run, folder, RehearsalRun),
        max(seats, waiting or 0) if stated is None else stated.expected_fans,
        stated is not None,
        sign_offs,
    )


async def sign(stores: Stores, concert: Concert, who: str, new: NewSignOff) -> UUID:
    """Sign a concert off, as its plans and prices were shown. Raises NotAsShown or
    StoreUnavailable."""
    sign_off_id = uuid7()
    async with stores.postgres.transaction() as tx:
        await controls.lock(tx, concert.id)
        digest, _ = await _halls(tx, concert.id)
        if digest != new.digest:
            raise NotAsShown
        await tx.send(ADD_SIGN_OFF, id=sign_off_id, concert_id=concert.id, who=who, **new._asdict())
        details = new._asdict() | {"sign_off": sign_off_id}
        await controls.log(tx, uuid7(), concert.id, who, "sign off", details)
    return sign_off_id


async def take_back(stores: Stores, concert: Concert, who: str, sign_off_id: UUID) -> None:
    """Take a sign-off back. Raises NotFound, also where it was taken back, or StoreUnavailable."""
    async with stores.postgres.transaction() as tx:
        sent = await tx.send(TAKE_BACK, id=sign_off_id, concert_id=concert.id, who=who)
        row = await sent.row()
        if row is None:
            raise NotFound
        details = {"sign_off": sign_off_id, "name": row.name}
        await controls.log(tx, uuid7(), concert.id, who, "take back sign-off", details)


async def _halls(tx: Transaction, concert_id: str) -> tuple[str, list[DateHall]]:
    """The dates of a concert with their plans, and the digest of those and of all prices."""
    rows = await tx.fetch(PLANS_OF_CONCERT, concert_id=concert_id)
    dates = [DateHall(row.id, row.plan, row.seats_total, row.price_from) for row in rows]
    pricing = rows[0].pricing if rows else None
    content = msgspec.json.encode([dates, pricing], order="sorted")
    return hashlib.sha256(content).hexdigest()[:32], dates


async def _in_line(stores: Stores, concert: Concert) -> tuple[int | None, int | None]:
    try:
        found = await counts.snapshot(stores.valkey, concert.id, len(concert.lanes) + 1)
    except StoreUnavailable:
        return None, None
    return found.waiting, found.absent


def _state(row: Any, digest: str) -> SignOffState:
    if row.withdrawn_at is not None:
        return "taken_back"
    return "stands" if row.digest == digest else "outdated"
