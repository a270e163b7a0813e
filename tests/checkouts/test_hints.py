"""Returns that got lost, webhooks, and the job that looks checkouts up."""

import pytest

from helpers.bank import Bank, entry_of, webhook
from helpers.checkouts import Payer
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.jobs.look_up_checkouts import look_up_checkouts
from yemae.payments.checkout import Checkout
from yemae.refusals import (
    ProviderUnavailable,
    WebhookInvalid,
)
from yemae.sale.checkout import Receipt, own_checkout
from yemae.sale.decide_checkouts import IN_DOUBT_MAX
from yemae.sale.heed_webhook import heed_webhook

MINUTE_S = 60.0
DOUBT_S = IN_DOUBT_MAX.total_seconds()


async def state(payer: Payer, checkout: Checkout) -> str:
    return (await own_checkout(payer.runtime, payer.user_id, checkout.id)).state


async def test_a_return_that_got_lost_is_found_by_the_job(payer: Payer, bank: Bank) -> None:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id, "webhook_only")
    assert await look_up_checkouts(payer.runtime) == 0
    travel(payer.runtime, MINUTE_S + 1)
    assert await look_up_checkouts(payer.runtime) == 1
    assert await payer.status(order) == "paid"


async def test_a_fan_at_the_payment_page_is_left_alone_by_the_job(payer: Payer, bank: Bank) -> None:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    travel(payer.runtime, MINUTE_S + 1)
    assert await look_up_checkouts(payer.runtime) == 1
    assert await state(payer, checkout) == "pending"
    assert (await entry_of(payer.runtime, checkout.id)).state == "open"
    await bank.choose(checkout.id)
    assert isinstance(await payer.confirm(checkout.id), Receipt)


async def test_a_webhook_sells_without_the_fan(payer: Payer, bank: Bank) -> None:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id, "webhook_only")
    for _ in range(2):
        await heed_webhook(payer.runtime, "test", *webhook(payer.runtime, checkout.id))
    assert await payer.status(order) == "paid"
    assert (await entry_of(payer.runtime, checkout.id)).confirms == 1
    await assert_reconciled(payer.runtime)


async def test_a_webhook_is_a_hint_and_proves_no_payment(payer: Payer, bank: Bank) -> None:
    assert bank
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await heed_webhook(payer.runtime, "test", *webhook(payer.runtime, checkout.id))
    assert await payer.status(order) == "held"
    await heed_webhook(payer.runtime, "test", *webhook(payer.runtime, order.id))


async def test_a_forged_webhook_is_refused_before_anything_is_looked_up(
    payer: Payer, bank: Bank
) -> None:
    checkout = await payer.begin(await payer.hold_inside("1"))
    await bank.choose(checkout.id)
    headers, body = webhook(payer.runtime, checkout.id)
    for forged in ({}, dict.fromkeys(headers, "0" * 64)):
        with pytest.raises(WebhookInvalid):
            await heed_webhook(payer.runtime, "test", forged, body)
    with pytest.raises(WebhookInvalid):
        await heed_webhook(payer.runtime, "test", headers, body + b" ")
    assert (await entry_of(payer.runtime, checkout.id)).confirms == 0


async def test_a_webhook_is_answered_badly_while_the_payment_is_in_doubt(
    payer: Payer, bank: Bank
) -> None:
    checkout = await payer.begin(await payer.hold_inside("1"))
    await bank.choose(checkout.id, "late")
    with pytest.raises(ProviderUnavailable):
        await heed_webhook(payer.runtime, "test", *webhook(payer.runtime, checkout.id))
    await heed_webhook(payer.runtime, "test", *webhook(payer.runtime, checkout.id))
    assert await state(payer, checkout) == "captured"
