"""The catalogue's waiting room settings: the file's, unless an operator has changed them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest
from psycopg import sql

from helpers.concerts import HALL, concert, load_concert
from yemae.concerts.catalogue import Concert
from yemae.concerts.files.queue_table import QueueTable
from yemae.concerts.lanes import Lane, LaneSettings
from yemae.runtime import Runtime
from yemae.settings import Settings

SALE = datetime(2026, 1, 1, tzinfo=UTC)


def set_controls(settings: Settings, **values: Any) -> None:
    """What an operator's change does to the database."""
    values = {"control": "running", "changed_by": "op", **values}
    columns = sql.SQL(", ").join(map(sql.Identifier, values))
    places = sql.SQL(", ").join(map(sql.Placeholder, values))
    with psycopg.connect(settings.stores.database_url) as connection:
        connection.execute(
            sql.SQL(
                "insert into queue_controls (concert_id, changed_at, {}) values ('hall', now(), {})"
            ).format(columns, places),
            values,
        )
        connection.execute("update concerts set revision = nextval('catalogue_revision')")


async def hall(runtime: Runtime) -> Concert:
    """The hall as a server process knows it."""
    await runtime.catalogue.refresh()
    return runtime.catalogue.concert(HALL)


async def test_a_file_s_queue_reaches_the_catalogue(runtime: Runtime, settings: Settings) -> None:
    queue = QueueTable(
        active_limit=7,
        admit_per_minute=8,
        entry_ttl_s=90,
        absent_after_s=10,
        place_ttl_s=60,
        queueing_method="draw",
        joins_per_address_per_minute=5,
        proof_of_work=True,
        lanes=(
            LaneSettings(name="club", share=30, codes=("CODE-1", "CODE-2")),
            LaneSettings(name="gold", share=20, group="gold"),
        ),
    )
    prequeue = SALE - timedelta(hours=1)
    await load_concert(
        settings, msgspec.structs.replace(concert(), queue=queue, prequeue_opens_at=prequeue)
    )
    found = await hall(runtime)
    names = set(QueueTable.__struct_fields__) - {"lanes"}
    assert {name: getattr(found, name) for name in names} == {
        name: getattr(queue, name) for name in names
    }
    assert found.lanes == (
        Lane(
            "club",
            30,
            frozenset(
                {
                    runtime.presale_codes.seal(HALL, "CODE-1"),
                    runtime.presale_codes.seal(HALL, "CODE-2"),
                }
            ),
            "",
        ),
        Lane("gold", 20, frozenset(), "gold"),
    )
    assert (found.sale_opens_at, found.prequeue_opens_at) == (SALE, prequeue)
    assert (found.control, found.message_ko, found.message_en) == ("running", "", "")


async def test_an_operator_s_values_win_also_after_the_file_is_loaded_again(
    runtime: Runtime, settings: Settings
) -> None:
    changed: dict[str, Any] = {
        "sale_opens_at": SALE + timedelta(days=1),
        "prequeue_opens_at": SALE,
        "queueing_method": "reject",
        "active_limit": 1,
        "admit_per_minute": 2,
        "entry_ttl_s": 30,
        "absent_after_s": 11,
        "place_ttl_s": 61,
        "joins_per_address_per_minute": 3,
        "proof_of_work": True,
        "control": "paused",
        "message_ko": "잠시 기다려 주세요",
        "message_en": "Please wait",
    }
    before = await hall(runtime)
    set_controls(settings, **changed)
    assert await hall(runtime) == msgspec.structs.replace(before, **changed)
    await load_concert(settings)
    assert await hall(runtime) == msgspec.structs.replace(before, **changed)


async def test_what_an_operator_left_alone_follows_the_file(
    runtime: Runtime, settings: Settings
) -> None:
    set_controls(settings, active_limit=1)
    await load_concert(settings, concert(active_limit=50, admit_per_minute=50))
    found = await hall(runtime)
    assert (found.active_limit, found.admit_per_minute) == (1, 50)


async def test_a_prequeue_never_opens_after_the_sale(runtime: Runtime, settings: Settings) -> None:
    wanted = msgspec.structs.replace(concert(), prequeue_opens_at=SALE - timedelta(hours=1))
    await load_concert(settings, wanted)
    early = SALE - timedelta(days=2)
    set_controls(settings, sale_opens_at=early)
    assert (await hall(runtime)).prequeue_opens_at == early


async def test_a_change_that_is_committed_after_a_later_one_is_noticed(
    runtime: Runtime, settings: Settings
) -> None:
    await load_concert(settings, concert(concert_id="other"))
    change = (
        "update concerts set title = {}, revision = nextval('catalogue_revision') where id = {}"
    )
    with (
        psycopg.connect(settings.stores.database_url) as slow,
        psycopg.connect(settings.stores.database_url) as fast,
    ):
        slow.execute(sql.SQL(change).format("slow", "hall"))
        fast.execute(sql.SQL(change).format("fast", "other"))
        fast.commit()
        assert (await hall(runtime)).title == "Test"
        slow.commit()
        assert (await hall(runtime)).title == "slow"


async def test_the_seed_of_the_draw_is_made_once_and_never_changes(
    runtime: Runtime, settings: Settings
) -> None:
    seed = (await hall(runtime)).draw_seed
    assert len(seed) == 32
    await load_concert(settings, concert(seats=12))
    assert (await hall(runtime)).draw_seed == seed
    await load_concert(settings, concert(concert_id="other"))
    await runtime.catalogue.refresh()
    assert runtime.catalogue.concert("other").draw_seed != seed
    with (
        psycopg.connect(settings.stores.database_url) as connection,
        pytest.raises(psycopg.errors.IntegrityConstraintViolation),
    ):
        connection.execute("update concerts set draw_seed = '\\x00'")


async def test_codes_are_stored_as_hashes_only(runtime: Runtime, settings: Settings) -> None:
    lanes = (LaneSettings(name="club", share=30, codes=("SECRET-CODE",)),)
    queue = msgspec.structs.replace(concert().queue, lanes=lanes)
    await load_concert(settings, msgspec.structs.replace(concert(), queue=queue))
    assert (await hall(runtime)).lanes[0].code_hashes == {
        runtime.presale_codes.seal(HALL, "SECRET-CODE")
    }
    with psycopg.connect(settings.stores.database_url) as connection:
        rows = connection.execute("select c::text from concerts as c").fetchall()
    assert "SECRET-CODE" not in str(rows)
