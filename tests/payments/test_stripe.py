"""Stripe's own SDK against a double of its API: what is captured, and what gives a ticket."""

import logging
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from helpers.checkouts import Payer
from helpers.concerts import SEAT_PRICE
from helpers.reconcile import assert_reconciled
from helpers.stripe_double import KEY, WEBHOOK_SECRET, StripeDouble
from helpers.time_travel import travel
from yemae.jobs.look_up_checkouts import look_up_checkouts
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Charge, Provider, UnclearError
from yemae.refusals import PaymentDeclined, ProviderUnavailable, WebhookInvalid
from yemae.sale.checkout import Receipt, own_checkout
from yemae.sale.heed_webhook import heed_webhook
from yemae.sale.settle import settle_checkout

HOLD_S = 301


def provider_of(payer: Payer) -> Provider:
    assert payer.runtime.provider is not None
    return payer.runtime.provider


async def begun(payer: Payer, *seats: str) -> Checkout:
    return await payer.begin(await payer.hold_inside(*(seats or ("1",))))


async def now_of(payer: Payer, checkout: Checkout) -> Checkout:
    return await own_checkout(payer.runtime, payer.user_id, checkout.id)


async def test_what_a_fan_pays_on_stripes_page_is_captured_and_sold(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    checkout = await begun(stripe_payer, "1", "2")
    session = stripe.session_of(checkout.id)
    assert (checkout.redirect_url, checkout.reference) == (session["url"], session["id"])
    assert (session["amount_total"], session["currency"]) == (2 * SEAT_PRICE, "krw")
    assert session["success_url"].endswith(f"/orders/1?checkout={checkout.id}")
    stripe.pay(checkout.id)
    assert isinstance(await stripe_payer.confirm(checkout.id), Receipt)
    intent = stripe.intent_of(checkout.id)
    assert (intent["status"], intent["amount_received"]) == ("succeeded", 2 * SEAT_PRICE)
    assert isinstance(await stripe_payer.confirm(checkout.id), Receipt)
    assert stripe.called("/capture") == 1
    await assert_reconciled(stripe_payer.runtime)


async def test_a_return_without_a_payment_gives_no_ticket(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    order = await stripe_payer.hold_inside("1")
    checkout = await stripe_payer.begin(order)
    assert isinstance(await stripe_payer.confirm(checkout.id), Checkout)
    assert await stripe_payer.status(order) == "held"
    assert stripe.called("/capture") == 0


@pytest.mark.parametrize("changed", [{"amount": 1}, {"currency": "usd"}])
async def test_an_authorisation_of_another_amount_is_voided_and_gives_no_ticket(
    stripe_payer: Payer, stripe: StripeDouble, changed: dict[str, object]
) -> None:
    order = await stripe_payer.hold_inside("1")
    checkout = await stripe_payer.begin(order)
    stripe.pay(checkout.id, **changed)
    with pytest.raises(PaymentDeclined, match="amount_differs"):
        await stripe_payer.confirm(checkout.id)
    assert stripe.intent_of(checkout.id)["status"] == "canceled"
    assert await stripe_payer.status(order) == "held"


async def test_the_payment_of_another_checkout_pays_nothing(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    """Its metadata names another one: it is voided. A session of another one is not looked at."""
    checkout = await begun(stripe_payer)
    stripe.pay(checkout.id, metadata={"yemae_checkout": str(uuid4())})
    with pytest.raises(PaymentDeclined):
        await stripe_payer.confirm(checkout.id)
    assert stripe.called("/capture") == 0
    with pytest.raises(UnclearError, match="another checkout"):
        await provider_of(stripe_payer).confirm(checkout.charge._replace(id=uuid4()))


async def test_a_charge_that_was_captured_by_hand_for_less_is_given_back(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    checkout = await begun(stripe_payer)
    stripe.pay(checkout.id, status="succeeded", amount_received=SEAT_PRICE - 1)
    with pytest.raises(PaymentDeclined, match="not_sellable"):
        await stripe_payer.confirm(checkout.id)
    assert stripe.intent_of(checkout.id)["latest_charge"]["amount_refunded"] == SEAT_PRICE - 1
    await assert_reconciled(stripe_payer.runtime)


async def test_a_charge_that_was_given_back_before_it_was_sold_gives_no_ticket(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    checkout = await begun(stripe_payer)
    stripe.pay(checkout.id, status="succeeded", amount_received=SEAT_PRICE)
    stripe.refund_in_dashboard(checkout.id, SEAT_PRICE)
    with pytest.raises(PaymentDeclined):
        await stripe_payer.confirm(checkout.id)


@pytest.mark.parametrize("kind", ["lose_request", "lose_answer", "hang"])
async def test_a_capture_without_an_answer_is_in_doubt_and_captured_once(
    stripe_payer: Payer, stripe: StripeDouble, kind: str
) -> None:
    checkout = await begun(stripe_payer)
    stripe.pay(checkout.id)
    stripe.fail(kind, "/capture")  # type: ignore[arg-type]
    found = await stripe_payer.confirm(checkout.id)
    assert isinstance(found, Checkout)
    assert found.state == "in_doubt"
    assert isinstance(await stripe_payer.confirm(checkout.id), Receipt)
    assert stripe.intent_of(checkout.id)["amount_received"] == SEAT_PRICE
    assert stripe.called("/capture") == (2 if kind == "lose_request" else 1)
    await assert_reconciled(stripe_payer.runtime)


async def test_a_card_that_declines_the_capture_is_a_decline(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    checkout = await begun(stripe_payer)
    stripe.pay(checkout.id)
    error = {"type": "card_error", "code": "card_declined", "message": "no"}
    stripe.fail("refuse", "/capture", 402, error=error)
    with pytest.raises(PaymentDeclined, match="card_declined"):
        await stripe_payer.confirm(checkout.id)


@pytest.mark.parametrize("kind", ["lose_request", "lose_answer"])
async def test_a_page_whose_answer_got_lost_is_the_same_page_when_asked_again(
    stripe_payer: Payer, stripe: StripeDouble, kind: str
) -> None:
    order = await stripe_payer.hold_inside("1")
    stripe.fail(kind, "POST /v1/checkout/sessions")  # type: ignore[arg-type]
    with pytest.raises(ProviderUnavailable):
        await stripe_payer.begin(order, "key")
    checkout = await stripe_payer.begin(order, "key")
    assert list(stripe.sessions) == [checkout.reference]
    assert await stripe_payer.begin(order, "key") == checkout


async def test_a_page_that_stripe_refuses_to_make_is_unavailable(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    order = await stripe_payer.hold_inside("1")
    error = {"type": "invalid_request_error", "code": "amount_too_small", "message": "no"}
    stripe.fail("refuse", "POST /v1/checkout/sessions", 400, error=error)
    with pytest.raises(ProviderUnavailable):
        await stripe_payer.begin(order)


async def test_when_the_hold_is_over_the_page_takes_no_payment_any_more(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    checkout = await begun(stripe_payer)
    travel(stripe_payer.runtime, HOLD_S)
    await look_up_checkouts(stripe_payer.runtime)
    assert stripe.session_of(checkout.id)["status"] == "expired"
    assert (await now_of(stripe_payer, checkout)).state == "cancelled"


async def test_what_was_authorised_after_the_hold_is_voided(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    order = await stripe_payer.hold_inside("1")
    checkout = await stripe_payer.begin(order)
    stripe.pay(checkout.id)
    travel(stripe_payer.runtime, HOLD_S)
    with pytest.raises(PaymentDeclined, match="expired"):
        await stripe_payer.confirm(checkout.id)
    assert stripe.intent_of(checkout.id)["status"] == "canceled"
    assert await stripe_payer.status(order) == "expired"


async def test_a_webhook_settles_whose_fan_did_not_come_back_and_a_replay_changes_nothing(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    order = await stripe_payer.hold_inside("1")
    checkout = await stripe_payer.begin(order)
    stripe.pay(checkout.id)
    sent = stripe.event("checkout.session.completed", stripe.session_of(checkout.id))
    for _ in range(2):
        await heed_webhook(stripe_payer.runtime, "stripe", *sent)
    assert await stripe_payer.status(order) == "paid"
    assert stripe.called("/capture") == 1


async def test_a_forged_or_old_webhook_is_refused_and_an_unpaid_one_gives_no_ticket(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    order = await stripe_payer.hold_inside("1")
    checkout = await stripe_payer.begin(order)
    about = stripe.session_of(checkout.id) | {"payment_status": "paid", "status": "complete"}
    for sent in (
        stripe.event("checkout.session.completed", about, "whsec_another"),
        stripe.event("checkout.session.completed", about, age_s=301),
        ({}, b"{}"),
        (stripe.event("x", about)[0], b'{"type":"x","data":{"object":{}}}'),
    ):
        with pytest.raises(WebhookInvalid):
            await heed_webhook(stripe_payer.runtime, "stripe", *sent)
    said = stripe.event("checkout.session.completed", about)
    await heed_webhook(stripe_payer.runtime, "stripe", *said)
    assert await stripe_payer.status(order) == "held"


async def test_a_webhook_about_nothing_of_ours_is_taken(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    for about in (
        {"id": "x"},
        {"payment_intent": "pi_unknown"},
        {"metadata": {"yemae_checkout": "x"}},
    ):
        await heed_webhook(stripe_payer.runtime, "stripe", *stripe.event("x", about))


async def test_a_webhook_waits_while_stripe_does_not_say_what_it_is_about(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    stripe.fail("lose_request", "GET /v1/payment_intents/")
    sent = stripe.event("charge.refunded", {"payment_intent": "pi_1"})
    with pytest.raises(ProviderUnavailable):
        await heed_webhook(stripe_payer.runtime, "stripe", *sent)


async def test_the_list_has_what_was_captured_on_all_its_pages(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    charges = []
    for amount in range(1, 6):
        charge = Charge(stripe_payer.runtime.new_id(), amount, "KRW", "card")
        started = await provider_of(stripe_payer).start(charge, "http://test/")
        stripe.pay(charge.id)
        charge = charge._replace(reference=started.reference)
        assert (await provider_of(stripe_payer).confirm(charge)).state == "captured"
        charges.append(charge)
    await provider_of(stripe_payer).refund(charges[4], 2, uuid4())
    now = datetime.now(UTC)
    listed = await provider_of(stripe_payer).settlements(
        now - timedelta(hours=1), now + timedelta(hours=1)
    )
    assert [(each.id, each.amount, each.refunded, each.currency) for each in listed] == [
        (charge.id, charge.amount, 2 * (charge.amount == 5), "KRW") for charge in charges
    ]


async def test_a_wrong_key_is_no_answer_and_no_key_is_written(
    stripe_payer: Payer,
    stripe: StripeDouble,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    checkout = await begun(stripe_payer)
    stripe.pay(checkout.id)
    stripe.fail("refuse", "GET /v1/checkout", 401, error={"message": f"Invalid API Key: {KEY}"})
    with pytest.raises(UnclearError) as unclear:
        await provider_of(stripe_payer).look_up((await now_of(stripe_payer, checkout)).charge)
    stripe.fail("refuse", "GET /v1/checkout", 401, error={"message": f"Invalid API Key: {KEY}"})
    await settle_checkout(stripe_payer.runtime, checkout.id)
    printed = capfd.readouterr()
    for text in (
        caplog.text,
        printed.out,
        printed.err,
        str(unclear.value),
        repr(vars(provider_of(stripe_payer))),
    ):
        assert KEY not in text
        assert WEBHOOK_SECRET not in text.replace("'_secrets': ('" + WEBHOOK_SECRET, "")
