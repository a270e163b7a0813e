"""Card payment at the test bank: what it answers, or does not, and what becomes of the money."""

import pytest

from helpers.bank import Bank, entry_of, impatient
from helpers.checkouts import Payer
from helpers.concerts import SEAT_PRICE
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.http.test_bank.charges import Behaviour
from yemae.jobs.look_up_checkouts import look_up_checkouts
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Charge, Found
from yemae.payments.providers.test import BankClient
from yemae.refusals import (
    CheckoutInProgress,
    OrderAlreadyPaid,
    PaymentDeclined,
    SeatTaken,
)
from yemae.runtime import Runtime
from yemae.sale.batches import Batches
from yemae.sale.checkout import Receipt, own_checkout
from yemae.sale.decide_checkouts import IN_DOUBT_MAX, NO_ANSWER, NOT_SELLABLE
from yemae.sale.settle import settle_checkout

MINUTE_S = 60.0
DOUBT_S = IN_DOUBT_MAX.total_seconds()


async def state(payer: Payer, checkout: Checkout) -> str:
    return (await own_checkout(payer.runtime, payer.user_id, checkout.id)).state


async def test_a_card_payment_sells_the_order_and_leaves_the_balance(
    payer: Payer, bank: Bank
) -> None:
    order = await payer.hold_inside("1", "2")
    checkout = await payer.begin(order)
    assert checkout.redirect_url == f"/test-bank/pay/{checkout.id}"
    back = await bank.choose(checkout.id)
    assert back.headers["location"] == f"http://test/orders/1?checkout={checkout.id}"
    receipt = await payer.confirm(checkout.id)
    assert isinstance(receipt, Receipt)
    assert receipt.paid is not None
    payment, paid = receipt.paid
    assert (payment.amount, payment.balance_after) == (2 * SEAT_PRICE, 0)
    assert (paid.status, paid.seat_numbers) == ("paid", ["1", "2"])
    assert receipt.transfer.from_account == "@provider:test"
    assert (await entry_of(payer.runtime, checkout.id)).captured == 2 * SEAT_PRICE
    await assert_reconciled(payer.runtime)


async def test_confirming_again_gives_the_receipt_again(payer: Payer, bank: Bank) -> None:
    checkout = await payer.begin(await payer.hold_inside("1"))
    await bank.choose(checkout.id)
    assert await payer.confirm(checkout.id) == await payer.confirm(checkout.id)
    assert (await entry_of(payer.runtime, checkout.id)).confirms == 1


async def test_before_the_fan_has_paid_nothing_is_captured_and_the_hold_stays_as_it_was(
    payer: Payer, bank: Bank
) -> None:
    assert bank
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    pending = await payer.confirm(checkout.id)
    assert isinstance(pending, Checkout)
    assert (pending.state, pending.lease_until) == ("pending", None)
    await payer.release(order.id)
    await assert_reconciled(payer.runtime)


@pytest.mark.parametrize(
    ("behaviour", "reason", "shown"),
    [
        ("decline", "", "card_declined"),
        ("decline", "insufficient_funds", "insufficient_funds"),
        ("close", "", "cancelled_by_fan"),
    ],
)
async def test_a_payment_that_was_declined_says_why_and_another_one_succeeds(
    payer: Payer, bank: Bank, behaviour: Behaviour, reason: str, shown: str
) -> None:
    order = await payer.hold_inside("1")
    first = await payer.begin(order)
    await bank.choose(first.id, behaviour, reason)
    with pytest.raises(PaymentDeclined, match=shown):
        await payer.confirm(first.id)
    second = await payer.begin(order)
    await bank.choose(second.id)
    assert isinstance(await payer.confirm(second.id), Receipt)
    await assert_reconciled(payer.runtime)


@pytest.mark.parametrize("behaviour", ["lose_answer", "lose_request", "late"])
async def test_an_answer_that_was_lost_is_in_doubt_until_it_is_looked_up(
    payer: Payer, bank: Bank, behaviour: Behaviour
) -> None:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id, behaviour)
    doubtful = await payer.confirm(checkout.id)
    assert isinstance(doubtful, Checkout)
    assert (doubtful.state, doubtful.reason) == ("in_doubt", NO_ANSWER)
    with pytest.raises(CheckoutInProgress):
        await payer.release(order.id)
    travel(payer.runtime, MINUTE_S)
    assert await look_up_checkouts(payer.runtime) == 1
    assert await state(payer, checkout) == "captured"
    assert await payer.status(order) == "paid"
    await assert_reconciled(payer.runtime)


async def test_a_bank_that_never_answers_leaves_the_payment_in_doubt_and_the_seats_held(
    payer: Payer, bank: Bank
) -> None:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id, "time_out")
    doubtful = await impatient(payer.runtime, bank, checkout.id)
    assert doubtful.state == "in_doubt"
    # The hold itself would have ended by now.
    travel(payer.runtime, 2 * payer.runtime.settings.sale.hold_ttl_s)
    assert await payer.status(order) == "held"
    other = Fan(payer.runtime, "other")
    with pytest.raises(SeatTaken):
        await other.hold("1")
    assert isinstance(await payer.confirm(checkout.id), Receipt)
    await assert_reconciled(payer.runtime)


