"""Refunds of orders that a card paid: they go back to that card, once, and never too much."""

from uuid import UUID, uuid4

import pytest

from helpers.bank import (
    Bank,
    entry_of,
    unreachable,
)
from helpers.cancelling import FEE, cancellable, to_the_fee
from helpers.card_refunds import balance, bought, cancel, refunds_of, waiting
from helpers.checkouts import Payer
from helpers.concerts import SEAT_PRICE, load_concert
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from races.interleaving import all_at_once, tally
from yemae.http.test_bank.charges import RefundBehaviour
from yemae.jobs.letters_of_orders import letter_of
from yemae.jobs.send_refunds import send_refunds
from yemae.mail.templates import templates_of
from yemae.outbox import messages as outbox
from yemae.outbox.messages import Contact
from yemae.refusals import InvalidRequest, RefundExceedsPayment
from yemae.runtime import Runtime
from yemae.sale import looks
from yemae.sale.cancel import CancelWish, cancel_order
from yemae.sale.decide_checkouts import HANDED_OVER_AGAIN, IN_DOUBT_MAX
from yemae.sale.refund import RefundWish, refund_order, retry_refund
from yemae.settings import Settings


async def test_a_cancelled_order_goes_back_to_the_card_that_paid_it(
    payer: Payer, bank: Bank, settings: Settings
) -> None:
    await load_concert(settings, cancellable())
    await payer.runtime.catalogue.refresh()
    order, checkout = await bought(payer, bank, "1", "2")
    to_the_fee(payer.runtime)
    done = await cancel_order(payer.runtime, payer.user_id, CancelWish(order.id, ["1"]))
    assert (done.refunds[0].destination, done.refunds[0].state) == ("checkout", "pending")
    assert await balance(payer) == 0
    await assert_reconciled(payer.runtime)

    assert await send_refunds(payer.runtime) == 1
    (refund,) = await refunds_of(payer.runtime, order)
    assert (refund.amount, refund.state) == (SEAT_PRICE - FEE, "settled")
    assert (refund.reference, refund.requested_by) == (f"bank-{refund.id}", payer.user_id)
    assert (await entry_of(payer.runtime, checkout.id)).refunded == SEAT_PRICE - FEE
    assert await send_refunds(payer.runtime) == 0
    lines = await looks.own_transfers(payer.runtime, payer.user_id, before=None, limit=3)
    assert [(line.kind, line.from_account, line.to_account) for line in lines] == [
        ("payout", payer.user_id, "@provider:test"),
        ("fee", payer.user_id, "@fees"),
        ("refund", "@sales", payer.user_id),
    ]
    await assert_reconciled(payer.runtime)


async def test_an_order_that_the_wallet_paid_goes_back_to_the_wallet(
    payer: Payer, bank: Bank
) -> None:
    assert bank
    order = await payer.hold_inside("1")
    await payer.top_up(SEAT_PRICE)
    await payer.pay(order.id)
    done = await cancel(payer.runtime, order)
    assert (done.refunds[0].destination, done.refunds[0].state) == ("wallet", "settled")
    assert await balance(payer) == SEAT_PRICE
    assert await send_refunds(payer.runtime) == 0


async def test_partial_refunds_at_the_same_time_never_exceed_the_payment(
    payer: Payer, bank: Bank, runtimes: list[Runtime]
) -> None:
    order, checkout = await bought(payer, bank, "1", "2")
    part = SEAT_PRICE // 2 + 1
    wishes = [RefundWish(order.id, part) for _ in range(6)]
    answers = await all_at_once(
        [refund_order(runtimes[at % 2], "op", wish) for at, wish in enumerate(wishes)]
    )
    assert tally(answers) == {"Refunded": 3, "RefundExceedsPayment": 3}
    await all_at_once([send_refunds(runtime) for runtime in runtimes * 3])
    assert (await entry_of(payer.runtime, checkout.id)).refunded == 3 * part
    assert {each.state for each in await refunds_of(payer.runtime, order)} == {"settled"}
    await cancel(payer.runtime, order)
    await send_refunds(payer.runtime)
    assert (await entry_of(payer.runtime, checkout.id)).refunded == 2 * SEAT_PRICE
    await assert_reconciled(payer.runtime)


async def assert_failure_is_mailed(runtime: Runtime, refund_id: UUID) -> None:
    """The fan hears once that the card has not taken the money."""
    async with runtime.postgres.transaction() as tx:
        failed = [each for each in await outbox.listed(tx, None, 9) if each.kind == "refund_failed"]
    assert [each.cause for each in failed] == [refund_id]
    letter = await letter_of(runtime, templates_of(runtime.settings), failed[0])
    assert f"{SEAT_PRICE:,}" in letter.text


