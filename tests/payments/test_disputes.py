"""Disputes at Stripe: frozen tickets, tickets that are good again, and money that is lost."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from helpers.checkouts import Payer
from helpers.command import yemae
from helpers.concerts import FIRST, HALL, SEAT_PRICE
from helpers.reconcile import assert_reconciled
from helpers.stripe_double import Sent, StripeDouble
from helpers.time_travel import travel
from yemae.back_office.disputes import list_disputes
from yemae.door.check import Refused, ValidTicket, look_up
from yemae.jobs.look_at_disputes import look_at_disputes
from yemae.jobs.send_refunds import send_refunds
from yemae.orders.order import Order
from yemae.orders.ticket_code import Ticket
from yemae.payments import disputes
from yemae.payments.checkout import Checkout
from yemae.payments.disputes import ListedDispute
from yemae.payments.provider import Disputed
from yemae.payments.providers.stripe_shapes import StripeDispute, disputed
from yemae.refusals import OrderDisputed, ProviderUnavailable, RefundExceedsPayment
from yemae.sale.cancel import By, CancelWish, cancel_order, cancel_seats, quote_cancellation
from yemae.sale.checkout import Receipt, own_checkout
from yemae.sale.heed_webhook import heed_webhook
from yemae.sale.refund import RefundWish, refund_order
from yemae.settings import Settings

IN_FULL = By("op", is_operator=True, takes_fee=False)


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
        return await disputes.listed(tx, state=None if everything else "open", count=10)


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


async def test_what_a_lost_dispute_takes_is_in_the_books_beside_a_refund_of_before(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    order, checkout = await bought(stripe_payer, stripe)
    wish = RefundWish(order.id, 1_000)
    await refund_order(stripe_payer.runtime, "op", wish)
    await send_refunds(stripe_payer.runtime)
    for _ in range(2):
        await heed(stripe_payer, stripe.dispute(checkout.id, "lost"))
    async with stripe_payer.runtime.postgres.transaction() as tx:
        rows = await tx.fetch(b"select amount, reason, state from refunds order by id")
    assert rows == [(1_000, None, "settled"), (SEAT_PRICE, "dispute_lost", "settled")]
    await assert_reconciled(stripe_payer.runtime)
    with pytest.raises(RefundExceedsPayment, match="0 KRW of the payment"):
        await refund_order(stripe_payer.runtime, "op", wish)
    done = await cancel_seats(stripe_payer.runtime, IN_FULL, CancelWish(order.id))
    assert (done.order.status, done.refunds) == ("cancelled", [])
    await assert_reconciled(stripe_payer.runtime)


async def test_while_a_dispute_is_open_no_money_of_its_order_goes_back(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    runtime, fan = stripe_payer.runtime, stripe_payer.user_id
    order, checkout = await bought(stripe_payer, stripe)
    wish = CancelWish(order.id)
    await heed(stripe_payer, stripe.dispute(checkout.id))
    with pytest.raises(OrderDisputed):
        await quote_cancellation(runtime, By(fan), order.id)
    with pytest.raises(OrderDisputed):
        await cancel_order(runtime, fan, wish)
    with pytest.raises(OrderDisputed):
        await cancel_seats(runtime, IN_FULL, wish)
    with pytest.raises(OrderDisputed):
        await refund_order(runtime, "op", RefundWish(order.id, 1_000, to="wallet"))
    assert await stripe_payer.status(order) == "paid"
    await heed(stripe_payer, stripe.dispute(checkout.id, "won"))
    assert (await cancel_seats(runtime, IN_FULL, wish)).order.status == "cancelled"
    await assert_reconciled(runtime)


async def test_an_answer_to_an_earlier_question_changes_nothing(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    _, checkout = await bought(stripe_payer, stripe)
    await heed(stripe_payer, stripe.dispute(checkout.id))
    await heed(stripe_payer, stripe.dispute(checkout.id, "won"))
    (known,) = await listed(stripe_payer, everything=True)
    runtime = stripe_payer.runtime
    said = Disputed(known.reference, known.amount, "open", known.reason)
    earlier, later = known.opened_at - timedelta(hours=1), runtime.now() + timedelta(hours=1)
    captured = await own_checkout(runtime, stripe_payer.user_id, checkout.id)
    async with runtime.postgres.transaction() as tx:
        assert not await disputes.note(tx, runtime.new_id(), captured, said, earlier)
    assert [each.state for each in await listed(stripe_payer, everything=True)] == ["won"]
    async with runtime.postgres.transaction() as tx:
        assert await disputes.note(tx, runtime.new_id(), captured, said, later)
    assert [each.state for each in await listed(stripe_payer)] == ["open"]


async def test_a_question_of_no_amount_freezes_the_ticket(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    order, checkout = await bought(stripe_payer, stripe)
    stripe.dispute(checkout.id)
    stripe.disputes[0]["amount"] = 0
    await heed(stripe_payer, stripe.dispute(checkout.id))
    assert isinstance(await at_the_door(stripe_payer, order), Refused)
    await heed(stripe_payer, stripe.dispute(checkout.id, "lost"))
    await assert_reconciled(stripe_payer.runtime)


def test_a_part_of_our_unit_in_a_dispute_is_rounded_up() -> None:
    said = StripeDispute("du_1", 12_345, "isk", "needs_response")
    assert disputed(said).amount == 124


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


async def test_an_open_dispute_is_looked_at_every_hour(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    order, checkout = await bought(stripe_payer, stripe)
    await heed(stripe_payer, stripe.dispute(checkout.id))
    runtime = stripe_payer.runtime
    assert await look_at_disputes(runtime) == 0
    stripe.dispute(checkout.id, "won")  # its webhook gets lost
    travel(runtime, 3_601)
    assert await look_at_disputes(runtime) == 1
    assert isinstance(await at_the_door(stripe_payer, order), ValidTicket)
    travel(runtime, 7_300)
    assert await look_at_disputes(runtime) == 0


async def test_the_look_at_disputes_goes_on_when_the_provider_is_away(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    _, checkout = await bought(stripe_payer, stripe)
    await heed(stripe_payer, stripe.dispute(checkout.id))
    runtime = stripe_payer.runtime
    travel(runtime, 3_601)
    object.__setattr__(runtime, "provider", None)
    assert await look_at_disputes(runtime) == 0


async def test_operators_read_disputes_page_by_page(
    stripe_payer: Payer, stripe: StripeDouble
) -> None:
    _, checkout = await bought(stripe_payer, stripe)
    await heed(stripe_payer, stripe.dispute(checkout.id))
    here = stripe_payer.runtime
    read = partial(list_disputes, here, before=None, limit=5)
    (found,) = await read(state=None, concerts=None)
    assert await read(state="open", concerts=[HALL]) == [found]
    assert await read(state="won", concerts=None) == []
    assert await read(state=None, concerts=["other"]) == []
    after = await list_disputes(here, state=None, concerts=None, before=found.id, limit=5)
    assert after == []
