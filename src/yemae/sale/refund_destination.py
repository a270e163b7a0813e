"""Where a refund goes: back to what paid the order, a card, cash or its fan's wallet."""

from uuid import UUID

from yemae.orders import box_office
from yemae.payments import checkouts, refunds
from yemae.payments.checkout import ACCOUNT
from yemae.payments.refunds import Refund
from yemae.sale.decide_refunds import Ledger, Source, payout, split
from yemae.store.postgres import Transaction
from yemae.wallet.decide import Transfer


async def source_of(tx: Transaction, order_id: UUID) -> Source | None:
    """What paid an order beside the wallet; None: the wallet did, or it cost nothing."""
    card = await checkouts.captured_of_order(tx, order_id)
    if card is not None:
        return Source(card.amount, ACCOUNT.format(card.provider), card.id)
    cash = await box_office.cash_of_order(tx, order_id)
    return None if cash is None else Source(cash)


async def send_to_source(
    tx: Transaction, refund: Refund, after: Ledger
) -> tuple[list[Refund], list[Transfer]]:
    """Write a refund whose money comes into the wallet in this transaction, under the lock of its
    order, in one or two parts: to what paid the order, and to the wallet. Returns them, and the
    lines that take money out of the wallet again; `after` has the balance with it."""
    source = await source_of(tx, refund.order_id)
    made = await (await refunds.of_orders(tx, [refund.order_id])).rows()
    parts = split(refund, source, made, after.new_id)
    for part in parts:
        await refunds.write(tx, part)
    first = parts[0]
    if source is None or first.destination == "wallet":
        return parts, []
    return parts, [payout(first, source.account, after)]
