"""`yemae reconcile`: 0 when everything holds, 1 with what does not."""

import asyncio

import psycopg
import pytest

from helpers.command import yemae
from helpers.concerts import load_concert
from helpers.fans import Fan
from yemae.runtime import open_runtime
from yemae.settings import Settings

pytestmark = pytest.mark.usefixtures("named_stores")


async def sell_one_seat(settings: Settings) -> None:
    await load_concert(settings)
    async with open_runtime(settings) as runtime:
        fan = Fan(runtime, "fan")
        await fan.top_up()
        await fan.hold("1")
        await fan.pay()


@pytest.fixture(autouse=True)
def sold(settings: Settings) -> None:
    """One seat was sold."""
    asyncio.run(sell_one_seat(settings))


def test_after_a_good_sale_it_ends_with_0() -> None:
    done = yemae("reconcile")
    assert (done.code, done.err) == (0, "")
    assert "✓  A seat has at most one ticket." in done.out
    assert "✗" not in done.out


def test_a_violation_is_shown_and_ends_it_with_1(settings: Settings) -> None:
    with psycopg.connect(settings.stores.database_url) as database:
        database.execute("delete from tickets")
    done = yemae("reconcile")
    assert (done.code, done.err) == (1, "")
    assert "✗  The tickets are the seats of the paid orders." in done.out
    assert "ticket_for_each_paid_seat: 1\n  seat 1 of order " in done.out


def test_programs_get_json(settings: Settings) -> None:
    assert yemae("reconcile", "--json").json()["holds"] is True
    with psycopg.connect(settings.stores.database_url) as database:
        database.execute("delete from tickets")
    done = yemae("reconcile", "--json", "--examples", "0")
    assert done.code == 1
    (broken,) = (c for c in done.json()["checks"] if c["name"] == "ticket_for_each_paid_seat")
    assert (broken["violations"], broken["examples"]) == (1, [])
