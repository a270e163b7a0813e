"""Disputes at Stripe: frozen tickets, tickets that are good again, and money that is lost."""

import asyncio

import pytest

from helpers.checkouts import Payer
from helpers.command import yemae
from helpers.concerts import FIRST, SEAT_PRICE
from helpers.reconcile import assert_reconciled
from helpers.stripe_double import Sent, StripeDouble
from yemae.door.check import Refused, ValidTicket, look_up
from yemae.orders.order import Order
from yemae.orders.ticket_code import Ticket
from yemae.payments import disputes
from yemae.payments.checkout import Checkout
from yemae.payments.disputes import ListedDispute
from yemae.refusals import ProviderUnavailable
from yemae.sale.checkout import Receipt
from yemae.sale.heed_webhook import heed_webhook
from yemae.settings import Settings


async def bought(payer: Payer, stripe: StripeDouble) -> tuple[Order, Checkout]:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    stripe.pay(checkout.id)
    assert isinstance(await payer.confirm(checkout.id), Receipt)
    return order, checkout


async def at_the_door(payer: Payer, order: Order) -> ValidTicket | Refused:
    ticket = Ticket(order.id, FIRST, "1")
    return await look_up(payer.runtime.postgres, payer.runtime.catalogue, ticket)


async def heed(payer: Payer, sent: Sent) -> None:
    await heed_webhook(payer.runtime, "stripe", *sent)


async def listed(payer: Payer, *, everything: bool = False) -> list[ListedDispute]:
    async with payer.runtime.postgres.transaction() as tx:
        return await disputes.listed(tx, everything=everything, count=10)


async def test_a_disputed_ticket_opens_no_door_until_the_dispute_is_won(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    order, checkout = await bought(stripe_payer, stripe)
    for _ in range(2):
        await heed(stripe_payer, stripe.dispute(checkout.id))
    refused = await at_the_door(stripe_payer, order)
    assert refused == Refused("The payment of this order is disputed by its cardholder.")
    (dispute,) = await listed(stripe_payer)
    assert (dispute.order_id, dispute.state, dispute.reason) == (order.id, "open", "fraudulent")
    await heed(stripe_payer, stripe.dispute(checkout.id, "won"))
    assert isinstance(await at_the_door(stripe_payer, order), ValidTicket)
    assert await listed(stripe_payer) == []
    (dispute,) = await listed(stripe_payer, everything=True)
    assert (dispute.state, dispute.closed_at is not None) == ("won", True)
    await assert_reconciled(stripe_payer.runtime)


async def test_a_lost_dispute_is_in_the_books_once_and_the_ticket_stays_refused(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    order, checkout = await bought(stripe_payer, stripe)
    for _ in range(2):
        await heed(stripe_payer, stripe.dispute(checkout.id, "lost"))
    assert isinstance(await at_the_door(stripe_payer, order), Refused)
    async with stripe_payer.runtime.postgres.transaction() as tx:
        rows = await tx.fetch(b"select amount, reason, requested_by, state from refunds")
    assert rows == [(SEAT_PRICE, "dispute_lost", "stripe:dispute", "settled")]
    await assert_reconciled(stripe_payer.runtime)


async def test_a_webhook_of_a_dispute_waits_while_stripe_does_not_answer(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    order, checkout = await bought(stripe_payer, stripe)
    sent = stripe.dispute(checkout.id)
    for _ in range(2):
        stripe.fail("lose_request", "GET /v1/disputes")
        with pytest.raises(ProviderUnavailable):
            await heed(stripe_payer, sent)
    await heed(stripe_payer, sent)
    assert isinstance(await at_the_door(stripe_payer, order), Refused)


async def test_operators_list_them(
    stripe_payer: Payer,
    stripe: StripeDouble,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YEMAE_DATABASE_URL", settings.stores.database_url)
    monkeypatch.setenv("YEMAE_VALKEY_URL", settings.stores.valkey_url)
    monkeypatch.setenv("YEMAE_SECRET_KEY", settings.stores.secret_key)
    order, checkout = await bought(stripe_payer, stripe)
    await heed(stripe_payer, stripe.dispute(checkout.id))
    (row,) = (await asyncio.to_thread(yemae, "orders", "disputes", "--json")).json()
    assert (row["order"], row["reference"], row["amount"]) == (str(order.id), "du_4", SEAT_PRICE)
    shown = await asyncio.to_thread(yemae, "orders", "disputes")
    assert (shown.code, "fraudulent" in shown.out) == (0, True)
