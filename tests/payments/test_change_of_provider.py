"""A server that gets another provider: what began at the one before is asked about at no other."""

import pytest

from helpers.checkouts import Payer
from helpers.portone_double import PortOneDouble
from helpers.reconcile import assert_reconciled
from helpers.stripe_double import KEYS, StripeDouble
from helpers.time_travel import travel
from payments.conftest import CALL_S, using
from yemae.jobs.look_up_checkouts import look_up_checkouts
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Provider
from yemae.payments.providers import stripe as stripe_provider
from yemae.payments.providers.stripe import StripeProvider
from yemae.refusals import CheckoutNotFound, PaymentMethodClosed, ProviderUnavailable
from yemae.sale.checkout import Receipt
from yemae.sale.settle import look_up_checkout
from yemae.settings import Settings


def stripe_at(stripe: StripeDouble) -> Provider:
    settings = Settings().replace(payment_provider="stripe", payment_keys=KEYS)
    return StripeProvider(stripe_provider.keys_of(settings), stripe.url, CALL_S)


async def test_a_charge_of_the_provider_before_waits_and_is_not_said_to_be_void(
    portone_payer: Payer, portone: PortOneDouble, stripe: StripeDouble
) -> None:
    runtime = portone_payer.runtime
    checkout = await portone_payer.begin(await portone_payer.hold_inside("1"))
    portone.pay(checkout.id)
    async with using(runtime, stripe_at(stripe)):
        found = await portone_payer.confirm(checkout.id)
        assert isinstance(found, Checkout)
        assert (found.state, found.lease_until) == ("pending", None)
        travel(runtime, 61)
        assert await look_up_checkouts(runtime) == 0
        with pytest.raises(CheckoutNotFound):
            await look_up_checkout(runtime, checkout.id)
        assert stripe.called("") == 0
    assert isinstance(await portone_payer.confirm(checkout.id), Receipt)
    await assert_reconciled(runtime)


async def test_a_checkout_that_was_to_begin_at_the_provider_before_begins_at_no_other(
    portone_payer: Payer, portone: PortOneDouble, stripe: StripeDouble
) -> None:
    runtime = portone_payer.runtime
    order = await portone_payer.hold_inside("1")
    portone.fail("refuse", "pre-register")
    with pytest.raises(ProviderUnavailable):
        await portone_payer.begin(order, "once")
    async with using(runtime, stripe_at(stripe)):
        with pytest.raises(PaymentMethodClosed):
            await portone_payer.begin(order, "once")
        assert stripe.called("") == 0
        assert isinstance(await portone_payer.begin(order, "another"), Checkout)
