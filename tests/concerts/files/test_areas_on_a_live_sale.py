"""Loading a file whose areas have changed while people buy."""

import pytest

from helpers.areas import load, spots_of, standing_hall
from helpers.concerts import FIRST, HALL
from helpers.fans import Fan, carried_out
from helpers.reconcile import assert_reconciled
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert
from yemae.concerts.files.writing import write
from yemae.concerts.presale_codes import PresaleCodes
from yemae.orders.order import Order
from yemae.refusals import AreaFull
from yemae.runtime import Runtime, open_runtime
from yemae.sale import hold
from yemae.settings import Settings
from yemae.store.postgres import Postgres


async def hold_pit(runtime: Runtime, user_id: str, many: int) -> Order:
    request = Fan(runtime, user_id).hold_request()
    request = request._replace(spots=await spots_of(runtime, FIRST, pit=many))
    (order,) = await carried_out(hold.hold(runtime, [request]))
    assert isinstance(order, Order)
    return order


async def changed(runtime: Runtime, concert: FileConcert) -> None:
    await load(runtime.settings, concert)
    await runtime.catalogue.refresh()


async def test_a_capacity_grows_at_any_time(settings: Settings) -> None:
    await load(settings, standing_hall(6, pit=2))
    async with open_runtime(settings) as runtime:
        await hold_pit(runtime, "ann", 2)
        await changed(runtime, standing_hall(9, pit=4, seats=7))
        assert (await hold_pit(runtime, "ben", 2)).seat_numbers == ["PIT-3", "PIT-4"]
        assert runtime.catalogue.performance(FIRST).seats_total == 20
        await assert_reconciled(runtime)


async def test_a_capacity_shrinks_to_what_is_sold_and_held(settings: Settings) -> None:
    await load(settings, standing_hall(6, pit=5))
    async with open_runtime(settings) as runtime:
        order = await hold_pit(runtime, "ann", 3)
        with pytest.raises(ConcertFileError, match=rf"seat PIT-3 \(order {order.id}, held\)"):
            await changed(runtime, standing_hall(6, pit=2))
        await changed(runtime, standing_hall(6, pit=3))
        assert runtime.catalogue.performance(FIRST).seats_total == 13
        await assert_reconciled(runtime)


async def test_a_blocked_area_is_not_sold_until_the_block_is_gone(settings: Settings) -> None:
    block = '[[blocks]]\nname = "later"\nreason = "house"\nsections = ["PIT"]\n'
    await load(settings, standing_hall(pit=3, more=block))
    async with open_runtime(settings) as runtime:
        request = Fan(runtime, "ann").hold_request()
        request = request._replace(spots=await spots_of(runtime, FIRST, pit=1))
        for wait in (True, False):
            (refused,) = (await hold.hold(runtime, [request], wait=wait)).answers
            assert isinstance(refused, AreaFull)
            assert refused.left == 0
        await changed(runtime, standing_hall(pit=3))
        assert (await hold_pit(runtime, "ann", 2)).seat_numbers == ["PIT-1", "PIT-2"]
        await assert_reconciled(runtime)


async def test_the_same_file_again_changes_nothing(settings: Settings) -> None:
    await load(settings, standing_hall())
    async with Postgres(settings) as postgres, postgres.transaction() as tx:
        codes = PresaleCodes(settings.stores.secret_key)
        result = await write(tx, "hall.toml", standing_hall(), codes)
    assert (result.concert_id, result.changes, result.seats) == (HALL, [], 13)
