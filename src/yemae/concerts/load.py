"""Loads concert files into the database; loading the same file again changes nothing.

Every file is read and checked before the first is written, and each is written in one transaction.
What was sold or held stays valid: once a performance has orders it cannot be dropped and its seat
numbers cannot change. Grades, prices, times and the queue's settings can; orders keep the prices
they were made with.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from uuid_utils.compat import uuid7

from yemae import money
from yemae.concerts import concert_file, controls, plan
from yemae.concerts.concert_file import Concert, ConcertFileError, Performance, Seat
from yemae.concerts.presale_codes import PresaleCodes
from yemae.instants import utc_offset_minutes
from yemae.settings import Settings, SettingsError
from yemae.store.postgres import Postgres, Transaction
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__, "load.sql")
CURRENCIES = QUERIES["currencies"]
DEAREST_SEATS = QUERIES["dearest_seats"]
LOCK_LOADS = QUERIES["lock_loads"]
LIMITS_OF_CONCERT = QUERIES["limits_of_concert"]
WRITE_CONCERT = QUERIES["write_concert"]
PERFORMANCES_OF_CONCERT = QUERIES["performances_of_concert"]
LOCK_PLAN = QUERIES["lock_plan"]
HAS_ORDERS = QUERIES["has_orders"]
DROP_PERFORMANCE = QUERIES["drop_performance"]
DROP_SEATS = QUERIES["drop_seats"]
ADD_PERFORMANCE = QUERIES["add_performance"]
CHANGE_PERFORMANCE = QUERIES["change_performance"]
SEATS_IN_PLAN_ORDER = QUERIES["seats_in_plan_order"]
WRITE_SEATS = QUERIES["write_seats"]
WRITE_PLAN = QUERIES["write_plan"]
DROP_UNUSED_PLANS = QUERIES["drop_unused_plans"]


class LoadResult(NamedTuple):
    """What one file brought."""

    file: str
    concert_id: str
    performances: int
    seats: int


def load_files(settings: Settings, paths: Sequence[Path]) -> list[LoadResult]:
    """Load files in the order given. Raises ConcertFileError or StoreUnavailable."""
    concerts = [(path.name, concert_file.read(path)) for path in paths]
    for name, concert in concerts:
        if concert.currency != settings.currency:
            raise ConcertFileError(
                f"{name}: currency is {concert.currency}, but every wallet of this server is in "
                f"{settings.currency} (YEMAE_CURRENCY)."
            )
        _require_payable(settings, name, concert)
    return asyncio.run(_load(settings, concerts))


def _require_payable(settings: Settings, name: str, concert: Concert) -> None:
    """Refuse a concert of which an order can be held that no wallet can pay."""
    seats = min(concert.seat_limit, settings.seats_per_order_max)
    price = max(seat.price for seat in concert.seats)
    wrong = wrong_order(settings, seats, price)
    if wrong:
        raise ConcertFileError(f"{name}: {wrong}.")


def wrong_order(settings: Settings, seats: int, price: int) -> str | None:
    """Why a wallet cannot pay for so many seats at this price, or None when it can. A fan pays the
    whole order with one top-up."""
    most = min(settings.largest_top_up, settings.largest_balance)
    if seats * price <= most:
        return None
    total, limit = (money.amount(each, settings.currency) for each in (seats * price, most))
    return (
        f"an order of {seats} seats at {money.amount(price, settings.currency)} costs {total}, but "
        f"a wallet can take {limit} at most (YEMAE_TOP_UP_MAX, YEMAE_BALANCE_MAX)"
    )


async def _load(settings: Settings, concerts: list[tuple[str, Concert]]) -> list[LoadResult]:
    codes = PresaleCodes(settings.secret_key)
    postgres = Postgres(settings)
    await postgres.open()
    try:
        for name, concert in concerts:
            async with postgres.transaction() as tx:
                await write(tx, name, concert, codes)
    finally:
        await postgres.close()
    return [
        LoadResult(name, concert.id, len(concert.performances), len(concert.seats))
        for name, concert in concerts
    ]


async def write(tx: Transaction, name: str, concert: Concert, codes: PresaleCodes) -> None:
    """Write one concert with its performances and seats. Raises ConcertFileError naming `name`."""
    await tx.send(LOCK_LOADS)
    before = await (await tx.send(LIMITS_OF_CONCERT, id=concert.id)).row()
    await tx.send(
        WRITE_CONCERT,
        id=concert.id,
        listing=concert.listing,
        title=concert.title,
        artist=concert.artist,
        venue=concert.venue,
        currency=concert.currency,
        sale_opens_at=concert.sale_opens_at,
        prequeue_opens_at=concert.prequeue_opens_at,
        seat_limit=concert.seat_limit,
        queueing_method=concert.queue.queueing_method,
        active_limit=concert.queue.active_limit,
        admit_per_minute=concert.queue.admit_per_minute,
        entry_ttl_s=concert.queue.entry_ttl_s,
        absent_after_s=concert.queue.absent_after_s,
        place_ttl_s=concert.queue.place_ttl_s,
        joins_per_address_per_minute=concert.queue.joins_per_address_per_minute,
        proof_of_work=concert.queue.proof_of_work,
        lanes=_lanes(concert, codes),
        utc_offset_minutes=utc_offset_minutes(concert.sale_opens_at),
    )
    if before is not None:
        await _log_limits(tx, concert, before._asdict())
    packed = plan.pack(concert.plan)
    await tx.send(WRITE_PLAN, **packed._asdict())
    await _write_performances(tx, name, concert, packed.digest)
    await tx.send(DROP_UNUSED_PLANS)


async def _log_limits(tx: Transaction, concert: Concert, before: dict[str, Any]) -> None:
    """A load that changes limits has a line in the log of the queue, as an operator's change has:
    whoever bought or came in under the old ones did so rightly."""
    now = {
        "seat_limit": concert.seat_limit,
        "queueing_method": concert.queue.queueing_method,
        "active_limit": concert.queue.active_limit,
        "admit_per_minute": concert.queue.admit_per_minute,
    }
    changed = {
        name: {"from": before[name], "to": value}
        for name, value in now.items()
        if before[name] != value
    }
    if changed:
        await controls.log(tx, uuid7(), concert.id, controls.operator(), "load", changed)


def _lanes(concert: Concert, codes: PresaleCodes) -> str:
    """The lanes as JSON; presale codes go into the database sealed."""
    lanes = [
        {
            "name": lane.name,
            "share": lane.share,
            "code_hashes": [codes.seal(concert.id, code) for code in lane.codes],
            "group": lane.group,
        }
        for lane in concert.queue.lanes
    ]
    return msgspec.json.encode(lanes).decode()


async def _write_performances(
    tx: Transaction, name: str, concert: Concert, plan_digest: str
) -> None:
    wanted = {performance.id: performance for performance in concert.performances}
    present = await tx.fetch(
        PERFORMANCES_OF_CONCERT, concert_id=concert.id, performance_ids=list(wanted)
    )
    for row in present:
        if row.concert_id != concert.id:
            raise ConcertFileError(
                f"{name}: performance {row.id} belongs to concert {row.concert_id} already."
            )
    # In key order, as holds lock seats.
    for row in sorted(present, key=lambda row: row.key):
        where = f"{name}: performance {row.id}"
        performance = wanted.pop(row.id, None)
        if performance is None:
            await _drop(tx, row.key, where)
            continue
        columns = _columns(performance, concert, plan_digest)
        changed = columns != {column: getattr(row, column) for column in columns}
        await _write_seats(tx, row.key, concert.seats, where, change=columns if changed else None)
    for performance in wanted.values():
        sent = await tx.send(
            ADD_PERFORMANCE,
            id=performance.id,
            concert_id=concert.id,
            **_columns(performance, concert, plan_digest),
        )
        await _write_seats(tx, (await sent.row()).key, concert.seats, name)


def _columns(performance: Performance, concert: Concert, plan_digest: str) -> dict[str, object]:
    """What a performance's row says of it."""
    return {
        "starts_at": performance.starts_at,
        "utc_offset_minutes": utc_offset_minutes(performance.starts_at),
        "seats_total": len(concert.seats),
        "price_from": min(seat.price for seat in concert.seats),
        "plan": plan_digest,
    }


