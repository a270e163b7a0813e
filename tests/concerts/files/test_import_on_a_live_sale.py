"""Loading concert files while people buy: what may change does, what may not is refused whole."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from helpers.concerts import FIRST, HALL, SECOND, SMALL, TEXT, concert, load_concert
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert, parse
from yemae.concerts.files.import_files import load_files, require_currency
from yemae.concerts.files.writing import write
from yemae.concerts.presale_codes import PresaleCodes
from yemae.jobs import sweep
from yemae.refusals import SeatTaken
from yemae.runtime import Runtime
from yemae.settings import Settings, SettingsError


def at_price(price: int, seats: int = 10) -> FileConcert:
    """The hall at another price."""
    wanted = concert(seats=seats)
    return msgspec.structs.replace(
        wanted, seats=tuple(msgspec.structs.replace(seat, price=price) for seat in wanted.seats)
    )


async def test_dates_can_be_swapped(runtime: Runtime, settings: Settings) -> None:
    first, second = concert().performances
    swapped = (
        msgspec.structs.replace(first, starts_at=second.starts_at),
        msgspec.structs.replace(second, starts_at=first.starts_at),
    )
    await load_concert(settings, msgspec.structs.replace(concert(), performances=swapped))
    await runtime.catalogue.refresh()
    assert [p.id for p in runtime.catalogue.concert(HALL).performances] == [SECOND, FIRST]


async def test_a_price_that_changes_reaches_new_holds_only(settings: Settings, fan: Fan) -> None:
    await fan.enter()
    before = await fan.hold("1")
    await load_concert(settings, at_price(70_000))
    after = await fan.hold("2")
    assert (before.total, after.total) == (50_000, 70_000)
    await fan.top_up()
    assert (await fan.pay(before.id)).payment.amount == 50_000


async def test_seats_are_added_although_there_are_orders(
    runtime: Runtime, settings: Settings, fan: Fan
) -> None:
    await fan.enter()
    await fan.top_up()
    sold, held = await fan.hold("1"), await fan.hold("9", "10")
    await load_concert(settings, concert(seats=12))
    assert (await fan.hold("12")).seat_numbers == ["12"]
    assert (await fan.pay(sold.id)).order.status == "paid"
    assert held.seat_numbers == ["9", "10"]
    await assert_reconciled(runtime)


async def test_a_refusal_names_the_seats_and_orders_in_the_way(
    runtime: Runtime, settings: Settings, fan: Fan
) -> None:
    await fan.enter()
    await fan.top_up()
    other = Fan(runtime, "other")
    await other.enter()
    held = await other.hold("9", "10")
    sold = await fan.hold("8")
    await fan.pay(sold.id)
    named = (
        f"seat 8 (order {sold.id}, paid), seat 9 (order {held.id}, held), "
        f"seat 10 (order {held.id}, held); `yemae orders move` gives them others first."
    )
    with pytest.raises(ConcertFileError) as refused:
        await load_concert(settings, concert(seats=7))
    assert str(refused.value) == (
        f"test: performance {FIRST} is without seats that are sold or held: {named}"
    )
    only_second = msgspec.structs.replace(concert(), performances=concert().performances[1:])
    with pytest.raises(ConcertFileError) as refused:
        await load_concert(settings, only_second)
    assert str(refused.value) == (
        f"test: performance {FIRST} is not in the file any more, but has orders: "
        f"order {sold.id} (paid), order {held.id} (held)."
    )
    await runtime.catalogue.refresh()
    assert len(runtime.catalogue.concert(HALL).performances) == 2


async def test_seats_of_orders_that_have_ended_can_be_taken_away(
    runtime: Runtime, fan: Fan
) -> None:
    await fan.enter()
    await fan.hold("9")
    released = await fan.hold("10")
    await fan.release(released.id)
    travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
    async with runtime.postgres.transaction() as tx:
        await write(tx, "test", concert(seats=8), PresaleCodes(runtime.settings.stores.secret_key))
    await runtime.catalogue.refresh()
    assert runtime.catalogue.performance(FIRST).seats_total == 8
    assert await sweep.sweep(runtime, datetime(2026, 1, 1, tzinfo=UTC)) is not None
    await assert_reconciled(runtime)


async def test_a_file_that_the_database_refuses_leaves_nothing_of_the_others(
    runtime: Runtime, settings: Settings, tmp_path: Path
) -> None:
    usual = TEXT.format(**SMALL)
    files = [tmp_path / "other.toml", tmp_path / "thief.toml"]
    files[0].write_text(TEXT.format(**SMALL | {"concert_id": "other"}))
    files[1].write_text(usual.replace('id = "hall"', 'id = "thief"', 1))
    with pytest.raises(ConcertFileError, match=r"^thief\.toml: .* belongs to concert hall already"):
        await asyncio.to_thread(load_files, settings, files)
    await runtime.catalogue.refresh()
    assert list(runtime.catalogue.concerts) == [HALL]
    await runtime.catalogue.refresh()
    assert len(runtime.catalogue.concert(HALL).performances) == 2


async def test_a_performance_without_orders_can_be_dropped_and_renumbered(
    runtime: Runtime, settings: Settings
) -> None:
    shorter = msgspec.structs.replace(concert(seats=12), performances=concert().performances[1:])
    await load_concert(settings, shorter)
    await runtime.catalogue.refresh()
    (left,) = runtime.catalogue.concert(HALL).performances
    assert (left.id, left.seats_total) == (SECOND, 12)


async def test_loads_and_holds_never_deadlock(runtime: Runtime, settings: Settings) -> None:
    await load_concert(settings, at_price(50_000, seats=40))
    await runtime.catalogue.refresh()

    async def hold_and_release(name: str, *seats: str) -> None:
        fan = Fan(runtime, name)
        for _ in range(10):
            with suppress(SeatTaken):
                await fan.hold(*seats)
                await fan.release()

    async def change_prices() -> None:
        for price in range(60_000, 60_010):
            await load_concert(settings, at_price(price, seats=40))

    await asyncio.gather(
        hold_and_release("a", "2", "10", "9", "30"),
        hold_and_release("b", "30", "10", "3"),
        hold_and_release("c", "11", "2", "40"),
        change_prices(),
    )
    await assert_reconciled(runtime)


async def test_an_order_of_a_performance_that_this_process_has_not_seen_yet_is_served(
    runtime: Runtime, fan: Fan
) -> None:
    await fan.enter()
    await fan.top_up()
    order = await fan.hold("1")
    runtime.catalogue.performances.clear()
    runtime.catalogue._revision = (-1, -1)
    assert (await fan.pay(order.id)).order.status == "paid"


async def test_another_currency_than_the_data_s_is_refused(
    runtime: Runtime, settings: Settings
) -> None:
    assert runtime.settings.sale.currency == "KRW"
    await require_currency(settings)
    with pytest.raises(SettingsError, match=r"YEMAE_CURRENCY is USD, but the database has .* KRW"):
        await require_currency(settings.replace(currency="USD"))


async def test_wallets_that_cannot_take_the_dearest_order_stop_the_start(
    runtime: Runtime, settings: Settings
) -> None:
    enough = settings.replace(balance_max=200_000)
    assert runtime.settings.sale.currency == "KRW"
    await require_currency(enough)
    sentence = (
        r"^hall: an order of 4 seats at 50,000 KRW costs 200,000 KRW, but a wallet can take "
        r"199,999 KRW at most \(YEMAE_BALANCE_MAX\)\.$"
    )
    with pytest.raises(SettingsError, match=sentence):
        await require_currency(settings.replace(balance_max=199_999))


async def test_the_booking_fee_is_a_part_of_the_dearest_order(settings: Settings) -> None:
    fee = "\n[booking_fee]\namount = 1000\n"
    await load_concert(settings, parse(TEXT.format(**SMALL) + fee, "hall.toml"))
    await require_currency(settings.replace(balance_max=204_000))
    with pytest.raises(SettingsError, match=r"4 seats at 50,000 KRW costs 204,000 KRW"):
        await require_currency(settings.replace(balance_max=203_999))


def test_a_file_whose_dearest_date_no_wallet_can_pay_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "hall.toml"
    dearer = "prices = { R = 60000 }\n[booking_fee]\namount = 1000\nper = 'order'\n"
    file.write_text(TEXT.format(**SMALL) + dearer)
    with pytest.raises(ConcertFileError, match=r"4 seats at 60,000 KRW costs 241,000 KRW"):
        load_files(settings.replace(balance_max=240_999), [file])
