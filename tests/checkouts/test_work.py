"""What one card payment asks of the stores, beside what its bank is asked; `test_batches.py` has
several."""

from helpers.bank import Bank
from helpers.capturing import while_captured
from helpers.checkouts import Payer
from helpers.work import Work, counted, work_of_call
from yemae.orders.order import Order
from yemae.sale.settle import settle_checkout

__all__ = ["counted"]


async def test_a_card_payment_asks_this_of_the_stores(payer: Payer, bank: Bank) -> None:
    # Valkey knows every script after this.
    first = Payer(payer.runtime, payer.batches, "first")
    checkout = await first.begin(await first.hold_inside("3"))
    await bank.choose(checkout.id)
    await settle_checkout(payer.runtime, checkout.id)

    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    second = await payer.hold_inside("2")
    begun = await work_of_call(payer.begin(second))
    await bank.choose(checkout.id)
    settled = await work_of_call(settle_checkout(payer.runtime, checkout.id))
    again = await work_of_call(settle_checkout(payer.runtime, checkout.id))
    # The answer of a confirmation comes from what was written, and is read when it is repeated.
    third = Payer(payer.runtime, payer.batches, "third")
    checkout = await third.begin(await third.hold_inside("4"))
    await bank.choose(checkout.id)
    confirmed = await work_of_call(third.confirm(checkout.id))
    repeated = await work_of_call(third.confirm(checkout.id))
    found = {
        "begin": begun, "settle": settled, "settle again": again, "confirm": confirmed,
        "confirm again": repeated,
    }  # fmt: skip
    assert found == {
        "begin": Work(statements=12, round_trips=3),
        "settle": Work(statements=28, round_trips=5, valkey_calls=2),
        "settle again": Work(statements=3, round_trips=2),
        "confirm": Work(statements=28, round_trips=5, valkey_calls=2),
        "confirm again": Work(statements=8, round_trips=6),
    }


async def test_what_was_captured_is_written_while_others_wait_for_their_turn(
    payer: Payer, bank: Bank
) -> None:
    turns = payer.runtime.checkout_turns

    async def others_come(_: Order) -> None:
        while not turns.locked():
            await turns.acquire()

    settled, _ = await while_captured(payer, bank, others_come)
    assert settled.state == "captured"
