"""The removal of a concert while fans hold its seats: there is an order, or the concert is gone."""

import asyncio
from uuid import uuid4

from helpers.concerts import HALL, SECOND, concert, load_concert
from helpers.fans import Fan, carried_out
from helpers.reconcile import assert_reconciled
from yemae.concerts.files import removing
from yemae.concerts.files.removing import ConcertHasOrdersError, Removed
from yemae.orders.order import Order
from yemae.refusals import Refusal
from yemae.runtime import Runtime
from yemae.sale import hold
from yemae.settings import Settings


async def hold_one(runtime: Runtime, number: int) -> Order | Refusal:
    request = Fan(runtime, f"fan-{number}").hold_request(str(number), performance=SECOND)
    (answer,) = await carried_out(hold.hold(runtime, [request]))
    return answer


async def remove(runtime: Runtime) -> Removed | ConcertHasOrdersError:
    try:
        async with runtime.postgres.transaction() as tx:
            return await removing.remove(tx, HALL, "op", uuid4())
    except ConcertHasOrdersError as refused:
        return refused


async def test_a_hold_and_a_removal_never_both_succeed(runtime: Runtime) -> None:
    held, removed = await asyncio.gather(
        asyncio.gather(*(hold_one(runtime, number) for number in range(1, 11))), remove(runtime)
    )
    orders = [answer for answer in held if isinstance(answer, Order)]
    await runtime.catalogue.refresh()
    assert isinstance(removed, Removed) == (not orders) == (HALL not in runtime.catalogue.queues)
    await assert_reconciled(runtime)


async def test_after_a_removal_a_server_that_has_not_noticed_holds_nothing(
    runtime: Runtime,
) -> None:
    assert isinstance(await remove(runtime), Removed)
    assert HALL in runtime.catalogue.queues
    assert isinstance(await hold_one(runtime, 1), Refusal)
    await runtime.catalogue.refresh()
    assert runtime.catalogue.queues == {}
    await assert_reconciled(runtime)


async def test_a_removal_is_noticed_although_another_change_raises_the_revisions_by_as_much(
    runtime: Runtime, settings: Settings
) -> None:
    await load_concert(settings, concert(concert_id="other"))
    await runtime.catalogue.refresh()
    async with runtime.postgres.transaction() as tx:
        (gone,) = await tx.fetch(b"select revision from concerts where id = 'hall'")
        await removing.remove(tx, HALL, "op", uuid4())
        await tx.send(b"update concerts set revision = revision + %(by)s", by=gone.revision)
    await runtime.catalogue.refresh()
    assert list(runtime.catalogue.queues) == ["other"]
