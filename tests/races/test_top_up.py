"""One top-up key, many requests: credited once. One wallet, many top-ups: none is lost."""

import asyncio
from typing import Any

import psycopg
import pytest

from helpers.fans import Fan, carried_out
from helpers.reconcile import assert_reconciled, violations
from races.interleaving import (
    DEADLINE_S,
    ROW_LOCK,
    Pause,
    all_at_once,
    count,
    execute,
    overtake,
    tally,
    without,
)
from yemae.accounts import users
from yemae.runtime import Runtime
from yemae.sale import top_up
from yemae.sale.batches import Batches
from yemae.wallet import ledger
from yemae.wallet.decide import TopUpRequest, Transfer

AMOUNT = 10_000
BALANCE = "select balance from wallets where user_id = 'fan'"
CREDITS = "select count(*) from transfers where kind = 'top_up'"
EXPLAINED = "balance_is_sum_of_transfers"


async def test_a_top_up_that_is_sent_many_times_to_two_processes_is_credited_once(
    runtimes: list[Runtime], desks: list[Batches], database_url: str
) -> None:
    request = TopUpRequest("fan", AMOUNT, "once")
    answers = await all_at_once(desks[n % 2].top_up.submit(request) for n in range(100))
    assert tally(answers) == {"Transfer": 100}
    assert all(answer == answers[0] for answer in answers)
    assert await count(database_url, BALANCE) == AMOUNT
    assert await count(database_url, CREDITS) == 1
    await assert_reconciled(runtimes[0])


async def test_of_two_amounts_under_one_key_one_is_credited_and_the_other_refused(
    runtimes: list[Runtime], desks: list[Batches], database_url: str
) -> None:
    amounts = (AMOUNT, 2 * AMOUNT)
    answers = await all_at_once(
        desks[n // 2 % 2].top_up.submit(TopUpRequest("fan", amounts[n % 2], "once"))
        for n in range(40)
    )
    assert tally(answers) == {"Transfer": 20, "IdempotencyConflict": 20}
    credited = {answer.amount for answer in answers if isinstance(answer, Transfer)}
    assert credited == {await count(database_url, BALANCE)}
    await assert_reconciled(runtimes[0])


async def test_many_top_ups_of_one_wallet_in_two_processes_all_count(
    runtimes: list[Runtime], desks: list[Batches], database_url: str
) -> None:
    answers = await all_at_once(
        desks[n % 2].top_up.submit(TopUpRequest("fan", AMOUNT, f"key-{n}")) for n in range(100)
    )
    assert tally(answers) == {"Transfer": 100}
    assert {answer.balance_after for answer in answers} == {AMOUNT * (n + 1) for n in range(100)}
    assert await count(database_url, BALANCE) == 100 * AMOUNT
    await assert_reconciled(runtimes[0])


@pytest.mark.parametrize("known", [False, True], ids=["new users", "users without a wallet"])
async def test_first_top_ups_of_the_same_fans_in_opposite_orders_do_not_block_each_other(
    runtimes: list[Runtime], database_url: str, *, known: bool
) -> None:
    for round_number in range(10):
        fans = [f"fan-{round_number}-{n}" for n in range(40)]
        if known:
            async with runtimes[0].postgres.transaction() as tx:
                await users.ensure_users(tx, fans)
        requests = [TopUpRequest(fan, AMOUNT, "key") for fan in fans]
        async with asyncio.timeout(DEADLINE_S):
            one, other = await asyncio.gather(
                carried_out(top_up.top_up(runtimes[0], requests)),
                carried_out(top_up.top_up(runtimes[1], requests[::-1])),
            )
        assert one == other[::-1]
    assert await count(database_url, CREDITS) == 400
    await assert_reconciled(runtimes[0])


# --- Two requests, with fewer and fewer guards -------------------------------------------------


async def two_top_ups(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str, *keys: str
) -> list[Any]:
    """The second request comes when the first has decided and not yet written."""
    here, there = Fan(runtimes[0], "fan"), Fan(runtimes[1], "fan")
    await here.top_up(AMOUNT, "earlier")
    pause = Pause(monkeypatch, ledger, "append")
    return await overtake(
        database_url, pause, here.top_up(AMOUNT, keys[0]), there.top_up(AMOUNT, keys[-1])
    )


async def test_the_second_request_waits_and_repeats_the_first(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    first, second = await two_top_ups(runtimes, monkeypatch, database_url, "once")
    assert isinstance(first, Transfer)
    assert first == second
    assert await count(database_url, BALANCE) == 2 * AMOUNT
    await assert_reconciled(runtimes[0])


async def test_control_without_the_lock_of_the_wallet_the_unique_index_refuses_the_key(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, ledger, "LOCK_WALLETS", ROW_LOCK)
    first, second = await two_top_ups(runtimes, monkeypatch, database_url, "once")
    assert isinstance(first, psycopg.errors.UniqueViolation)
    assert first.diag.constraint_name == "top_up_credited_once"
    assert isinstance(second, Transfer)
    await assert_reconciled(runtimes[0])


async def test_control_without_lock_and_index_the_key_is_credited_twice(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, ledger, "LOCK_WALLETS", ROW_LOCK)
    await execute(database_url, "drop index top_up_credited_once")
    answers = await two_top_ups(runtimes, monkeypatch, database_url, "once")
    assert tally(answers) == {"Transfer": 2}
    assert await count(database_url, CREDITS) == 3
    assert EXPLAINED in await violations(runtimes[0])


async def test_two_top_ups_of_one_wallet_take_turns(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    answers = await two_top_ups(runtimes, monkeypatch, database_url, "this", "that")
    assert [answer.balance_after for answer in answers] == [2 * AMOUNT, 3 * AMOUNT]
    await assert_reconciled(runtimes[0])


async def test_control_without_the_lock_of_the_wallet_a_top_up_is_lost(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, ledger, "LOCK_WALLETS", ROW_LOCK)
    answers = await two_top_ups(runtimes, monkeypatch, database_url, "this", "that")
    assert [answer.balance_after for answer in answers] == [2 * AMOUNT, 2 * AMOUNT]
    assert EXPLAINED in await violations(runtimes[0])
