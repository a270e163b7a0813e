"""The beginning of a checkout: one for each key, for the fan's own held order."""

import pytest

from helpers.bank import Bank
from helpers.checkouts import Payer
from yemae.base import tallies
from yemae.payments.providers import provider_of
from yemae.refusals import (
    CheckoutNotFound,
    IdempotencyConflict,
    OrderNotFound,
    PaymentDeclined,
    PaymentMethodClosed,
    ProviderUnavailable,
    TopUpClosed,
)
from yemae.runtime import Runtime
from yemae.sale.batches import Batches
from yemae.sale.checkout import Receipt, WantedCheckout, begin_checkout
from yemae.sale.decide_checkouts import IN_DOUBT_MAX

MINUTE_S = 60.0
DOUBT_S = IN_DOUBT_MAX.total_seconds()


async def test_a_key_begins_one_checkout(payer: Payer, bank: Bank) -> None:
    assert bank
    first, second = await payer.hold_inside("1"), await payer.hold("2")
    begun = await payer.begin(first, "once")
    again = await payer.begin(first, "once")
    assert (begun.id, begun.redirect_url) == (again.id, again.redirect_url)
    with pytest.raises(IdempotencyConflict):
        await payer.begin(second, "once")


async def test_an_order_for_which_a_payment_is_begun_again_is_counted_once(
    payer: Payer, bank: Bank
) -> None:
    order = await payer.hold_inside("1")
    tallies.take()
    for key in ("first", "first", "second"):
        checkout = await payer.begin(order, key)
        await bank.choose(checkout.id, "decline", "not-enough-funds")
        with pytest.raises(PaymentDeclined):
            await payer.confirm(checkout.id)
    assert tallies.take()[order.concert_id]["payments_begun"] == 1


async def test_a_bank_that_is_away_at_the_beginning_costs_a_repeat_with_the_same_key(
    runtime: Runtime, batches: Batches, bank_port: Bank
) -> None:
    payer = Payer(runtime, batches)
    order = await payer.hold_inside("1")
    bank = Bank()
    bank.close()
    settings = runtime.settings.replace(port=bank.port)
    away, there = provider_of(settings), runtime.provider
    object.__setattr__(runtime, "provider", away)
    with pytest.raises(ProviderUnavailable):
        await payer.begin(order, "once")
    object.__setattr__(runtime, "provider", there)
    assert away is not None
    await away.close()
    async with bank_port.serve(runtime):
        checkout = await payer.begin(order, "once")
        await bank_port.choose(checkout.id)
        assert isinstance(await payer.confirm(checkout.id), Receipt)


async def test_another_fan_sees_and_pays_nothing_of_it(payer: Payer, bank: Bank) -> None:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id)
    other = Payer(payer.runtime, payer.batches, "other")
    await other.enter()
    with pytest.raises(OrderNotFound):
        await other.begin(order)
    with pytest.raises(CheckoutNotFound):
        await other.confirm(checkout.id)


async def test_an_unknown_method_is_closed(payer: Payer, bank: Bank) -> None:
    assert bank
    order = await payer.hold_inside("1")
    with pytest.raises(PaymentMethodClosed):
        await begin_checkout(
            payer.runtime,
            payer.batches,
            payer._entered(None),
            order.id,
            WantedCheckout("coins", "/", None),
        )


async def test_top_ups_by_card_are_closed_where_they_are_free(payer: Payer, bank: Bank) -> None:
    assert bank
    with pytest.raises(TopUpClosed):
        await payer.begin_top_up(10_000)
