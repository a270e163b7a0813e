"""Top-ups by card: the same machine, with the wallet in place of an order."""

import pytest

from helpers.bank import Bank, entry_of
from helpers.checkouts import Payer
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.jobs.look_up_checkouts import look_up_checkouts
from yemae.refusals import IdempotencyConflict, TopUpClosed
from yemae.sale.checkout import Receipt, own_checkout
from yemae.sale.decide_checkouts import IN_DOUBT_MAX
from yemae.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a limit for all balances."""
    return settings.replace(top_ups="card", wallets_sum_max=50_000)


async def test_it_is_credited_once(payer: Payer, bank: Bank) -> None:
    checkout = await payer.begin_top_up(30_000)
    await bank.choose(checkout.id, "lose_answer")
    await payer.confirm(checkout.id)
    receipts = [await payer.confirm(checkout.id) for _ in range(2)]
    for receipt in receipts:
        assert isinstance(receipt, Receipt)
        assert receipt.paid is None
        assert receipt.transfer.balance_after == 30_000
    assert (await entry_of(payer.runtime, checkout.id)).captured == 30_000
    await assert_reconciled(payer.runtime)


async def test_more_than_all_balances_may_be_is_refused_before_it_is_paid(
    payer: Payer, bank: Bank
) -> None:
    assert bank
    with pytest.raises(TopUpClosed):
        await payer.begin_top_up(50_001)


async def test_a_key_with_another_amount_is_a_conflict(payer: Payer, bank: Bank) -> None:
    assert bank
    begun = await payer.begin_top_up(10_000)
    assert (await payer.begin_top_up(10_000)).id == begun.id
    with pytest.raises(IdempotencyConflict):
        await payer.begin_top_up(20_000)


async def test_one_that_was_not_paid_in_its_time_is_void(payer: Payer, bank: Bank) -> None:
    checkout = await payer.begin_top_up(10_000)
    travel(payer.runtime, IN_DOUBT_MAX.total_seconds() + 1)
    await look_up_checkouts(payer.runtime)
    kept = await own_checkout(payer.runtime, payer.user_id, checkout.id)
    assert kept.state == "cancelled"
    await bank.choose(checkout.id)
    assert (await entry_of(payer.runtime, checkout.id)).state == "cancelled"
