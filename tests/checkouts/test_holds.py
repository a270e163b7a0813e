"""How a card payment keeps the hold of its order, and gives it back."""

import pytest

from helpers.bank import Bank, entry_of, impatient
from helpers.checkouts import Payer
from helpers.concerts import FIRST
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from helpers.watches import taken
from yemae.jobs.look_up_checkouts import look_up_checkouts
from yemae.refusals import PaymentDeclined
from yemae.runtime import Runtime
from yemae.sale.batches import Batches
from yemae.sale.checkout import own_checkout


async def test_seats_in_doubt_are_shown_as_taken_past_the_end_of_their_hold(
    payer: Payer, bank: Bank
) -> None:
    runtime = payer.runtime
    checkout = await payer.begin(await payer.hold_inside("1"))
    watch = await runtime.availability.watch(runtime.catalogue.performance(FIRST))
    await bank.choose(checkout.id, "time_out")
    await impatient(runtime, bank, checkout.id)
    travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
    watch.taken.pass_time(runtime.availability.now_s())
    assert taken(watch) == {"1"}


async def test_a_wallet_payment_of_another_order_of_the_pass_makes_the_charge_void(
    payer: Payer, bank: Bank
) -> None:
    """A pass ends with its first payment."""
    first, second = await payer.hold_inside("1"), await payer.hold("2")
    checkout = await payer.begin(first)
    await bank.choose(checkout.id)
    await payer.top_up()
    await payer.pay(second.id)
    with pytest.raises(PaymentDeclined):
        await payer.confirm(checkout.id)
    entry = await entry_of(payer.runtime, checkout.id)
    assert (entry.state, entry.captured) == ("cancelled", 0)
    await assert_reconciled(payer.runtime)


async def test_a_page_that_was_left_is_in_no_doubt_while_the_bank_is_away(
    runtime: Runtime, batches: Batches, bank_port: Bank
) -> None:
    payer = Payer(runtime, batches)
    async with bank_port.serve(runtime):
        checkout = await payer.begin(await payer.hold_inside("1"))
    travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
    assert await look_up_checkouts(runtime) == 1
    after = await own_checkout(runtime, payer.user_id, checkout.id)
    assert (after.state, after.attempts, after.handed_over_at) == ("pending", 1, None)
    assert (after.lease_until, after.hold_ends_at, after.busy_until) == (None, None, None)