async def _write_seats(
    tx: Transaction,
    key: int,
    wanted: Sequence[Seat],
    where: str,
    change: dict[str, object] | None = None,
) -> None:
    """Bring a performance's seats, and its row when `change` says so, to the file."""
    present = [Seat(*row) for row in await tx.fetch(SEATS_IN_PLAN_ORDER, performance_key=key)]
    if present == list(wanted) and change is None:
        return
    await tx.send(LOCK_PLAN, performance_key=key)
    if change is not None:
        await tx.send(CHANGE_PERFORMANCE, performance_key=key, **change)
    if present == list(wanted):
        return
    if {seat.number for seat in present} != {seat.number for seat in wanted}:
        await _require_no_orders(tx, key, f"{where} has other seat numbers than before")
        await tx.send(DROP_SEATS, performance_key=key)
    await tx.send(
        WRITE_SEATS,
        performance_key=key,
        numbers=[seat.number for seat in wanted],
        grades=[seat.grade for seat in wanted],
        prices=[seat.price for seat in wanted],
    )


async def _drop(tx: Transaction, key: int, where: str) -> None:
    await tx.send(LOCK_PLAN, performance_key=key)
    await _require_no_orders(tx, key, f"{where} is not in the file any more")
    await tx.send(DROP_PERFORMANCE, performance_key=key)


async def _require_no_orders(tx: Transaction, key: int, what: str) -> None:
    if (await (await tx.send(HAS_ORDERS, performance_key=key)).row()).has_orders:
        raise ConcertFileError(f"{what}, but has orders.")


async def require_currency(settings: Settings) -> None:
    """Raise SettingsError when concerts or wallets are in another currency than the settings', or
    when orders of a concert cost more than wallets may take by these settings."""
    postgres = Postgres(settings)
    await postgres.open()
    try:
        async with postgres.transaction() as tx:
            rows = await tx.fetch(CURRENCIES)
            # The limits that follow from the currency are never too low: no need to look.
            dearest = (
                await tx.fetch(DEAREST_SEATS) if settings.top_up_max or settings.balance_max else []
            )
    finally:
        await postgres.close()
    others = [row.currency for row in rows if row.currency != settings.currency]
    if others:
        raise SettingsError(
            f"YEMAE_CURRENCY is {settings.currency}, but the database has concerts or wallets in "
            f"{others[0]}."
        )
    for row in dearest:
        seats = min(row.seat_limit, settings.seats_per_order_max)
        if wrong := wrong_order(settings, seats, row.price):
            raise SettingsError(f"{row.id}: {wrong}.")
