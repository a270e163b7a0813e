"""The history in PostgreSQL: a second is written once, and what is too old goes."""

from datetime import UTC, datetime, timedelta

from yemae.history import history, tallies
from yemae.history.history import MINUTE, SECOND, HistoryRow
from yemae.runtime import Runtime

AT = datetime(2030, 1, 1, 10, 0, 5, tzinfo=UTC)


def row(at: datetime, waiting: int, every_s: int = SECOND) -> HistoryRow:
    return HistoryRow("hall", every_s, at, {"waiting": waiting})


async def read(runtime: Runtime, resolution: history.Resolution = "1s") -> list[tuple[str, int]]:
    since = datetime(2000, 1, 1, tzinfo=UTC)
    async with runtime.postgres.transaction() as tx:
        found = await history.read(tx, "hall", resolution, since=since, limit=10)
    return [(f"{each.at:%H:%M:%S}", each.figures["waiting"]) for each in found]


async def test_the_first_node_that_writes_a_second_counts(runtime: Runtime) -> None:
    later = AT + timedelta(seconds=1)
    async with runtime.postgres.transaction() as tx:
        await history.write(tx, [row(later, 3), row(AT, 2), row(AT, 7, MINUTE)])
        await history.write(tx, [row(AT, 9), row(AT, 9, MINUTE)])
        await history.write(tx, [])
    assert await read(runtime) == [("10:00:05", 2), ("10:00:06", 3)]
    assert await read(runtime, "1m") == [("10:00:05", 7)]


async def test_seconds_go_after_an_hour_and_minutes_after_thirty_days(runtime: Runtime) -> None:
    """But for the last one of before."""
    now = runtime.now()
    ages = (timedelta(minutes=59), timedelta(minutes=61), timedelta(days=31), timedelta(days=32))
    async with runtime.postgres.transaction() as tx:
        for age in ages:
            await history.write(tx, [row(now - age, 1), row(now - age, 1, MINUTE)])
        for _ in range(2):
            await history.forget_old(tx, 1)
    assert len(await read(runtime)) + len(await read(runtime, "1m")) == 6
    async with runtime.postgres.transaction() as tx:
        await history.forget_old(tx, 10)
    assert len(await read(runtime)) == 2
    assert len(await read(runtime, "1m")) == 3


async def test_what_has_not_changed_for_hours_is_still_known(runtime: Runtime) -> None:
    now = runtime.now()
    async with runtime.postgres.transaction() as tx:
        await history.write(tx, [row(now - timedelta(hours=hours), hours) for hours in (2, 3)])
        await history.forget_old(tx, 10)
        found = await history.latest(tx, "hall", now)
    assert found is not None
    assert found.figures == {"waiting": 2}


async def test_a_year_without_a_change_is_the_end_of_a_history(runtime: Runtime) -> None:
    long_ago = runtime.now() - timedelta(days=367)
    async with runtime.postgres.transaction() as tx:
        await history.write(tx, [row(long_ago, 1), row(long_ago, 1, MINUTE)])
        await history.forget_old(tx, 10)
    assert await read(runtime) == await read(runtime, "1m") == []


async def test_tallies_of_all_processes_add_up(runtime: Runtime) -> None:
    assert await tallies.read(runtime.valkey, "hall") == {}
    await tallies.add(runtime.valkey, "hall", {"holds": 2, "payments": 1})
    await tallies.add(runtime.valkey, "hall", {"holds": 3})
    await tallies.add(runtime.valkey, "", {"seat-taken": 4})
    assert await tallies.read(runtime.valkey, "hall") == {"holds": 5, "payments": 1}
    assert await tallies.read(runtime.valkey, "") == {"seat-taken": 4}
