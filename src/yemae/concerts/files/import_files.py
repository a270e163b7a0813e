"""Loads concert files into the database; loading the same file again changes nothing.

Every file is read and checked before the first is written, and all are written in one transaction,
so that a file which only the database refuses leaves nothing of the others behind. What was sold or
held stays valid: seats can be added at any time, and what is taken away must be neither sold nor
held. Grades, prices, times and the queue's settings can change; orders keep the prices they were
made with.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from yemae.concerts import pricing
from yemae.concerts.files import concert_file
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert
from yemae.concerts.files.writing import (
    Agreement,
    LoadResult,
    compare_all,
    result_of,
    write_all,
)
from yemae.concerts.limits import SEATS_PER_ORDER_MAX
from yemae.concerts.presale_codes import PresaleCodes
from yemae.settings import Settings, SettingsError
from yemae.store.postgres import Postgres
from yemae.store.queries import load_queries
from yemae.values import money

QUERIES = load_queries(__file__, "load.sql")
CURRENCIES = QUERIES["currencies"]
DEAREST_SEATS = QUERIES["dearest_seats"]

# Files are checked against the database and written in one transaction, which takes longer than a
# request of a fan may: a statement gets 5/8 of this, five minutes.
LOAD_TIMEOUT_S = 480


def load_files(
    settings: Settings, paths: Sequence[Path], agreed: frozenset[Agreement] | None = None
) -> list[LoadResult]:
    """Load files in the order given. An operator has `agreed` to these changes after the first
    sale, None: to all. Raises ConcertFileError, NotAgreedError or StoreUnavailable."""
    concerts = _read(settings, paths)
    return asyncio.run(load(settings, concerts, agreed))


def compare_files(settings: Settings, paths: Sequence[Path]) -> list[LoadResult]:
    """What a load of these files would change; nothing is written. Raises ConcertFileError or
    StoreUnavailable."""
    return asyncio.run(compare(settings, _read(settings, paths)))


def _read(settings: Settings, paths: Sequence[Path]) -> list[tuple[str, FileConcert]]:
    """Read every file, and check it against the settings, before the first is loaded."""
    concerts = [(path.name, _with_poster(path)) for path in paths]
    for name, concert in concerts:
        require_sellable(settings, name, concert)
    _require_different(concerts)
    return concerts


def require_sellable(settings: Settings, name: str, concert: FileConcert) -> None:
    """Refuse a concert that wallets of this server cannot pay for. Raises ConcertFileError."""
    if concert.currency != settings.sale.currency:
        raise ConcertFileError(
            f"{name}: currency is {concert.currency}, but every wallet of this server is in "
            f"{settings.sale.currency} (YEMAE_CURRENCY)."
        )
    _require_payable(settings, name, concert)


def _require_different(concerts: Sequence[tuple[str, FileConcert]]) -> None:
    """Refuse an id of a concert, a sale or a date that is in two files of one load. A concert and a
    sale cannot share one either: both are the id of a queue."""
    seen: dict[tuple[str, str], str] = {}
    for name, concert in concerts:
        ids = [("queue", "concert", concert.id)]
        ids += [("queue", "sale", sale.id) for sale in concert.sales]
        ids += [("date", "performance", date.id) for date in concert.performances]
        for kind, what, each in ids:
            if (kind, each) in seen:
                raise ConcertFileError(f"{name}: {what} {each} is in {seen[kind, each]} too.")
            seen[kind, each] = name


def _with_poster(path: Path) -> FileConcert:
    """A concert with its poster. Raises ConcertFileError."""
    concert = concert_file.read(path)
    if concert.poster_file is None:
        return concert
    # Only here: what draws and packs images takes a while to import.
    from yemae.concerts.files import poster_file  # noqa: PLC0415

    poster = poster_file.read(path.parent / concert.poster_file)
    return msgspec.structs.replace(concert, poster=poster)


def _require_payable(settings: Settings, name: str, concert: FileConcert) -> None:
    """Refuse a concert of which an order can be held that no wallet can pay."""
    seats = min(concert.seat_limit, SEATS_PER_ORDER_MAX)
    price = max(seat.price for date in concert.performances for seat in concert.on(date)[0])
    wrong = wrong_order(settings, seats, price, concert.pricing.fee(seats))
    if wrong:
        raise ConcertFileError(f"{name}: {wrong}.")


def wrong_order(settings: Settings, seats: int, price: int, fee: int = 0) -> str | None:
    """Why a wallet cannot pay for `seats` seats at this price and the order's fee, or None when it
    can. A fan pays the whole order with one top-up."""
    most = settings.sale.largest_balance
    costs = seats * price + fee
    if costs <= most:
        return None
    one, total, limit = (
        money.amount(each, settings.sale.currency) for each in (price, costs, most)
    )
    return (
        f"an order of {seats} seats at {one} costs {total}, but a wallet can take {limit} at most "
        "(YEMAE_BALANCE_MAX)"
    )


async def load(
    settings: Settings,
    concerts: Sequence[tuple[str, FileConcert]],
    agreed: frozenset[Agreement] | None = None,
    *,
    who: str | None = None,
    check: Callable[[Sequence[LoadResult]], None] | None = None,
) -> list[LoadResult]:
    """Write concerts that were read; `who` and `check` are those of `write_all`. Raises as
    `load_files` does."""
    patient = Postgres(settings, transaction_timeout_s=LOAD_TIMEOUT_S)
    async with patient as postgres, postgres.transaction() as tx:
        codes = PresaleCodes(settings.stores.secret_key)
        return await write_all(tx, concerts, codes, agreed, who=who, check=check)


async def compare(
    settings: Settings, concerts: Sequence[tuple[str, FileConcert]]
) -> list[LoadResult]:
    """What `load` would change. Raises as `compare_files` does."""
    patient = Postgres(settings, transaction_timeout_s=LOAD_TIMEOUT_S)
    async with patient as postgres, postgres.transaction() as tx:
        codes = PresaleCodes(settings.stores.secret_key)
        return [result_of(each) for each in await compare_all(tx, concerts, codes)]


async def require_currency(settings: Settings) -> None:
    """Raise SettingsError when concerts or wallets are in another currency than the settings', or
    when orders of a concert cost more than wallets may take by these settings."""
    async with Postgres(settings) as postgres, postgres.transaction() as tx:
        rows = await tx.fetch(CURRENCIES)
        # The limits that follow from the currency are never too low: no need to look.
        dearest = await tx.fetch(DEAREST_SEATS) if settings.sale.balance_max else []
    others = [row.currency for row in rows if row.currency != settings.sale.currency]
    if others:
        raise SettingsError(
            f"YEMAE_CURRENCY is {settings.sale.currency}, but the database has concerts or wallets "
            f"in {others[0]}."
        )
    for row in dearest:
        seats = min(row.seat_limit, SEATS_PER_ORDER_MAX)
        fee = pricing.read(row.pricing).fee(seats)
        if wrong := wrong_order(settings, seats, row.price, fee):
            raise SettingsError(f"{row.id}: {wrong}.")
