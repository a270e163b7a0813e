"""What a captured checkout has brought: made when it is settled, or read again."""

from typing import NamedTuple

from yemae.orders import orders as order_book
from yemae.payments import payments
from yemae.payments.checkout import Checkout
from yemae.runtime import Runtime
from yemae.sale.decide_payments import Paid
from yemae.wallet import ledger
from yemae.wallet.decide import Transfer


class Receipt(NamedTuple):
    """A paid order, or money in the wallet."""

    checkout: Checkout
    paid: Paid | None
    transfer: Transfer


async def receipt_of(runtime: Runtime, checkout: Checkout) -> Receipt:
    """The receipt of one that was captured before."""
    assert checkout.transfer_id is not None
    async with runtime.postgres.transaction() as tx:
        transfer = await ledger.transfer_of(tx, checkout.transfer_id)
        if checkout.order_id is None:
            return Receipt(checkout, None, transfer)
        payment = await payments.receipt_of_order(tx, checkout.order_id)
        order = await order_book.order_of(tx, checkout.order_id, checkout.user_id)
    assert payment is not None, "a captured checkout without its payment"
    assert order is not None, "a captured checkout without its order"
    return Receipt(checkout, Paid(payment, order), transfer)
