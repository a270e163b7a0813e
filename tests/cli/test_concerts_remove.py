"""`yemae concerts remove`, and concerts that are hidden or archived."""

import asyncio
import re
from pathlib import Path

import psycopg
import pytest

from helpers.command import yemae
from helpers.concerts import FIRST, HALL, SECOND, SMALL, TEXT, load_concert
from helpers.fans import Fan
from helpers.http import open_site, problem_of
from helpers.sales import PRESALE, in_phases
from yemae.concerts.files.concert_file import parse
from yemae.refusals import SaleClosed
from yemae.runtime import open_runtime
from yemae.settings import Settings
from yemae.waiting_room.keys import keys_of


async def queue_keys(settings: Settings, queue_id: str = HALL) -> int:
    """How many keys of a queue Valkey has."""
    async with open_runtime(settings) as runtime:
        found = [await runtime.valkey._send(key, "EXISTS", key) for key in keys_of(queue_id)]
    return sum(found)


async def one_in_line(settings: Settings) -> None:
    async with open_runtime(settings) as runtime:
        await Fan(runtime, "fan").join()


def test_what_never_sold_is_removed_with_its_queue_and_its_log_stays(
    hall: Settings, hall_file: str
) -> None:
    asyncio.run(one_in_line(hall))
    assert asyncio.run(queue_keys(hall)) > 0
    yemae("queue", "pause", HALL)
    said = f"yemae: Nothing was removed: add --yes to remove concert '{HALL}'.\n"
    assert yemae("concerts", "remove", HALL) == (2, "", said)
    assert yemae("concerts", "remove", HALL, "--yes") == (0, "hall is removed, with 2 dates\n", "")
    assert yemae("concerts", "list", "--json").json() == []
    assert asyncio.run(queue_keys(hall)) == 0
    (removed, paused) = yemae("queue", "log", HALL, "--json").json()
    assert (removed["action"], removed["details"]) == ("remove", {"dates": [FIRST, SECOND]})
    assert paused["action"] == "pause"
    assert "(UTC)" in yemae("queue", "log", HALL).out
    with psycopg.connect(hall.stores.database_url) as connection:
        assert connection.execute("select count(*) from plans").fetchone() == (0,)
    done = yemae("concerts", "remove", HALL, "--yes")
    assert (done.code, done.err) == (2, "yemae: There is no concert 'hall'; there are: none yet.\n")
    assert yemae("concerts", "load", hall_file).code == 0


async def load_phases(settings: Settings) -> None:
    """Load the hall with two other sales, and let a fan join one of them."""
    await load_concert(settings, in_phases())
    async with open_runtime(settings) as runtime:
        await Fan(runtime, "member", PRESALE).join()


def test_the_other_sales_of_a_concert_go_with_it(hall: Settings) -> None:
    asyncio.run(load_phases(hall))
    assert asyncio.run(queue_keys(hall, PRESALE)) > 0
    done = yemae("concerts", "remove", PRESALE, "--yes")
    assert done.code == 2, "a sale is removed by its concert's file"
    assert yemae("concerts", "remove", HALL, "--yes") == (0, "hall is removed, with 3 dates\n", "")
    assert asyncio.run(queue_keys(hall, PRESALE)) == 0
    with psycopg.connect(hall.stores.database_url) as connection:
        assert connection.execute("select count(*) from concerts").fetchone() == (0,)


def test_everything_that_refers_to_a_concert_goes_with_it_or_is_a_record(hall: Settings) -> None:
    """A new table of the schema shows up here: it is emptied by the removal, or by its order."""
    with psycopg.connect(hall.stores.database_url) as connection:
        rows = connection.execute(
            "select conrelid::regclass::text from pg_constraint where contype = 'f'"
            " and confrelid = any(array['concerts', 'performances', 'seats']::regclass[])"
            " and confdeltype <> 'c'"
        ).fetchall()
    records = {"orders", "payments", "tickets"}
    sql = Path("src/yemae/concerts/files/load.sql").read_text(encoding="utf-8")
    removed = set(re.findall(r"delete from (\w+) where", sql))
    assert {name for (name,) in rows} - records <= removed


def test_one_with_an_order_is_refused_and_can_be_archived(hall: Settings, hall_file: str) -> None:
    async def release() -> str:
        async with open_runtime(hall) as runtime:
            fan = Fan(runtime, "fan")
            await fan.enter()
            order = await fan.hold("1")
            await fan.release(order.id)
            return str(order.id)

    order_id = asyncio.run(release())
    done = yemae("concerts", "remove", HALL, "--yes")
    assert (done.code, done.err) == (
        2,
        f"yemae: Concert hall has orders, so it cannot be removed: order {order_id} (released). "
        "Put archived = true into its file and load it.\n",
    )
    assert len(yemae("concerts", "list", "--json").json()[0]["performances"]) == 2
    path = Path(hall_file)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n[queue]", "archived = true\n\n[queue]", 1), encoding="utf-8")
    loaded = yemae("concerts", "load", hall_file)
    assert "  ~ archived: false → true\n" in loaded.out
    (listed,) = yemae("concerts", "list", "--json").json()
    assert (listed["archived"], listed["hidden"]) == (True, False)
    assert re.search(r"^hall .* archived *$", yemae("concerts", "list").out, re.MULTILINE)


@pytest.mark.parametrize("field", ["hidden", "archived"])
async def test_a_hidden_concert_is_sold_and_an_archived_one_is_not(
    settings: Settings, field: str
) -> None:
    text = TEXT.format(**SMALL)
    usual, wanted = parse(text, "x"), parse(f"{field} = true\n{text}", "x")
    assert (usual.hidden, usual.archived) == (False, False)
    async with open_site(settings, wanted) as site:
        fan = site.visitor("fan")
        assert (await fan.get("/v1/concerts")).json()["concerts"] == []
        shown = (await fan.get(f"/v1/concerts/{HALL}")).json()
        assert [date["sale_is_over"] for date in shown["dates"]] == [field == "archived"] * 2
        joined = await fan.post(f"/v1/concerts/{HALL}/queue-tokens")
        if field == "hidden":
            assert joined.status_code == 201
            (other,) = await site.enter("other")
            assert (await other.hold("1", performance=FIRST)).status_code == 201
        else:
            problem_of(joined, 409, "queue-closed")
            with pytest.raises(SaleClosed):
                await Fan(site.runtime, "late").hold("1")
