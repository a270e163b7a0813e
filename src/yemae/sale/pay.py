"""결제 · Pay: check the hold, check the balance, debit and sell, in one transaction."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from yemae.base.batching import Done, decided_apart
from yemae.concerts import seats
from yemae.orders import orders as order_book
from yemae.outbox import messages as outbox
from yemae.outbox.messages import Contact, SaleToTell
from yemae.payments import payments
from yemae.payments.payment import Payment
from yemae.refusals import EntryTokenExpired, IdempotencyConflict
from yemae.runtime import Runtime, Stores
from yemae.sale import announcements, follow_ups, row_locks
from yemae.sale.allotments import turns_of_payments
from yemae.sale.contacts import require_address
from yemae.sale.decide_payments import Paid, PayRequest, decide_payments
from yemae.sale.gate import Entered
from yemae.sale.replays import by_key, keys_of, latest, new_answers
from yemae.store.postgres import Transaction
from yemae.wallet import ledger
from yemae.wallet.decide import SALES, Transfer

__all__ = ["Payment", "earlier_payment", "pay", "pay_order", "write_sales"]

if TYPE_CHECKING:
    from yemae.sale.batches import Batches


async def pay_order(
    runtime: Runtime,
    batches: "Batches",
    fan: Entered,
    order_id: UUID,
    terms: str | None = None,
    contact: Contact | None = None,
) -> Paid:
    """Pay a held order, or answer a repeat of an Idempotency-Key as before, although the payment
    has ended the pass. Raises EntryTokenExpired, InvalidRequest for a missing address, and the
    refusals of `decide_payments`."""
    request = PayRequest(fan.entry.pass_key, order_id, fan.key, terms, contact)
    if fan.opened is None:
        return await earlier_payment(runtime, request)
    await require_address(runtime, request.user_id, contact)
    return await batches.pay.submit(request)


async def pay(runtime: Runtime, requests: list[PayRequest], *, wait: bool = True) -> Done[Paid]:
    """Check the hold, check the balance, debit and sell: one transaction; then the pass ends."""
    fans = [request.user_id for request in requests]
    order_ids = [request.order_id for request in requests]
    turns = turns_of_payments(runtime, {r.pass_key.concert_id for r in requests})
    async with runtime.postgres.transaction() as tx:
        # A fan with free tickets only has no wallet to lock, and their keys must hold as well.
        buyers_sent = await order_book.lock_buyers(tx, [*fans, *turns], wait=wait)
        wallets_sent = await ledger.lock_wallets(tx, fans, wait=wait)
        orders_sent = await order_book.lock_orders(tx, order_ids, wait=wait)
        seats_sent = await seats.lock_seats_of_orders(tx, order_ids, wait=wait)
        earlier_sent = await payments.payments_by_key(tx, keys_of(requests))
        used_sent = await payments.passes_used(tx, [r.pass_key for r in requests])
        wallets, orders = await wallets_sent.rows(), await orders_sent.rows()
        locked_seats = await seats_sent.rows()
        busy = row_locks.busy_of_payments(await buyers_sent.rows(), wallets, orders, locked_seats)
        earlier, used = by_key(await earlier_sent.rows()), await used_sent.rows()
        known = {row.id: row.order for row in orders if row.order is not None}
        intact: dict[UUID, int] = defaultdict(int)
        for row in locked_seats:
            intact[row.order_id] += row.still_held
        paying = {each.pass_key for each in used if each.checkout_id}
        being_paid = {row.id for row in orders if row.checkout_id and row.is_being_paid}
        decide = partial(
            decide_payments,
            orders=known,
            intact=intact,
            balances=ledger.balances(wallets),
            earlier=earlier,
            passes_used=payments.ended(used),
            passes_paying=paying,
            being_paid=being_paid,
            terms=runtime.terms.current,
            now=latest([*orders, *locked_seats]),
            new_id=runtime.new_id,
        )
        answers = decided_apart(requests, busy, row_locks.rows_of_payment, decide)
        sales = new_answers(answers, earlier.values())
        await write_sales(tx, runtime, sales, requests)
    return Done(answers, follow_ups.after_payment_from_wallet(runtime, sales))


async def earlier_payment(runtime: Runtime, request: PayRequest) -> Paid:
    """What the same Idempotency-Key was answered before. Raises EntryTokenExpired without one, or
    IdempotencyConflict when it paid another order."""
    if request.idempotency_key is None:
        raise EntryTokenExpired
    async with runtime.postgres.transaction() as tx:
        payment = await (await payments.payments_by_key(tx, keys_of([request]))).row()
        if payment is None:
            raise EntryTokenExpired
        if payment.order_id != request.order_id:
            raise IdempotencyConflict
        order = await order_book.order_of(tx, payment.order_id, request.user_id)
    assert order is not None, "a payment without its order"
    return Paid(payment, order)


async def write_sales(
    tx: Transaction,
    stores: Stores,
    sales: list[Paid],
    requests: Sequence[PayRequest] = (),
    arrived: Sequence[Transfer] = (),
) -> None:
    """The debit, the sale, and the messages of it, or nothing. `requests` say where the fans want
    to hear of it; `arrived` are the lines of the money that came for it."""
    if not sales:
        return
    await order_book.mark_paid(tx, [order.id for _, order in sales])
    await seats.sell_seats(
        tx,
        [
            (order.performance_key, number, order.id)
            for _, order in sales
            for number in order.seat_numbers
        ],
    )
    await payments.write_payments(tx, [payment for payment, _ in sales])
    await ledger.append(
        tx,
        [
            *arrived,
            *(
                Transfer(
                    id=stores.new_id(),
                    user_id=payment.user_id,
                    kind="payment",
                    from_account=payment.user_id,
                    to_account=SALES,
                    amount=payment.amount,
                    balance_after=payment.balance_after,
                    order_id=payment.order_id,
                    idempotency_key=None,
                    created_at=payment.paid_at,
                )
                for payment, _ in sales
                if payment.amount
            ),
        ],
    )
    if stores.settings.tells_fans():
        contacts = {(r.pass_key.user_id, r.order_id): r.contact for r in requests}
        await outbox.tell_of_sales(
            tx,
            [
                SaleToTell(
                    payment.id,
                    order.id,
                    payment.user_id,
                    contacts.get((payment.user_id, order.id)),
                )
                for payment, order in sales
            ],
        )
    await announcements.tell_of_sales(tx, stores, sales)
