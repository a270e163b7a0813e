"""Partial refunds of one order in parallel, and against its cancellation."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from helpers.cancelling import cancellable
from helpers.concerts import SEAT_PRICE
from helpers.fans import Fan
from helpers.paid_orders import bought
from helpers.reconcile import assert_reconciled, violations
from races.interleaving import ROW_LOCK, Pause, execute, overtake, several_runtimes, tally, without
from yemae.orders import orders
from yemae.payments import refunds
from yemae.runtime import Runtime
from yemae.sale.cancel import Cancelled
from yemae.sale.refund import Refunded, RefundWish, refund_order
from yemae.settings import Settings
from yemae.wallet import ledger

MOST = SEAT_PRICE - 1


@pytest.fixture
async def runtimes(settings: Settings) -> AsyncIterator[list[Runtime]]:
    """Two runtimes with the hall whose orders can be cancelled."""
    async with several_runtimes(settings, 2, cancellable()) as opened:
        yield opened


async def in_parallel(
    runtimes: list[Runtime],
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    keys: tuple[str | None, str | None] = (None, None),
) -> list[Any]:
    """Two operators refund most of an order; the first has decided and not written."""
    order = await bought(Fan(runtimes[0], "fan"), "1")
    pause = Pause(monkeypatch, refunds, "write")
    first, second = (
        refund_order(runtime, "op", RefundWish(order.id, MOST, None, key))
        for runtime, key in zip(runtimes, keys, strict=True)
    )
    return await overtake(database_url, pause, first, second)


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, ledger, "LOCK_WALLETS", ROW_LOCK)
    without(monkeypatch, orders, "LOCK_ORDERS", ROW_LOCK)


async def test_of_two_partial_refunds_the_second_finds_what_the_first_left(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    answers = await in_parallel(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Refunded": 1, "RefundExceedsPayment": 1}
    assert answers[1].left == 1
    await assert_reconciled(runtimes[0])


async def test_two_with_one_key_give_the_money_back_once(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    answers = await in_parallel(runtimes, monkeypatch, database_url, ("once", "once"))
    assert tally(answers) == {"Refunded": 2}
    assert answers[0].refund.id == answers[1].refund.id
    await assert_reconciled(runtimes[0])


async def test_control_without_the_locks_the_schema_refuses_the_second(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without_locks(monkeypatch)
    answers = await in_parallel(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Refunded": 1, "IntegrityConstraintViolation": 1}
    await assert_reconciled(runtimes[0])


async def test_control_without_the_locks_and_the_trigger_both_go_back(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without_locks(monkeypatch)
    await execute(database_url, "drop trigger refunded_at_most_what_was_paid on refunds")
    answers = await in_parallel(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Refunded": 2}
    assert "refunded_at_most_what_was_paid" in await violations(runtimes[0])


async def during_a_cancellation(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """A part is refunded while the fan cancels all; the refund has decided and not written."""
    fan = Fan(runtimes[1], "fan")
    order = await bought(fan, "1")
    pause = Pause(monkeypatch, refunds, "write")
    refund = refund_order(runtimes[0], "op", RefundWish(order.id, MOST))
    return await overtake(database_url, pause, refund, fan.cancel())


async def test_a_cancellation_gives_back_what_a_refund_before_it_has_left(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    refunded, cancelled = await during_a_cancellation(runtimes, monkeypatch, database_url)
    assert isinstance(refunded, Refunded)
    assert isinstance(cancelled, Cancelled)
    assert (refunded.amount, cancelled.refunds[0].amount) == (MOST, 1)
    await assert_reconciled(runtimes[0])


async def test_control_without_the_locks_they_would_give_back_more_than_was_paid(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without_locks(monkeypatch)
    answers = await during_a_cancellation(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Cancelled": 1, "IntegrityConstraintViolation": 1}
