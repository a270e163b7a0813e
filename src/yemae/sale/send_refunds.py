"""카드 환불 · Refunds to cards: ask the provider, and write what it said.

The row of a refund is there, and its money has left the books for the provider, before the provider
is asked; it is asked outside of any transaction, by one process at a time, with the refund's id as
the key. A refund that was made in the provider's dashboard gets a row of its own and cancels
nothing. It locks as every verb does: buyer, wallet, order; the refund last.
"""

from uuid import UUID

from yemae.base import metrics
from yemae.base.logs import logger
from yemae.outbox import messages as outbox
from yemae.payments import checkouts, refunds
from yemae.payments.checkout import ACCOUNT, Checkout
from yemae.payments.checkouts import CardPayment
from yemae.payments.provider import DISPUTE_LOST, GivenBack, Provider
from yemae.payments.refunds import Refund
from yemae.runtime import Runtime
from yemae.sale import announcements
from yemae.sale.ask_provider import answer_of, give_back
from yemae.sale.decide_refunds import (
    after_answer,
    given,
    made_elsewhere,
    payout,
    recorded,
    taken_back,
)
from yemae.sale.paid_orders import PaidOrder, lock_paid_order
from yemae.store.postgres import Transaction
from yemae.wallet import ledger as books

log = logger(__name__)


async def send_refund(runtime: Runtime, provider: Provider, refund: Refund) -> Refund:
    """Ask the provider for a refund that was claimed, and write what it said. Raises
    StoreUnavailable."""
    assert refund.checkout_id is not None, "a refund to a wallet is never due"
    async with runtime.checkout_turns, runtime.postgres.transaction() as tx:
        checkout = await checkouts.by_id(tx, refund.checkout_id)
    assert checkout is not None, "a refund without its checkout"
    answer = await answer_of(provider, give_back(provider, checkout.charge, refund))
    async with runtime.checkout_turns, runtime.postgres.transaction() as tx:
        paid = await lock_paid_order(tx, refund.order_id, runtime.new_id)
        return await _write(tx, runtime, paid, refund.id, provider.name, answer)


async def look_at_refunds(runtime: Runtime, provider: Provider, checkout: Checkout) -> bool:
    """Compare our refunds of a captured checkout with those that its provider lists, and record
    those that were made elsewhere. Returns whether the provider has answered. Raises
    StoreUnavailable."""
    if checkout.order_id is None:
        return True
    listed = await answer_of(provider, provider.refunds(checkout.charge))
    if not listed:
        return listed is not None
    card = CardPayment(checkout.id, checkout.provider, checkout.amount)
    async with runtime.checkout_turns, runtime.postgres.transaction() as tx:
        paid = await lock_paid_order(tx, checkout.order_id, runtime.new_id)
        known = {each.id for each in paid.made if each.checkout_id == checkout.id}
        for each in listed:
            if each.key in known:
                await _write(tx, runtime, paid, each.key, provider.name, each)
        for each in made_elsewhere(listed, paid.made):
            await _record(tx, runtime, paid, card, each)
    return True


async def _write(
    tx: Transaction,
    runtime: Runtime,
    paid: PaidOrder,
    refund_id: UUID,
    provider: str,
    answer: GivenBack | None,
) -> Refund:
    """Write what an answer means for a refund; one that was declined takes its money back."""
    before, now = await refunds.lock(tx, refund_id)
    after = after_answer(before, answer, now)
    if after == before:
        return after
    await refunds.write_state(tx, after)
    if after.state == "declined":
        await books.append(tx, taken_back(after, provider, paid.ledger, now))
        if runtime.settings.tells_fans():
            await outbox.tell(tx, "refund_failed", after.id, paid.order.id)
    if before.state != after.state:
        await announcements.tell_of_refund(tx, runtime, after)
    _tell(before, after, provider)
    return after


async def _record(
    tx: Transaction, runtime: Runtime, paid: PaidOrder, card: CardPayment, elsewhere: GivenBack
) -> None:
    """A row for a refund that was made in the provider's dashboard. Without room for it, as another
    refund of ours is on its way, it is recorded when it is seen again. What a lost dispute took is
    recorded whatever is left."""
    said = {"order": str(paid.order.id), "provider": card.provider, "amount": elsewhere.amount}
    made = await (await refunds.of_orders(tx, [paid.order.id])).rows()
    is_lost = elsewhere.reason == DISPUTE_LOST
    if not is_lost and elsewhere.amount > refunds.left_of(paid.paid, made):
        log.error("refund made at the provider is more than is left of the payment", **said)
        return
    now = runtime.now()
    refund = recorded(elsewhere, runtime.new_id(), paid.order.id, card, now)
    await refunds.write(tx, refund)
    await announcements.tell_of_refund(tx, runtime, refund)
    came = given(refund, paid.ledger)
    left = paid.ledger._replace(balance=came.balance_after)
    account = ACCOUNT.format(card.provider)
    await books.append(tx, [came, payout(refund, account, left)])
    metrics.REFUNDS.labels(card.provider, "elsewhere").inc()
    log.warning("refund was made at the provider, not here", **said)


def _tell(before: Refund, after: Refund, provider: str) -> None:
    """Count an end, and say what an operator has to hear."""
    said = {"refund": str(after.id), "provider": provider, "amount": after.amount}
    if after.state in ("settled", "declined"):
        metrics.REFUNDS.labels(provider, after.state).inc()
    if after.state == "declined":
        log.error("refund to a card was declined", failure=after.failure, **said)
    if after.handed_over_at is not None and before.handed_over_at is None:
        log.error("refund to a card is open for too long: look at the provider", **said)
