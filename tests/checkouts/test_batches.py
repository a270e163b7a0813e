"""Card payments of several fans share their transactions; each fan has an answer of their own."""

import asyncio
from functools import partial

from helpers.bank import Bank, entry_of
from helpers.checkouts import Payer
from helpers.fans import carried_out
from helpers.reconcile import assert_reconciled
from helpers.work import Work, counted, work_of
from races.interleaving import DEADLINE_S, until_done_or_waiting
from races.test_foreign_locks import locked
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Found
from yemae.refusals import CheckoutNotFound, PaymentDeclined
from yemae.runtime import Runtime
from yemae.sale.batches import Batches
from yemae.sale.checkout import Receipt
from yemae.sale.lease import Leased, LeaseRequest, lease
from yemae.sale.record import ProviderSaid, record

__all__ = ["counted"]

CHECKOUT = "select from checkouts where user_id = 'fan-0' for update"


async def at_the_bank(
    runtime: Runtime, batches: Batches, count: int
) -> list[tuple[Payer, Checkout]]:
    """Fans who are at the bank's page, each with a seat of their own."""
    found = []
    for number in range(count):
        fan = Payer(runtime, batches, f"fan-{number}")
        found.append((fan, await fan.begin(await fan.hold_inside(str(number + 1)))))
    return found


async def test_a_batch_of_card_payments_asks_no_more_of_the_stores_than_one(
    runtime: Runtime, batches: Batches, bank: Bank
) -> None:
    assert bank.url
    fans = await at_the_bank(runtime, batches, 6)
    # Valkey knows every script after the first one.
    for some in (fans[:1], fans[1:2], fans[2:]):
        checkouts = [checkout for _, checkout in some]
        asked = [LeaseRequest(each.id) for each in checkouts]
        leases = await work_of(partial(lease, runtime, asked))
        said = [
            ProviderSaid(each, "capture", Found("captured", each.amount, each.currency))
            for each in checkouts
        ]
        records = await work_of(partial(record, runtime, said))
    assert leases == Work(statements=12, round_trips=3, valkey_calls=1)
    assert records == Work(statements=16, round_trips=2, valkey_calls=1)


async def test_fans_who_confirm_in_one_moment_are_answered_each_for_themselves(
    runtime: Runtime, batches: Batches, bank: Bank
) -> None:
    fans = await at_the_bank(runtime, batches, 4)
    (ann, first), (bob, second), (cem, third), (dan, _) = fans
    await bank.choose(first.id)
    await bank.choose(second.id, "decline", "no_money")
    async with asyncio.timeout(DEADLINE_S):
        paid, declined, pending, unknown = await asyncio.gather(
            ann.confirm(first.id),
            bob.confirm(second.id),
            cem.confirm(third.id),  # not paid yet
            dan.confirm(first.id),  # not theirs
            return_exceptions=True,
        )
    assert isinstance(paid, Receipt)
    assert paid.checkout.id == first.id
    assert isinstance(declined, PaymentDeclined)
    assert isinstance(pending, Checkout)
    assert (pending.id, pending.state) == (third.id, "pending")
    assert isinstance(unknown, CheckoutNotFound)
    orders = [fan.order for fan, _ in fans if fan.order is not None]
    status = [await fan.status(order) for (fan, _), order in zip(fans, orders, strict=True)]
    assert status == ["paid", "held", "held", "held"]
    await assert_reconciled(runtime)


async def test_of_two_requests_of_one_fan_in_a_batch_the_second_sees_what_the_first_did(
    runtime: Runtime, batches: Batches, bank: Bank
) -> None:
    fan = Payer(runtime, batches)
    order = await fan.hold_inside("1")
    one, other = await fan.begin(order), await fan.begin(order)
    asked = [LeaseRequest(one.id), LeaseRequest(other.id), LeaseRequest(one.id)]
    first, *others = await carried_out(lease(runtime, asked))
    assert isinstance(first, Leased)
    assert (first.checkout.id, first.step, others) == (one.id, "capture", [None, None])
    await bank.choose(one.id)
    async with asyncio.timeout(DEADLINE_S):
        again = await asyncio.gather(*(fan.confirm(each.checkout_id) for each in asked))
    # The lease is being used by the first request.
    assert [each.state for each in again if isinstance(each, Checkout)] == ["pending"] * 3


async def test_what_is_locked_elsewhere_holds_up_only_its_own_card_payment(
    runtime: Runtime, batches: Batches, bank: Bank, database_url: str
) -> None:
    (ann, first), (bob, second) = await at_the_bank(runtime, batches, 2)
    for checkout in (first, second):
        await bank.choose(checkout.id)
    async with asyncio.timeout(DEADLINE_S):
        async with locked(database_url, CHECKOUT):
            waiting = asyncio.create_task(ann.confirm(first.id))
            assert isinstance(await bob.confirm(second.id), Receipt)
            await until_done_or_waiting(database_url, waiting)
            assert not waiting.done()
        assert isinstance(await waiting, Receipt)
    assert (await entry_of(runtime, first.id)).captured == first.amount
    await assert_reconciled(runtime)