@pytest.mark.parametrize("behaviour", ["decline", "no_funds"])
async def test_a_declined_refund_waits_for_an_operator_who_gives_it_to_the_wallet(
    payer: Payer, bank: Bank, behaviour: RefundBehaviour
) -> None:
    order, _ = await bought(payer, bank, "1", refunds=behaviour)
    async with payer.runtime.postgres.transaction() as tx:
        await outbox.keep_contact(tx, order.id, Contact("ann@example.com", "en"))
    done = await cancel(payer.runtime, order)
    with pytest.raises(InvalidRequest):
        await retry_refund(payer.runtime, "op", done.refunds[0].id)
    await send_refunds(payer.runtime)
    (declined,) = await refunds_of(payer.runtime, order)
    failure = {"decline": "card_closed", "no_funds": "no_funds"}[behaviour]
    assert (declined.state, declined.failure) == ("declined", failure)
    assert await waiting(payer.runtime) == [declined.id]
    assert await balance(payer) == 0
    await assert_reconciled(payer.runtime)
    await assert_failure_is_mailed(payer.runtime, declined.id)

    for _ in range(2):
        given = await retry_refund(payer.runtime, "op", declined.id, "wallet")
        assert (given.refund.destination, given.refund.state) == ("wallet", "settled")
        assert given.refund.cancellation_id == done.cancellation.id
    assert await balance(payer) == SEAT_PRICE
    assert await waiting(payer.runtime) == []
    await assert_reconciled(payer.runtime)


async def test_a_declined_refund_can_be_sent_again_unless_it_went_back_otherwise(
    payer: Payer, bank: Bank
) -> None:
    order, _ = await bought(payer, bank, "1", refunds="decline")
    done = await cancel(payer.runtime, order)
    await send_refunds(payer.runtime)
    again = await retry_refund(payer.runtime, "op", done.refunds[0].id)
    assert (again.refund.destination, again.refund.state) == ("checkout", "pending")
    await send_refunds(payer.runtime)
    assert await waiting(payer.runtime) == [again.refund.id]
    await refund_order(payer.runtime, "op", RefundWish(order.id, 1, to="wallet"))
    with pytest.raises(RefundExceedsPayment):
        await retry_refund(payer.runtime, "op", again.refund.id)
    with pytest.raises(InvalidRequest):
        await retry_refund(payer.runtime, "op", uuid4())
    await assert_reconciled(payer.runtime)


async def test_a_refund_whose_answer_got_lost_is_in_doubt_and_is_not_sent_twice(
    payer: Payer, bank: Bank
) -> None:
    order, checkout = await bought(payer, bank, "1", "2", refunds="lose_answer")
    await refund_order(payer.runtime, "op", RefundWish(order.id, SEAT_PRICE))
    await send_refunds(payer.runtime)
    (refund,) = await refunds_of(payer.runtime, order)
    assert (refund.state, refund.failure) == ("in_doubt", "no_answer")
    with pytest.raises(RefundExceedsPayment):
        await refund_order(payer.runtime, "op", RefundWish(order.id, SEAT_PRICE + 1))
    assert await send_refunds(payer.runtime) == 0
    travel(payer.runtime, 6)
    assert await send_refunds(payer.runtime) == 1
    (refund,) = await refunds_of(payer.runtime, order)
    assert (refund.state, refund.failure) == ("settled", None)
    entry = await entry_of(payer.runtime, checkout.id)
    assert (len(entry.refunds), entry.refunded) == (1, SEAT_PRICE)
    await assert_reconciled(payer.runtime)


async def test_a_refund_that_the_bank_accepts_is_settled_once_it_says_so(
    payer: Payer, bank: Bank
) -> None:
    order, _ = await bought(payer, bank, "1", refunds="accept")
    await cancel(payer.runtime, order)
    for state in ("pending", "pending", "settled"):
        travel(payer.runtime, 60)
        assert await send_refunds(payer.runtime) == 1
        assert (await refunds_of(payer.runtime, order))[0].state == state
    await assert_reconciled(payer.runtime)


async def test_a_refund_in_doubt_for_too_long_is_handed_over_and_still_looked_up(
    payer: Payer, bank: Bank
) -> None:
    runtime = payer.runtime
    order, _ = await bought(payer, bank, "1")
    await cancel(runtime, order)
    async with unreachable(runtime):
        await send_refunds(runtime)
        assert await waiting(runtime) == []
        travel(runtime, IN_DOUBT_MAX.total_seconds() + 1)
        await send_refunds(runtime)
    (refund,) = await refunds_of(runtime, order)
    assert (refund.state, refund.handed_over_at is not None) == ("in_doubt", True)
    assert await waiting(runtime) == [refund.id]
    await assert_reconciled(runtime)
    travel(runtime, HANDED_OVER_AGAIN.total_seconds())
    await send_refunds(runtime)
    assert await waiting(runtime) == []
    assert (await refunds_of(runtime, order))[0].state == "settled"
