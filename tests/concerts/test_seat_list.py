"""The list of free seats: read as positions, shown as texts that this process keeps."""

import json

import psycopg

from helpers.concerts import FIRST
from yemae.runtime import Runtime


async def listed(runtime: Runtime) -> list[dict[str, object]]:
    performance = runtime.catalogue.performance(FIRST)
    async with runtime.postgres.transaction() as tx:
        answer = json.loads((await runtime.seat_lists.read(tx, performance.key)).body)
    assert answer["version"] > 0
    return list(answer["seats"])


async def test_a_seat_leaves_the_list_and_comes_back_in_its_place(runtime: Runtime) -> None:
    everything = await listed(runtime)
    assert len(everything) > 2
    second = everything[1]
    change = "update seats set order_id = uuidv7(), held_until = %s where number = %s"
    with psycopg.connect(runtime.settings.stores.database_url, autocommit=True) as raw:
        raw.execute(change, ["infinity", second["number"]])
        assert await listed(runtime) == [everything[0], *everything[2:]]
        raw.execute(change, ["2000-01-01Z", second["number"]])
        assert await listed(runtime) == everything


async def test_a_file_that_was_loaded_again_shows_at_once(runtime: Runtime) -> None:
    """Also before this process has noticed the new file."""
    before = await listed(runtime)
    with psycopg.connect(runtime.settings.stores.database_url, autocommit=True) as raw:
        raw.execute("update seats set price = price + 1")
        assert await listed(runtime) == before
        raw.execute("update concerts set revision = nextval('catalogue_revision')")
    assert await listed(runtime) == [
        {**seat, "price": int(str(seat["price"])) + 1} for seat in before
    ]


async def test_a_performance_that_is_gone_has_no_seats(runtime: Runtime) -> None:
    async with runtime.postgres.transaction() as tx:
        answer = json.loads((await runtime.seat_lists.read(tx, 987_654)).body)
    assert answer["seats"] == []
