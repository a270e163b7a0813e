"""Refunds at Stripe: asked for once, also when keys are forgotten, and those of the dashboard."""

import time
from uuid import uuid4

import pytest

from helpers.checkouts import Payer
from helpers.concerts import SEAT_PRICE
from helpers.reconcile import assert_reconciled
from helpers.stripe_double import KEYS, WEBHOOK_SECRET, StripeDouble
from yemae.payments.checkout import Checkout
from yemae.payments.provider import GivenBackState, SignatureError, UnclearError
from yemae.payments.providers.stripe import KEY_S, StripeProvider, keys_of
from yemae.payments.providers.stripe_calls import read_event
from yemae.payments.refunds import to_wallet
from yemae.sale.ask_provider import give_back
from yemae.sale.checkout import Receipt, own_checkout
from yemae.sale.heed_webhook import heed_webhook
from yemae.settings import Settings


async def paid(payer: Payer, stripe: StripeDouble) -> tuple[StripeProvider, Checkout]:
    checkout = await payer.begin(await payer.hold_inside("1"))
    stripe.pay(checkout.id)
    assert isinstance(await payer.confirm(checkout.id), Receipt)
    assert isinstance(payer.runtime.provider, StripeProvider)
    return payer.runtime.provider, await own_checkout(payer.runtime, payer.user_id, checkout.id)


async def test_a_refund_is_made_once_for_its_key(stripe_payer: Payer, stripe: StripeDouble) -> None:
    provider, checkout = await paid(stripe_payer, stripe)
    key = uuid4()
    first = await provider.refund(checkout.charge, 1_000, key)
    assert first == await provider.refund(checkout.charge, 1_000, key)
    assert (first.key, first.amount, first.state) == (key, 1_000, "settled")
    assert await provider.refunds(checkout.charge) == [first]


async def test_what_was_asked_before_is_found_when_stripe_has_forgotten_the_key(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    provider, checkout = await paid(stripe_payer, stripe)
    now = stripe_payer.runtime.now()
    refund = to_wallet(uuid4(), uuid4(), 1_000, now, by="op", reason=None)
    stripe.fail("lose_answer", "POST /v1/refunds")
    with pytest.raises(UnclearError):
        await give_back(provider, checkout.charge, refund._replace(attempts=1))
    stripe.forget_keys()
    known = await give_back(provider, checkout.charge, refund._replace(attempts=2))
    assert (known.key, known.state) == (refund.id, "settled")
    assert stripe.called("POST /v1/refunds") == 1


@pytest.mark.parametrize(
    ("code", "state"), [("balance_insufficient", "no_funds"), ("charge_disputed", "declined")]
)
async def test_a_refund_that_stripe_refuses_says_why(
    stripe_payer: Payer, stripe: StripeDouble, code: str, state: GivenBackState
) -> None:
    provider, checkout = await paid(stripe_payer, stripe)
    error = {"type": "invalid_request_error", "code": code, "message": "no"}
    stripe.fail("refuse", "POST /v1/refunds", 400, error=error)
    back = await provider.refund(checkout.charge, 1_000, uuid4())
    assert (back.state, back.reason) == (state, code)


@pytest.mark.parametrize(
    ("status", "state"), [("pending", "accepted"), ("failed", "declined"), ("canceled", "declined")]
)
async def test_the_states_of_a_refund(
    stripe_payer: Payer, stripe: StripeDouble, status: str, state: GivenBackState
) -> None:
    provider, checkout = await paid(stripe_payer, stripe)
    stripe.refund_status = status
    assert (await provider.refund(checkout.charge, 1_000, uuid4())).state == state


async def test_more_than_was_captured_is_declined(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    provider, checkout = await paid(stripe_payer, stripe)
    back = await provider.refund(checkout.charge, SEAT_PRICE + 1, uuid4())
    assert back.state == "declined"


async def test_a_refund_of_the_dashboard_is_recorded_by_its_webhook(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    _, checkout = await paid(stripe_payer, stripe)
    stripe.refund_in_dashboard(checkout.id, 2_000)
    sent = stripe.event("refund.created", {"payment_intent": stripe.intent_of(checkout.id)["id"]})
    for _ in range(2):
        await heed_webhook(stripe_payer.runtime, "stripe", *sent)
    async with stripe_payer.runtime.postgres.transaction() as tx:
        rows = await tx.fetch(b"select amount, requested_by, state from refunds")
    assert rows == [(2_000, "stripe:dashboard", "settled")]
    await assert_reconciled(stripe_payer.runtime)


async def test_a_charge_without_a_session_has_no_refunds(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    provider, checkout = await paid(stripe_payer, stripe)
    unknown = checkout.charge._replace(reference=None)
    assert await provider.refunds(unknown) == []
    with pytest.raises(UnclearError):
        await provider.refund(unknown, 1, uuid4())
    gone = checkout.charge._replace(reference="cs_gone")
    assert (await provider.look_up(gone)).state == "unknown"
    assert (await provider.cancel(gone, "key")).state == "unknown"
    assert stripe.made == []


async def test_what_stripe_could_not_give_back_is_given_back_once_it_can(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    _, checkout = await paid(stripe_payer, stripe)
    now = 0.0
    keys = keys_of(Settings().replace(payment_provider="stripe", payment_keys=KEYS))
    provider, stripe.has_funds = StripeProvider(keys, stripe.url, clock=lambda: now), False
    with pytest.raises(UnclearError, match="balance_insufficient"):
        await provider.cancel(checkout.charge, f"{checkout.id}:all")
    stripe.has_funds, now = True, KEY_S + 1.0
    for _ in range(2):
        found = await provider.cancel(checkout.charge, f"{checkout.id}:all")
        assert (found.state, found.refunded) == ("cancelled", SEAT_PRICE)
    assert len(stripe.made) == 1
    await provider.close()


async def test_a_refund_is_looked_for_by_its_name_when_its_key_is_another(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    _, checkout = await paid(stripe_payer, stripe)
    now = 0.0
    keys = keys_of(Settings().replace(payment_provider="stripe", payment_keys=KEYS))
    provider, key = StripeProvider(keys, stripe.url, clock=lambda: now), uuid4()
    first = await provider.refund(checkout.charge, 1_000, key)
    now = KEY_S + 1.0
    assert await provider.refund(checkout.charge, 1_000, key) == first
    assert len(stripe.made) == 1
    await provider.close()


async def test_a_page_is_made_though_stripe_failed_at_first(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    stripe.fails_once = True
    checkout = await stripe_payer.begin(await stripe_payer.hold_inside("1"))
    assert checkout.redirect_url is not None
    assert len(stripe.sessions) == 1


def test_a_signature_that_is_no_text_of_ascii_is_refused() -> None:
    with pytest.raises(SignatureError):
        read_event(b"{}", f"t={int(time.time())},v1=\xe9", (WEBHOOK_SECRET,))
