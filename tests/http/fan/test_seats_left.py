"""The seats left of a concert in its queue's status, and what follows when all are sold."""

from datetime import timedelta

import pytest

from helpers.blocks import block, unblock
from helpers.concerts import FIRST, HALL, SECOND, concert
from helpers.fans import Fan
from helpers.http import Site, open_site, until
from helpers.planned import PLACE, queue_of, tells
from helpers.time_travel import travel
from yemae.concerts.seat_map.changes import SOLD, Change
from yemae.jobs import seat_count
from yemae.sale.move import MoveWish, move_order
from yemae.settings import Settings
from yemae.waiting_room import counts

pytestmark = pytest.mark.usefixtures("fresh_views")


async def test_seats_left_are_shown_and_sold_out_is_a_state(settings: Settings) -> None:
    async with open_site(settings, concert(active_limit=1)) as site:
        (buyer,) = await site.enter("buyer")
        waiting = site.visitor("waiting")
        await waiting.join()
        await seat_count.count_seats(site.runtime)
        await until(lambda: tells(site, "seats_left", 20))
        assert (await waiting.get(PLACE)).json()["seats_left"] == 20
        async with site.runtime.postgres.transaction() as tx:
            await tx.send(b"update seats set held_until = 'infinity', order_id = gen_random_uuid()")
        travel(site.runtime, 3)
        await seat_count.count_seats(site.runtime)
        await until(lambda: tells(site, "state", "sold_out"))
        place = await waiting.get(PLACE)
        assert place.json()["state"] == "sold_out"
        assert place.json()["seats_left"] == 0
        assert int(place.headers["retry-after"]) > 1
        await buyer.ask("DELETE", PLACE)
        await site.admit()
        assert await waiting.poll() == "sold_out", "no fan is admitted to find no seat"
        async with site.runtime.postgres.transaction() as tx:
            await tx.send(b"update seats set held_until = null, order_id = null")
        travel(site.runtime, 3)
        await seat_count.count_seats(site.runtime)
        await until(lambda: tells(site, "state", "open"))
        await site.admit()
        assert await waiting.poll() == "admitted", "seats came back, and the place was kept"


async def test_held_seats_are_not_sold(settings: Settings) -> None:
    async with open_site(settings, concert(active_limit=1)) as site:
        await site.enter("buyer")
        async with site.runtime.postgres.transaction() as tx:
            await tx.send(
                b"update seats set held_until = yemae_now() + interval '5 minutes',"
                b" order_id = gen_random_uuid()"
            )
        await seat_count.count_seats(site.runtime)
        await until(lambda: tells(site, "seats_left", 0))
        assert (await queue_of(site))["state"] == "open"


async def test_the_seats_are_counted_by_one_node_in_each_interval(site: Site) -> None:
    await site.visitor("fan").join()
    interval_ms = seat_count.INTERVAL_MS

    async def turns() -> int:
        return sum(
            [await counts.take_seats_turn(site.runtime.valkey, HALL, interval_ms) for _ in "abc"]
        )

    assert await turns() <= 1, "the clock of the site may have had the turn"
    assert await turns() == 0
    travel(site.runtime, interval_ms / 1000 + 1)
    assert await turns() == 1


async def test_the_seats_of_a_queue_without_fans_are_counted_once_and_then_seldom(
    site: Site,
) -> None:
    """The last fan may have bought the last seats, and no other fan may come after them."""
    interval_ms = seat_count.INTERVAL_MS

    async def turn() -> bool:
        return await counts.take_seats_turn(site.runtime.valkey, HALL, interval_ms)

    fan = site.visitor("fan")
    await fan.join()
    travel(site.runtime, 60)
    assert await turn()
    await fan.ask("DELETE", PLACE)
    travel(site.runtime, 63)
    assert await turn()
    travel(site.runtime, 120)
    assert not await turn()
    travel(site.runtime, 63 + counts.SEATS_AT_REST_MS / 1000)
    assert await turn()


