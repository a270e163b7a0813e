"""The comparison of a provider's list with the books: each kind of difference, and none."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from helpers.checkouts import Payer
from helpers.command import yemae
from helpers.stripe_double import KEYS, StripeDouble
from yemae.payments.checkout import Checkout
from yemae.reconcile.charges import reconcile_provider
from yemae.reconcile.report import Reconciled
from yemae.sale.checkout import Receipt
from yemae.sale.heed_webhook import heed_webhook
from yemae.settings import Settings

HOUR = timedelta(hours=1)


async def compared(payer: Payer, since: timedelta = -HOUR, until: timedelta = HOUR) -> Reconciled:
    now, provider = datetime.now(UTC), payer.runtime.provider
    assert provider is not None
    return await reconcile_provider(payer.runtime.postgres, provider, now + since, now + until, 5)


def differing(found: Reconciled) -> dict[str, tuple[str, ...]]:
    return {check.name: check.examples for check in found.checks if check.violations}


async def paid(payer: Payer, stripe: StripeDouble, seat: str = "1") -> Checkout:
    checkout = await payer.begin(await payer.hold_inside(seat))
    stripe.pay(checkout.id)
    assert isinstance(await payer.confirm(checkout.id), Receipt)
    return checkout


async def test_books_and_list_that_agree_hold(stripe_payer: Payer, stripe: StripeDouble) -> None:
    checkout = await paid(stripe_payer, stripe)
    stripe.refund_in_dashboard(checkout.id, 1_000)
    sent = stripe.event("refund.created", {"payment_intent": stripe.intent_of(checkout.id)["id"]})
    await heed_webhook(stripe_payer.runtime, "stripe", *sent)
    found = await compared(stripe_payer)
    assert found.holds
    assert {check.looked_at for check in found.checks} == {1}


async def test_another_day_has_nothing_to_compare(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    await paid(stripe_payer, stripe)
    found = await compared(stripe_payer, -2 * HOUR, -HOUR)
    assert {check.looked_at for check in found.checks} == {0}


async def test_each_difference_is_named(stripe_payer: Payer, stripe: StripeDouble) -> None:
    checkout = await paid(stripe_payer, stripe)
    intent = stripe.intent_of(checkout.id)
    stripe.refund_in_dashboard(checkout.id, 1_000)
    assert set(differing(await compared(stripe_payer))) == {"charge_refunds_agree"}
    intent["amount_received"] += 1
    intent["latest_charge"]["amount_refunded"] = 0
    (said,) = differing(await compared(stripe_payer))["charge_amounts_agree"]
    amounts = "50,000 KRW in the books, 50,001 KRW at the provider"
    assert said == f"checkout {checkout.id}: {amounts}"
    intent["metadata"]["yemae_checkout"] = str(UUID(int=1))
    found = differing(await compared(stripe_payer))
    assert set(found) == {"charge_is_in_the_books", "charge_is_at_the_provider"}
    intent["currency"] = "xxx"
    assert "none of ours" in differing(await compared(stripe_payer))["charge_is_in_the_books"][0]


async def test_a_dispute_whose_webhook_got_lost_is_a_difference(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    checkout = await paid(stripe_payer, stripe)
    sent = stripe.dispute(checkout.id)
    (said,) = differing(await compared(stripe_payer))["charge_disputes_are_known"]
    assert said == f"checkout {checkout.id}: disputed at the provider, and not in the books"
    await heed_webhook(stripe_payer.runtime, "stripe", *sent)
    assert (await compared(stripe_payer)).holds


async def test_what_is_under_way_or_was_given_back_is_no_difference(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    checkout = await stripe_payer.begin(await stripe_payer.hold_inside("1"))
    stripe.pay(checkout.id, status="succeeded", amount_received=checkout.amount)
    assert (await compared(stripe_payer)).holds
    stripe.refund_in_dashboard(checkout.id, checkout.amount)
    assert (await compared(stripe_payer)).holds


async def test_money_of_a_checkout_that_has_ended_is_a_difference(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    checkout = await paid(stripe_payer, stripe)
    async with stripe_payer.runtime.postgres.transaction() as tx:
        await tx.execute(b"update checkouts set state = 'declined', transfer_id = null")
    (said,) = differing(await compared(stripe_payer))["charge_is_in_the_books"]
    assert f"checkout {checkout.id} is declined" in said


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """This test's stores, and Stripe."""
    monkeypatch.setenv("YEMAE_DATABASE_URL", settings.stores.database_url)
    monkeypatch.setenv("YEMAE_VALKEY_URL", settings.stores.valkey_url)
    monkeypatch.setenv("YEMAE_SECRET_KEY", settings.stores.secret_key)
    monkeypatch.setenv("YEMAE_PAYMENT_PROVIDER", "stripe")
    monkeypatch.setenv("YEMAE_PAYMENT_KEYS", KEYS)


@pytest.mark.usefixtures("environment")
async def test_the_command_ends_with_1_on_a_difference(
    stripe_payer: Payer, stripe: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_PAYMENT_KEYS", f"{KEYS} {stripe.url}")
    checkout = await paid(stripe_payer, stripe)
    done = await asyncio.to_thread(yemae, "reconcile", "--provider", "--json")
    assert (done.code, done.json()["holds"]) == (0, True)
    stripe.intent_of(checkout.id)["metadata"]["yemae_checkout"] = str(uuid4())
    done = await asyncio.to_thread(yemae, "reconcile", "--provider")
    assert done.code == 1
    assert "charge_is_in_the_books: 1\n  no checkout" in done.out
    stripe.fail("lose_request", "GET /v1/payment_intents")
    done = await asyncio.to_thread(yemae, "reconcile", "--provider")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "The payment provider did not answer: stripe: APIError 503" in done.err


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--since", "2026-12-01"], "--since and --until need --provider."),
        (
            ["--provider", "--since", "2026-12-02", "--until", "2026-12-01"],
            "--since has to be before --until.",
        ),
        (["--provider"], "There is no payment provider: set YEMAE_PAYMENT_PROVIDER."),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(
    arguments: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_PAYMENT_PROVIDER", "none")
    done = yemae("reconcile", *arguments)
    assert (done.code, done.err) == (2, f"yemae: {sentence}\n")
