"""A miniature of the hot path's bench, against a server of its own."""

from collections.abc import Iterator

import psycopg
import pytest

from bench.consoles import Consoles
from bench.hot_path import ViolatedError, prove
from bench.journeys import Journeys
from bench.many_orders import fill
from bench.reads import Reads
from bench.sale import Sale
from bench.scripts import BATCH, Scripts
from bench.serving import Bench, serving
from bench.stage import HALL, HOT_SEATS, LINE, RUSH, SALE, WALK
from bench.timed import Effort

FANS = 40
# Requests run out long before the seconds do.
ENOUGH = Effort(seconds=30.0, connections=8, warm_up_s=0.0)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """A server with small concerts."""
    small = [concert._replace(seats=200, performances=1) for concert in (SALE, WALK)]
    with serving([LINE, HALL, RUSH, *small], pinned=False) as started:
        yield started


@pytest.fixture(scope="module")
def sale(bench: Bench) -> Sale:
    """The rows of the sale, which hand out each seat of this server once."""
    return Sale(bench, ENOUGH, requests=FANS)


async def test_every_row_of_the_sale_counts_what_came_of_it(bench: Bench, sale: Sale) -> None:
    for row in (sale.hold_distinct, sale.pay, sale.top_up, sale.top_up_again, sale.hold_idle):
        shot = await row()
        assert (shot.ok, shot.answers) == (FANS, FANS), shot
        assert shot.rate > 0
    await prove(bench)


async def test_consoles_hear_of_the_holds_that_are_measured(bench: Bench, sale: Sale) -> None:
    shot = await Consoles(bench, sale).holds_beside()
    assert shot.ok == FANS


async def test_everybody_who_wants_the_same_seats_is_answered_and_each_seat_has_one_winner(
    bench: Bench,
) -> None:
    shot = await Sale(bench, ENOUGH, requests=FANS).hold_hot()
    assert (shot.ok, shot.statuses) == (HOT_SEATS, {201: HOT_SEATS, 409: FANS - HOT_SEATS})


async def test_lists_have_every_seat_and_joins_bring_places(bench: Bench) -> None:
    short = Effort(seconds=0.2, connections=4, warm_up_s=0.0)
    reads = Reads(bench, short, fans=FANS)
    for shot in (await reads.seats(HALL), await reads.poll(), await reads.livez()):
        assert shot.ok == shot.answers > 0, shot
    joins = await Reads(bench, ENOUGH, fans=FANS).join()
    assert joins.ok == joins.answers == 2 * FANS


async def test_a_journey_ends_with_a_paid_order(bench: Bench) -> None:
    shot = await Journeys(bench, ENOUGH, under_way=10, journeys_max=15).journey()
    assert shot.ok == 15
    assert shot.answers >= 15 * 7
    await prove(bench)


async def test_scripts_are_driven_as_the_server_would_call_them(bench: Bench) -> None:
    scripts = Scripts(bench, seconds=30.0, calls=10)
    assert (await scripts.join()).ok == 10 * BATCH
    assert (await scripts.place()).ok >= 10 * BATCH


async def test_orders_of_the_past_add_up_and_money_from_nowhere_does_not(bench: Bench) -> None:
    fill(bench.settings.stores.database_url, 1_000)
    await prove(bench)
    _add_to_a_balance(bench, 1)
    with pytest.raises(ViolatedError, match="balance"):
        await prove(bench)
    # The other tests of this server come in any order.
    _add_to_a_balance(bench, -1)


def _add_to_a_balance(bench: Bench, amount: int) -> None:
    with psycopg.connect(bench.settings.stores.database_url) as connection:
        connection.execute(
            "update wallets set balance = balance + %s"
            " where user_id = (select min(user_id) from wallets)",
            (amount,),
        )
