"""Where a refund goes: to the card that paid the order, or to its fan's wallet."""

from yemae.payments import checkouts, refunds
from yemae.payments.refunds import Refund
from yemae.sale.decide_refunds import Ledger, payout, to_source
from yemae.store.postgres import Transaction
from yemae.wallet.decide import Transfer


async def send_to_source(
    tx: Transaction, refund: Refund, after: Ledger
) -> tuple[Refund, list[Transfer]]:
    """Write a refund whose money comes into the wallet in this transaction, under the lock of its
    order, to the card where a card paid. Returns it, and the lines that take the money out of the
    wallet again; `after` has the balance with it."""
    card = await checkouts.captured_of_order(tx, refund.order_id)
    made = await (await refunds.of_orders(tx, [refund.order_id])).rows()
    refund = to_source(refund, card, made)
    await refunds.write(tx, refund)
    if card is None or refund.destination == "wallet":
        return refund, []
    return refund, [payout(refund, card.provider, after)]