async def test_what_is_sold_while_the_queue_is_empty_is_counted_within_seconds(
    settings: Settings,
) -> None:
    """A fan may buy the last seats and be gone between two counts, or buy in another phase."""
    async with open_site(settings) as site:
        await rest(site)
        async with site.runtime.postgres.transaction() as tx:
            await tx.send(b"update seats set held_until = 'infinity', order_id = gen_random_uuid()")
        runtime = site.runtime
        dates = runtime.catalogue.concert(HALL).performances
        now_s = runtime.availability.now_s()
        runtime.availability.note([Change(date.key, now_s, SOLD, ["1"]) for date in dates])

        async def is_noted() -> bool:
            return bool(runtime.availability.publisher.changed or runtime.uncounted) or (
                # The site's own clock was faster.
                await tells(site, "state", "sold_out")
            )

        async def is_settled() -> bool:
            return not runtime.uncounted

        await until(is_noted)
        await count_again(site)
        await until(lambda: tells(site, "state", "sold_out"))
        # It is not counted at every run from now on.
        await until(is_settled)


async def test_what_is_blocked_while_the_queue_is_empty_is_counted_within_seconds(
    settings: Settings,
) -> None:
    async with open_site(settings, concert(seats=2)) as site:
        await rest(site)
        await block(site.runtime, "1", "2", performances=(FIRST, SECOND))
        await site.runtime.catalogue.refresh()
        await count_again(site)
        await until(lambda: tells(site, "state", "sold_out"))
        await unblock(site.runtime)
        await site.runtime.catalogue.refresh()
        await count_again(site)
        await until(lambda: tells(site, "state", "open"))


async def test_a_block_that_is_released_at_a_set_time_is_counted_within_seconds_of_it(
    settings: Settings,
) -> None:
    async with open_site(settings, concert(seats=2)) as site:
        await rest(site)
        at = site.runtime.now() + timedelta(seconds=100)
        await block(site.runtime, "1", "2", performances=(FIRST, SECOND), releases_at=at)
        await site.runtime.catalogue.refresh()
        await count_again(site)
        await until(lambda: tells(site, "state", "sold_out"))
        travel(site.runtime, 100)
        await count_again(site)
        await until(lambda: tells(site, "state", "open"))


async def test_what_an_operator_moves_while_the_queue_is_empty_is_counted_within_seconds(
    settings: Settings,
) -> None:
    """A move into a block gives the seat that is left to the fans."""
    async with open_site(settings, concert(seats=2)) as site:
        fan = Fan(site.runtime, "fan")
        await fan.top_up()
        await fan.hold("1")
        order = (await fan.pay()).order
        await block(site.runtime, "2", name="house", performances=(FIRST,))
        await block(site.runtime, "1", "2", name="other", performances=(SECOND,))
        await site.runtime.catalogue.refresh()
        await count_again(site)
        await until(lambda: tells(site, "state", "sold_out"))
        travel(site.runtime, 60)
        await move_order(site.runtime, "op", MoveWish(order.id, ["2"], from_block="house"))
        await site.runtime.catalogue.refresh()
        await count_again(site)
        await until(lambda: tells(site, "seats_left", 1))


async def rest(site: Site) -> None:
    """Count the seats of the empty queue, so that the next count is at the longer interval."""
    travel(site.runtime, 60)
    await count_again(site)
    await until(lambda: tells(site, "state", "open"))


async def count_again(site: Site) -> None:
    """A count when the shorter interval has passed."""
    travel(site.runtime, seat_count.INTERVAL_MS / 1000 + 1)
    await seat_count.count_seats(site.runtime)


async def test_fans_who_poll_on_time_while_all_is_sold_are_present(
    settings: Settings,
) -> None:
    """A date may be added; those who were there all the time come in first then."""
    async with open_site(settings) as site:
        fan = site.visitor("fan")
        await fan.join()
        await counts.keep_seats(site.runtime.valkey, HALL, 0, 0)
        await until(lambda: tells(site, "state", "sold_out"))
        place = (await fan.get(PLACE)).json()
        assert place["state"] == "sold_out"
        travel(site.runtime, 2.9 * place["poll_after_ms"] / 1000)
        await site.admit()
        snapshot = await counts.snapshot(site.runtime.valkey, HALL)
        assert (snapshot.waiting, snapshot.absent) == (1, 0)
