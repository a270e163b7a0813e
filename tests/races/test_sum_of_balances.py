"""All balances together stay within their limit, in all processes; what fits is credited."""

from typing import Any

import pytest

from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from races.interleaving import ROW_LOCK, Pause, all_at_once, count, overtake, tally, without
from yemae.refusals import TopUpClosed
from yemae.runtime import Runtime
from yemae.sale.batches import Batches
from yemae.settings import Settings
from yemae.wallet import room
from yemae.wallet.decide import TopUpRequest, Transfer

AMOUNT = 10_000
SUM = "select coalesce(sum(balance), 0) from wallets"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Room for ten top-ups."""
    return settings.replace(wallets_sum_max=10 * AMOUNT)


async def test_of_many_top_ups_in_two_processes_as_many_are_credited_as_fit(
    runtimes: list[Runtime], desks: list[Batches], database_url: str
) -> None:
    answers = await all_at_once(
        desks[n % 2].top_up.submit(TopUpRequest(f"fan-{n}", AMOUNT, "key")) for n in range(40)
    )
    assert tally(answers) == {"Transfer": 10, "TopUpClosed": 30}
    assert await count(database_url, SUM) == 10 * AMOUNT
    await assert_reconciled(runtimes[0])


async def test_a_repeat_of_a_credited_top_up_takes_no_room(runtimes: list[Runtime]) -> None:
    fan = Fan(runtimes[0], "fan")
    first = await fan.top_up(10 * AMOUNT, "once")
    assert await fan.top_up(10 * AMOUNT, "once") == first
    with pytest.raises(TopUpClosed):
        await fan.top_up(1, "more")


async def test_what_was_spent_makes_room_at_the_next_count(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "COUNT_AGAIN", room.COUNT_AGAIN * 0)
    here = runtimes[0]
    fan = Fan(here, "fan")
    await fan.top_up(10 * AMOUNT, "all")
    await fan.hold("1")
    await fan.pay()
    other = Fan(here, "other")
    assert isinstance(await other.top_up(5 * AMOUNT, "key"), Transfer)
    with pytest.raises(TopUpClosed):
        await other.top_up(1, "more")


async def test_another_limit_is_counted_anew(runtimes: list[Runtime], settings: Settings) -> None:
    await Fan(runtimes[0], "fan").top_up(10 * AMOUNT, "all")
    sale = settings.replace(wallets_sum_max=11 * AMOUNT)
    object.__setattr__(runtimes[1], "settings", sale)
    there = Fan(runtimes[1], "other")
    await there.top_up(AMOUNT, "key")
    with pytest.raises(TopUpClosed):
        await there.top_up(1, "more")


async def two_at_the_limit(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """Each wants all the room; the second comes when the first has locked it and not written."""
    pause = Pause(monkeypatch, room, "leave_room")
    return await overtake(
        database_url,
        pause,
        Fan(runtimes[0], "here").top_up(10 * AMOUNT),
        Fan(runtimes[1], "there").top_up(10 * AMOUNT),
    )


async def test_the_second_top_up_waits_for_the_count_of_the_first(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    answers = await two_at_the_limit(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Transfer": 1, "TopUpClosed": 1}
    assert await count(database_url, SUM) == 10 * AMOUNT


async def test_control_without_the_lock_of_the_room_both_are_credited(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, room, "LOCK_ROOM", ROW_LOCK)
    answers = await two_at_the_limit(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Transfer": 2}
    assert await count(database_url, SUM) == 20 * AMOUNT


async def test_two_batches_take_from_two_parts(runtimes: list[Runtime]) -> None:
    """Neither waits for the other: each part is locked by one of them."""
    await Fan(runtimes[0], "fan").top_up(2 * AMOUNT)
    limit = runtimes[0].settings.sale.wallets_sum_max
    async with (
        runtimes[0].postgres.transaction() as here,
        runtimes[1].postgres.transaction() as there,
    ):
        taken = [await room.take_room(tx, AMOUNT, limit, wait=False) for tx in (here, there)]
    assert [each.amount for each in taken] == [AMOUNT, AMOUNT]
