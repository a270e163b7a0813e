"""Two operators on two nodes: no change is lost, and the log tells the truth about each."""

import asyncio
from datetime import UTC, datetime

import pytest

from helpers.concerts import HALL
from races.interleaving import (
    ROW_LOCK,
    Pause,
    all_at_once,
    count,
    overtake,
    tally,
    without,
)
from yemae.back_office import queue_control
from yemae.concerts import controls
from yemae.concerts.controls import Action
from yemae.runtime import Runtime

LATER = datetime(2029, 6, 1, 11, tzinfo=UTC)


async def log(runtime: Runtime) -> list[Action]:
    """The whole log, oldest first."""
    return (await queue_control.actions(runtime, HALL, before=None, limit=1_000))[::-1]


async def change_both(
    runtimes: list[Runtime], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One operator changes one setting while another is about to write another one."""
    pause = Pause(monkeypatch, controls, "write")
    answers = await overtake(
        database_url,
        pause,
        queue_control.change(runtimes[0], HALL, "ann", {"active_limit": 5}),
        queue_control.change(runtimes[1], HALL, "ben", {"entry_ttl_s": 60}),
    )
    assert answers == [None, None]


async def own_values(runtime: Runtime) -> dict[str, object]:
    """What is set by operators."""
    async with runtime.postgres.transaction() as tx:
        return dict((await controls.read(tx, HALL)).overrides)


async def test_two_changes_at_once_are_both_kept(
    runtimes: list[Runtime], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await change_both(runtimes, database_url, monkeypatch)
    assert await own_values(runtimes[0]) == {"active_limit": 5, "entry_ttl_s": 60}


async def test_control_without_the_lock_of_the_concert_one_change_is_lost(
    runtimes: list[Runtime], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, controls, "LOCK_CONCERT", ROW_LOCK)
    await change_both(runtimes, database_url, monkeypatch)
    assert len(await own_values(runtimes[0])) == 1


async def test_of_many_changes_of_one_setting_each_starts_from_the_one_before(
    runtimes: list[Runtime],
) -> None:
    limits = range(1, 41)
    await all_at_once(
        queue_control.change(runtimes[n % 2], HALL, f"op-{n}", {"active_limit": n}) for n in limits
    )
    steps = [line.details["active_limit"] for line in await log(runtimes[0])]
    assert sorted(step["to"] for step in steps) == list(limits)
    assert [step["from"] for step in steps] == [100, *(step["to"] for step in steps[:-1])]
    for runtime in runtimes:
        await runtime.catalogue.refresh()
        assert runtime.catalogue.concert(HALL).active_limit == steps[-1]["to"]


async def test_a_sale_that_many_open_at_once_is_opened_once(runtimes: list[Runtime]) -> None:
    await queue_control.change(runtimes[0], HALL, "op", {"sale_opens_at": LATER})
    answers = await all_at_once(
        queue_control.open_now(runtimes[n % 2], HALL, f"op-{n}") for n in range(20)
    )
    assert tally(answers) == {"NoneType": 1, "SaleAlreadyOpen": 19}
    assert [line.action for line in await log(runtimes[0])] == ["set", "open-now"]


async def test_a_change_and_its_line_in_the_log_are_one(
    runtimes: list[Runtime], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(controls, "log", broken)
    with pytest.raises(asyncio.CancelledError):
        await queue_control.change(runtimes[0], HALL, "op", {"active_limit": 5})
    assert await own_values(runtimes[1]) == {}
    assert await count(database_url, "select count(*) from queue_actions") == 0
