"""Refunds that others make or undo: the provider's dashboard, the card's bank, a move."""

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest

from helpers.bank import (
    Bank,
    entry_of,
    fail_at_the_bank,
    refund_at_the_bank,
    unreachable,
    webhook,
)
from helpers.card_refunds import balance, bought, cancel, refunds_of, waiting
from helpers.checkouts import Payer
from helpers.concerts import SEAT_PRICE
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from races.interleaving import all_at_once, execute
from yemae.jobs.send_refunds import send_refunds
from yemae.payments import refunds
from yemae.refusals import ProviderUnavailable
from yemae.runtime import Runtime
from yemae.sale.heed_webhook import heed_webhook
from yemae.sale.move import MoveWish, move_order


async def test_a_refund_of_the_bank_s_dashboard_is_recorded_and_cancels_nothing(
    payer: Payer, bank: Bank
) -> None:
    order, checkout = await bought(payer, bank, "1", "2")
    await refund_at_the_bank(payer.runtime, checkout.id, 10_000, "by hand")
    for _ in range(2):
        await heed_webhook(payer.runtime, "test", *webhook(payer.runtime, checkout.id))
    (refund,) = await refunds_of(payer.runtime, order)
    assert (refund.amount, refund.state, refund.cancellation_id) == (10_000, "settled", None)
    assert refund.requested_by == "test:dashboard"
    assert await payer.status(order) == "paid"
    await assert_reconciled(payer.runtime)
    done = await cancel(payer.runtime, order)
    assert done.refunds[0].amount == 2 * SEAT_PRICE - 10_000


async def test_a_webhook_while_the_bank_is_away_is_sent_again(payer: Payer, bank: Bank) -> None:
    _, checkout = await bought(payer, bank, "1")
    async with unreachable(payer.runtime):
        with pytest.raises(ProviderUnavailable):
            await heed_webhook(payer.runtime, "test", *webhook(payer.runtime, checkout.id))


async def test_cancelling_while_a_webhook_tells_of_a_refund_keeps_the_books(
    payer: Payer, bank: Bank, runtimes: list[Runtime]
) -> None:
    order, checkout = await bought(payer, bank, "1", "2")
    await refund_at_the_bank(payer.runtime, checkout.id, SEAT_PRICE, "by hand")
    hint = webhook(payer.runtime, checkout.id)
    works: list[Coroutine[Any, Any, object]] = [
        cancel(runtimes[0], order),
        heed_webhook(runtimes[1], "test", *hint),
        send_refunds(runtimes[1]),
        heed_webhook(runtimes[0], "test", *hint),
    ]
    assert all(not isinstance(answer, Exception) for answer in await all_at_once(works))
    await assert_reconciled(payer.runtime)
    for _ in range(2):
        await send_refunds(payer.runtime)
        await heed_webhook(payer.runtime, "test", *hint)
    entry = await entry_of(payer.runtime, checkout.id)
    made = await refunds_of(payer.runtime, order)
    assert refunds.taken(made) == entry.refunded
    assert "test:dashboard" in {each.requested_by for each in made}
    await assert_reconciled(payer.runtime)


async def test_a_refund_that_fails_after_it_was_paid_out_waits_for_an_operator(
    payer: Payer, bank: Bank
) -> None:
    order, checkout = await bought(payer, bank, "1")
    await cancel(payer.runtime, order)
    await send_refunds(payer.runtime)
    await fail_at_the_bank(payer.runtime, checkout.id)
    await heed_webhook(payer.runtime, "test", *webhook(payer.runtime, checkout.id))
    (refund,) = await refunds_of(payer.runtime, order)
    assert (refund.state, refund.settled_at, refund.failure) == ("declined", None, "returned")
    assert await waiting(payer.runtime) == [refund.id]
    await assert_reconciled(payer.runtime)


async def test_the_server_of_another_provider_leaves_a_refund_for_an_operator(
    payer: Payer, bank: Bank
) -> None:
    order, _ = await bought(payer, bank, "1")
    await cancel(payer.runtime, order)
    assert payer.runtime.provider is not None
    payer.runtime.provider.name = "another"
    try:
        assert await send_refunds(payer.runtime) == 0
        travel(payer.runtime, timedelta(hours=2).total_seconds())
        assert len(await waiting(payer.runtime)) == 1
    finally:
        payer.runtime.provider.name = "test"


async def test_an_order_that_moves_to_cheaper_seats_gives_the_difference_to_the_card(
    payer: Payer, bank: Bank
) -> None:
    order, checkout = await bought(payer, bank, "1")
    cheaper = "update seats set price = 20000 where number = '7'"
    await execute(payer.runtime.settings.stores.database_url, cheaper)
    await move_order(payer.runtime, "op", MoveWish(order.id, ["7"], pricing="new"))
    (refund,) = await refunds_of(payer.runtime, order)
    assert (refund.amount, refund.destination) == (SEAT_PRICE - 20_000, "checkout")
    assert await balance(payer) == 0
    await send_refunds(payer.runtime)
    assert (await entry_of(payer.runtime, checkout.id)).refunded == SEAT_PRICE - 20_000
    await assert_reconciled(payer.runtime)
