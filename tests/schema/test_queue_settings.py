"""The move of the queue's settings into one column, and a rolling upgrade across it."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from helpers import released
from helpers.concerts import HALL, concert, load_concert
from yemae.back_office import queue_control
from yemae.concerts.catalogue import Concert
from yemae.concerts.queue_settings import NAMES
from yemae.runtime import Runtime
from yemae.schema import migrate
from yemae.settings import Settings
from yemae.store.queries import load_queries

BEFORE = load_queries(__file__, "version_before.sql")
OPENS = datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
FILE = {
    "sale_opens_at": "2026-01-01T00:00:00+00:00",
    "queueing_method": "fifo",
    "active_limit": 100,
    "admit_per_minute": 600,
    "entry_ttl_s": 600,
    "absent_after_s": 45,
    "place_ttl_s": 3600,
    "joins_per_address_per_minute": 0,
    "proof_of_work": False,
}
SET = {
    "sale_opens_at": OPENS,
    "queueing_method": "reject",
    "active_limit": 7,
    "proof_of_work": False,
    "message_ko": "곧 엽니다",
}
# What an older server writes when it changes a queue: every column.
COLUMNS: dict[str, Any] = dict.fromkeys(NAMES) | {"control": "running", "changed_by": "op"}


@pytest.mark.parametrize("revision", [released.RELEASED, "0013"])
def test_the_settings_of_files_and_operators_move(empty_database_url: str, revision: str) -> None:
    released.build(empty_database_url, revision)
    with psycopg.connect(empty_database_url) as session:
        session.execute(
            "insert into queue_controls (concert_id, control, changed_at, changed_by,"
            " sale_opens_at, queueing_method, active_limit, proof_of_work, message_ko) values"
            " ('hall', 'paused', now(), 'op', %(sale_opens_at)s, %(queueing_method)s,"
            " %(active_limit)s, %(proof_of_work)s, %(message_ko)s)",
            SET,
        )
    migrate.upgrade(empty_database_url)
    with psycopg.connect(empty_database_url) as session:
        moved = session.execute(
            "select c.queue_settings, q.queue_settings, q.control"
            " from concerts as c join queue_controls as q on q.concert_id = c.id"
        ).fetchall()
        kept = session.execute("select active_limit, proof_of_work from queue_controls").fetchall()
    assert moved == [(FILE, SET | {"sale_opens_at": "2030-01-02T03:04:05.678901+00:00"}, "paused")]
    assert kept == [(7, False)]


async def known(runtime: Runtime) -> Concert:
    """The hall as a server of this version knows it."""
    await runtime.catalogue.refresh()
    return runtime.catalogue.concert(HALL)


def known_before(settings: Settings) -> dict[str, Any]:
    """The settings of the hall as a server of the version before reads them."""
    with psycopg.connect(settings.stores.database_url, row_factory=dict_row) as session:
        (row,) = session.execute(BEFORE["all_concerts"]).fetchall()
    return {name: row[name] for name in NAMES if name in row}


def write_before(settings: Settings, name: str, **values: object) -> None:
    """Write as a server of the version before does."""
    with psycopg.connect(settings.stores.database_url) as session:
        session.execute(BEFORE[name], values)
        session.execute("update concerts set revision = nextval('catalogue_revision')")


async def test_an_older_server_reads_what_this_version_writes(
    runtime: Runtime, settings: Settings
) -> None:
    await load_concert(settings, concert(active_limit=31, entry_ttl_s=77))
    await queue_control.change(runtime, HALL, "op", {**SET, "entry_ttl_s": 99})
    await queue_control.change(runtime, HALL, "op", {"entry_ttl_s": None, "message_ko": None})
    await queue_control.steer(runtime, HALL, "op", "paused")
    found = known_before(settings)
    assert (found["active_limit"], found["entry_ttl_s"], found["message_ko"]) == (7, 77, "")
    assert found["sale_opens_at"] == OPENS
    now = await known(runtime)
    assert found == {name: getattr(now, name) for name in found}


async def test_this_version_reads_what_an_older_server_writes(
    runtime: Runtime, settings: Settings
) -> None:
    await queue_control.change(runtime, HALL, "op", {"admit_per_minute": 5, "active_limit": 5})
    write_before(settings, "write_controls", concert_id=HALL, **COLUMNS | SET)
    now = await known(runtime)
    assert {name: getattr(now, name) for name in SET} == SET
    assert now.admit_per_minute == 60_000
    write_before(settings, "write_controls", concert_id=HALL, **COLUMNS | {"control": "paused"})
    now = await known(runtime)
    assert (now.control, now.active_limit, now.queueing_method) == ("paused", 100, "fifo")


async def test_a_file_that_an_older_server_loads_reaches_this_version(
    runtime: Runtime, settings: Settings
) -> None:
    file = {**dict.fromkeys(NAMES), **FILE, "active_limit": 3, "proof_of_work": True}
    of_the_hall = {"title": "Test", "artist": "Testers", "venue": "Hall", "currency": "KRW"}
    write_before(
        settings,
        "write_concert",
        **file,
        **of_the_hall,
        id=HALL,
        listing=1,
        seat_limit=4,
        lanes="[]",
        utc_offset_minutes=540,
    )
    now = await known(runtime)
    assert (now.active_limit, now.proof_of_work, now.admit_per_minute) == (3, True, 600)


async def test_a_setting_that_only_a_later_version_knows_stays(
    runtime: Runtime, settings: Settings
) -> None:
    await queue_control.change(runtime, HALL, "op", {"active_limit": 5})
    later = "update queue_controls set queue_settings = queue_settings || '{\"later\": 1}'"
    with psycopg.connect(settings.stores.database_url) as session:
        session.execute(later)
    await queue_control.change(runtime, HALL, "op", {"active_limit": None, "entry_ttl_s": 60})
    write_before(settings, "write_controls", concert_id=HALL, **COLUMNS | {"place_ttl_s": 90})
    with psycopg.connect(settings.stores.database_url) as session:
        (row,) = session.execute("select queue_settings from queue_controls").fetchall()
    assert row == ({"later": 1, "place_ttl_s": 90},)
    assert (await known(runtime)).place_ttl_s == 90