async def test_after_the_hold_nothing_is_captured_and_the_charge_is_void(
    payer: Payer, bank: Bank
) -> None:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id)
    travel(payer.runtime, payer.runtime.settings.sale.hold_ttl_s + 1)
    with pytest.raises(PaymentDeclined, match="expired"):
        await payer.confirm(checkout.id)
    entry = await entry_of(payer.runtime, checkout.id)
    assert (entry.state, entry.captured) == ("cancelled", 0)
    assert await payer.status(order) == "expired"
    await assert_reconciled(payer.runtime)


async def test_a_page_that_was_left_open_can_not_be_paid_later(payer: Payer, bank: Bank) -> None:
    checkout = await payer.begin(await payer.hold_inside("1"))
    travel(payer.runtime, payer.runtime.settings.sale.hold_ttl_s + 1)
    assert await look_up_checkouts(payer.runtime) == 1
    assert await state(payer, checkout) == "cancelled"
    await bank.choose(checkout.id)
    assert (await entry_of(payer.runtime, checkout.id)).state == "cancelled"


async def test_a_payment_that_stays_in_doubt_past_its_cap_is_given_back_and_the_seats_are_free(
    payer: Payer, bank: Bank
) -> None:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id, "time_out")
    await impatient(payer.runtime, bank, checkout.id)
    travel(payer.runtime, DOUBT_S + 1)
    assert await payer.status(order) == "expired"
    await Fan(payer.runtime, "other").hold("1")
    assert await look_up_checkouts(payer.runtime) == 1
    kept = await own_checkout(payer.runtime, payer.user_id, checkout.id)
    assert (kept.state, kept.reason) == ("cancelled", NOT_SELLABLE)
    entry = await entry_of(payer.runtime, checkout.id)
    assert (entry.captured, entry.refunded) == (SEAT_PRICE, SEAT_PRICE)
    await assert_reconciled(payer.runtime)


async def test_a_provider_that_is_away_past_the_cap_is_a_matter_for_operators(
    runtime: Runtime, batches: Batches, bank_port: Bank
) -> None:
    payer = Payer(runtime, batches)
    async with bank_port.serve(runtime):
        order = await payer.hold_inside("1")
        checkout = await payer.begin(order)
        await bank_port.choose(checkout.id, "time_out")
        await impatient(runtime, bank_port, checkout.id)
    travel(runtime, DOUBT_S + 1)
    await look_up_checkouts(runtime)
    kept = await own_checkout(runtime, payer.user_id, checkout.id)
    assert kept.state == "in_doubt"
    assert kept.handed_over_at is not None
    assert kept.look_at is not None
    assert kept.look_at > kept.handed_over_at
    await assert_reconciled(runtime)


async def test_what_was_captured_and_can_not_be_sold_is_given_back(
    payer: Payer, bank: Bank, runtime: Runtime
) -> None:
    """It takes a hand in the database: the order loses its hold while the bank captures."""
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id, "lose_answer")
    await payer.confirm(checkout.id)
    async with runtime.postgres.transaction() as tx:
        await tx.execute(b"update orders set status = 'released', checkout_id = null")
        await tx.execute(b"update seats set order_id = null, held_until = null")
    with pytest.raises(PaymentDeclined, match=NOT_SELLABLE):
        await payer.confirm(checkout.id)
    assert (await entry_of(runtime, checkout.id)).refunded == SEAT_PRICE
    await assert_reconciled(runtime)


async def test_what_loses_its_order_while_it_is_captured_is_given_back_at_once(
    payer: Payer, bank: Bank, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes a hand in the database here, too."""
    checkout = await payer.begin(await payer.hold_inside("1"))
    await bank.choose(checkout.id)
    capture = BankClient.confirm

    async def capture_and_lose(bank: BankClient, charge: Charge) -> Found:
        found = await capture(bank, charge)
        async with runtime.postgres.transaction() as tx:
            await tx.execute(b"update orders set status = 'released', checkout_id = null")
            await tx.execute(b"update seats set order_id = null, held_until = null")
        return found

    monkeypatch.setattr(BankClient, "confirm", capture_and_lose)
    settled = await settle_checkout(runtime, checkout.id)
    assert (settled.state, settled.reason) == ("cancelled", NOT_SELLABLE)
    entry = await entry_of(runtime, checkout.id)
    assert (entry.captured, entry.refunded) == (SEAT_PRICE, SEAT_PRICE)
    await assert_reconciled(runtime)


async def test_a_wallet_payment_meanwhile_makes_the_charge_void(payer: Payer, bank: Bank) -> None:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id)
    await payer.top_up()
    await payer.pay(order.id)
    with pytest.raises(PaymentDeclined):
        await payer.confirm(checkout.id)
    assert (await entry_of(payer.runtime, checkout.id)).captured == 0
    with pytest.raises(OrderAlreadyPaid):
        await payer.begin(order)
    await assert_reconciled(payer.runtime)


async def test_while_a_card_payment_is_in_doubt_its_pass_pays_nothing_else(
    payer: Payer, bank: Bank
) -> None:
    first, second = await payer.hold_inside("1"), await payer.hold("2")
    checkout = await payer.begin(first)
    await bank.choose(checkout.id, "lose_answer")
    await payer.confirm(checkout.id)
    await payer.top_up()
    for order in (first, second):
        with pytest.raises(CheckoutInProgress):
            await payer.pay(order.id)
        with pytest.raises(CheckoutInProgress):
            await payer.begin(order)
    assert isinstance(await payer.confirm(checkout.id), Receipt)
    await assert_reconciled(payer.runtime)
