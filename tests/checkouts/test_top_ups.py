"""Top-ups by card: the same machine, with the wallet in place of an order."""

import pytest

from helpers.bank import Bank, entry_of
from helpers.checkouts import Payer
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.accounts.access import Identity
from yemae.jobs.look_up_checkouts import look_up_checkouts
from yemae.payments import checkouts
from yemae.payments.checkout import Checkout
from yemae.payments.providers import provider_of
from yemae.refusals import IdempotencyConflict, InvalidRequest, ProviderUnavailable, TopUpClosed
from yemae.runtime import Runtime
from yemae.sale.account_deletion import delete_account
from yemae.sale.batches import Batches
from yemae.sale.checkout import Receipt, own_checkout
from yemae.sale.decide_checkouts import IN_DOUBT_MAX
from yemae.sale.settle import settle_checkout
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


async def test_one_that_the_bank_never_heard_of_is_in_doubt_no_longer_than_its_cap(
    runtime: Runtime, batches: Batches, bank_port: Bank
) -> None:
    payer, nowhere = Payer(runtime, batches), Bank()
    nowhere.close()
    there = runtime.provider
    away = provider_of(runtime.settings.replace(port=nowhere.port))
    assert away is not None
    object.__setattr__(runtime, "provider", away)
    with pytest.raises(ProviderUnavailable):
        await payer.begin_top_up(10_000, "once")
    async with runtime.postgres.transaction() as tx:
        begun = await checkouts.by_key(tx, payer.user_id, "once")
    assert begun is not None
    doubtful = await payer.confirm(begun.id)
    assert isinstance(doubtful, Checkout)
    assert doubtful.state == "in_doubt"
    object.__setattr__(runtime, "provider", there)
    await away.close()
    async with bank_port.serve(runtime):
        assert (await settle_checkout(runtime, begun.id)).state == "in_doubt"
        travel(runtime, IN_DOUBT_MAX.total_seconds() + 1)
        assert await look_up_checkouts(runtime) == 1
    assert (await own_checkout(runtime, payer.user_id, begun.id)).state == "cancelled"
    await assert_reconciled(runtime)


async def test_an_account_is_not_deleted_while_its_top_up_may_still_be_paid(
    payer: Payer, bank: Bank
) -> None:
    checkout = await payer.begin_top_up(30_000)
    await bank.choose(checkout.id, "decline")
    with pytest.raises(InvalidRequest) as refused:
        await delete(payer)
    assert [error.field for error in refused.value.errors] == ["checkouts"]
    await settle_checkout(payer.runtime, checkout.id)
    await delete(payer)


async def delete(payer: Payer) -> None:
    issued_s = payer.runtime.now().timestamp()
    await delete_account(
        payer.runtime, Identity(payer.user_id), issued_s, password=None, address="x"
    )
