"""Orders that a card has paid, and their refunds."""

from uuid import UUID

from helpers.bank import (
    Bank,
)
from helpers.checkouts import Payer
from yemae.back_office import orders as back_office
from yemae.http.test_bank.charges import RefundBehaviour
from yemae.orders.order import Order
from yemae.payments import refunds
from yemae.payments.checkout import Checkout
from yemae.payments.refunds import Refund
from yemae.runtime import Runtime
from yemae.sale import looks
from yemae.sale.cancel import By, Cancelled, CancelWish, cancel_seats
from yemae.sale.checkout import Receipt

OP = By("op", is_operator=True, takes_fee=False)


async def bought(
    payer: Payer, bank: Bank, *seats: str, refunds: RefundBehaviour = "settle"
) -> tuple[Order, Checkout]:
    """An order that a card has paid, at a bank that does this with refunds."""
    order = await payer.hold_inside(*seats)
    checkout = await payer.begin(order)
    await bank.choose(checkout.id, refunds=refunds)
    assert isinstance(await payer.confirm(checkout.id), Receipt)
    return order, checkout


async def refunds_of(runtime: Runtime, order: Order) -> list[Refund]:
    """The refunds of an order, the oldest first."""
    return (await back_office.show_order(runtime, order.id)).refunds


async def waiting(runtime: Runtime) -> list[UUID]:
    """The refunds that an operator has to look at."""
    found = await back_office.open_refunds(runtime, is_waiting=True, before=None, limit=9)
    async with runtime.postgres.transaction() as tx:
        assert await refunds.count_waiting(tx) == len(found)
    return [each.id for each in found]


async def balance(payer: Payer) -> int:
    return (await looks.own_wallet(payer.runtime, payer.user_id)).balance


async def cancel(runtime: Runtime, order: Order, *seats: str) -> Cancelled:
    """Cancel as an operator, without a fee."""
    return await cancel_seats(runtime, OP, CancelWish(order.id, seats or None))
