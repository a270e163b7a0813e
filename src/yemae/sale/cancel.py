"""예매 취소 · Cancel: a fan or an operator takes seats out of a paid order.

One transaction: the seats, which can be sold again, their tickets, the order, the cancellation, the
refund with its transfers, and for an operator the line in the log. The codes of the tickets open no
door from its commit on. It locks as every verb does: buyer, wallet, order, seats; for an operator
the concert first, as blocks do.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from yemae.base.batching import follow_up
from yemae.concerts import controls, date_changes, seat_blocks, sold_seats
from yemae.concerts.cancellation_policy import CancellationPolicy, closes_at, policy_now
from yemae.concerts.performance import Performance
from yemae.orders import cancellations, orders
from yemae.orders.cancellations import Cancellation
from yemae.orders.order import Order
from yemae.outbox import messages as outbox
from yemae.outbox.messages import Kind
from yemae.payments import payments, refunds
from yemae.payments.refunds import Refund
from yemae.refusals import (
    CancellationClosed,
    CancellationFeeChanged,
    IdempotencyConflict,
    OrderNotFound,
    OrderNotPaid,
)
from yemae.runtime import Runtime, Stores
from yemae.sale import announcements, follow_ups
from yemae.sale.decide_cancellations import (
    IN_FULL,
    CancelledBy,
    Quote,
    cancelled_seats,
    chosen_seats,
    left_of,
    quote,
    require_companions,
    transfers_of,
)
from yemae.sale.decide_refunds import Ledger, shares
from yemae.sale.disputed_orders import require_no_open_dispute
from yemae.sale.hold import seat_numbers
from yemae.sale.refund_destination import send_to_source, source_of
from yemae.store.postgres import Transaction
from yemae.wallet import ledger
from yemae.wallet.decide import Transfer


class CancelWish(NamedTuple):
    """What to cancel of an order; without `seats`, all that it has. `fee` is what the fan has seen
    of a quote, and `idempotency_key` is theirs."""

    order_id: UUID
    seats: Sequence[str] | None = None
    fee: int | None = None
    idempotency_key: str | None = None


class By(NamedTuple):
    """Who cancels: a fan, or an operator, who may leave out the fee and is in the log."""

    who: str
    is_operator: bool = False
    takes_fee: bool = True
    reason: str | None = None


class Cancelled(NamedTuple):
    """A cancellation, the order as it is now, and the refund in its parts, by where they go;
    without any, nothing is to be given back."""

    cancellation: Cancellation
    order: Order
    refunds: list[Refund]
    # Whether it answers a repeat of an Idempotency-Key.
    is_repeat: bool = False


class _Known(NamedTuple):
    """What is known of an order without a lock: its fan, its date and the policy that it was bought
    under."""

    user_id: str
    performance: Performance
    policy: CancellationPolicy | None


async def quote_cancellation(
    stores: Stores, by: By, order_id: UUID, seats: Sequence[str] | None = None
) -> Quote:
    """What cancelling would cost now. Raises OrderNotFound, OrderNotPaid, CancellationClosed,
    SeatsNotInOrder, InvalidRequest."""
    known = await _known(stores, by, order_id)
    async with stores.postgres.transaction() as tx:
        found = await orders.order_of(tx, order_id, known.user_id)
        assert found is not None, "an order that was found is there"
        order = _paid(found)
        return await _quote(tx, by, known, order, chosen_seats(order, _numbers(seats)))


async def cancel_order(runtime: Runtime, user_id: str, wish: CancelWish) -> Cancelled:
    """Cancel an order of this fan, or seats of it. Raises what `cancel_seats` raises."""
    done = await cancel_seats(runtime, By(user_id), wish)
    if not done.is_repeat:
        steps = follow_ups.after_cancellation(runtime, done.order, done.cancellation)
        await follow_up("cancel", steps)
    return done


async def cancel_seats(stores: Stores, by: By, wish: CancelWish) -> Cancelled:
    """Cancel, or answer a repeat of an Idempotency-Key as before. Raises OrderNotFound,
    OrderNotPaid, OrderDisputed, CancellationClosed, CancellationFeeChanged, SeatsNotInOrder,
    InvalidRequest, IdempotencyConflict."""
    known = await _known(stores, by, wish.order_id)
    async with stores.postgres.transaction() as tx:
        if by.is_operator:
            # So that every process counts the seats again. It locks the concert, which blocks and
            # loads lock before seats.
            await controls.announce(tx, known.performance.concert_id)
        # The buyer's turn: two requests with one key are answered one after the other.
        await orders.lock_buyers(tx, [known.user_id])
        earlier = await (await cancellations.by_key(tx, known.user_id, wish.idempotency_key)).row()
        if earlier is not None:
            return await _repeated(tx, wish, earlier)
        wallets = await (await ledger.lock_wallets(tx, [known.user_id])).rows()
        locked = await (await orders.lock_orders(tx, [wish.order_id])).one()
        found = orders.require_owner(locked.order, known.user_id)
        order = _paid(found._replace(status=orders.status_at(found, locked.now)))
        leaves = chosen_seats(order, _numbers(wish.seats))
        quoted = await _quote(tx, by, known, order, leaves)
        if wish.fee is not None and wish.fee != quoted.fee:
            raise CancellationFeeChanged(quoted.fee, quoted.refund, order.currency)
        has = await sold_seats.lock(tx, order.performance_key, order.seat_numbers)
        require_companions(order, leaves, {seat.number: seat.mark for seat in has})
        said = CancelledBy(stores.new_id(), locked.now, by.who, by.reason, wish.idempotency_key)
        cancellation = cancelled_seats(order, quoted, said)
        balance = ledger.balances(wallets).get(order.user_id, 0)
        done = await carry_out(tx, stores, order, quoted, cancellation, balance)
        if by.is_operator:
            await _log(tx, stores, order, cancellation, quoted)
            await seat_blocks.announce_date(tx, order.performance_key)
        return done


async def carry_out(
    tx: Transaction,
    stores: Stores,
    order: Order,
    quoted: Quote,
    cancellation: Cancellation,
    balance: int,
    kind: Kind = "order_cancelled",
) -> Cancelled:
    """Write a cancellation that was decided under the locks: seats, tickets, order, money, and the
    one message that tells of it, of this kind."""
    leaves = cancellation.seat_numbers
    left = left_of(order, leaves, quoted)
    await _free(tx, order, left, leaves)
    await cancellations.write(tx, cancellation)
    lines = transfers_of(cancellation, quoted.refund, balance, stores.new_id)
    after = Ledger(order.user_id, balance + quoted.refund, stores.new_id)
    parts, payouts = await _refund(tx, after, cancellation, quoted.refund)
    await ledger.append(tx, [*lines, *payouts])
    if stores.settings.tells_fans():
        await outbox.tell(tx, kind, cancellation.id, order.id)
    await announcements.tell_of_cancellation(tx, stores, left, cancellation, parts)
    return Cancelled(cancellation, left, parts)


async def _known(stores: Stores, by: By, order_id: UUID) -> _Known:
    """Raises OrderNotFound, for a fan also where the order is another's."""
    async with stores.postgres.transaction() as tx:
        found = await orders.origin_of(tx, order_id)
    if found is None or not (by.is_operator or found.user_id == by.who):
        raise OrderNotFound
    await stores.catalogue.know([found.performance_id])
    digest, catalogue = found.cancellation, stores.catalogue
    if digest is not None and digest not in catalogue.policies:
        # Another process has just loaded it.
        await catalogue.refresh()
    return _Known(
        found.user_id,
        catalogue.performance(found.performance_id),
        None if digest is None else catalogue.policies[digest],
    )


def _numbers(seats: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if seats is None else seat_numbers(seats)


def _paid(order: Order) -> Order:
    """Raises OrderNotPaid."""
    if order.status != "paid":
        raise OrderNotPaid(order.status)
    return order


async def _quote(tx: Transaction, by: By, known: _Known, order: Order, leaves: list[str]) -> Quote:
    """By the policy of the order, or in full where an operator says so or the date was cancelled or
    moved. Raises OrderDisputed, CancellationClosed."""
    await require_no_open_dispute(tx, order.id)
    payment = await payments.of_order(tx, order.id)
    made = await (await refunds.of_orders(tx, [order.id])).rows()
    left = refunds.left_of(payment.amount, made)
    policy, date = known.policy, known.performance
    closes = None if policy is None else closes_at(policy, date.starts_at, date.zone)
    state = await date_changes.look_at(tx, order.performance_key)
    terms = None
    if state.gives_all_back(payment.paid_at):
        terms, closes = IN_FULL, state.refundable_until
    elif by.is_operator and not by.takes_fee:
        terms = IN_FULL
    elif policy is not None:
        terms = policy_now(
            policy,
            booked_at=payment.paid_at,
            starts_at=date.starts_at,
            zone=date.zone,
            now=payment.now,
        )
    if terms is None:
        raise CancellationClosed(closes)
    source = await source_of(tx, order.id)
    quoted = quote(order, leaves, terms, closes_at=closes, left=left)
    return quoted._replace(shares=shares(quoted.refund, source, made))


async def _repeated(tx: Transaction, wish: CancelWish, earlier: Cancellation) -> Cancelled:
    """What this key was answered with before. Raises IdempotencyConflict when it was for another
    order or other seats."""
    numbers = _numbers(wish.seats)
    same = numbers is None or set(numbers) == set(earlier.seat_numbers)
    if earlier.order_id != wish.order_id or not same:
        raise IdempotencyConflict
    order = await orders.order_of(tx, earlier.order_id, earlier.user_id)
    assert order is not None, "a cancellation without its order"
    made = await (await refunds.of_orders(tx, [order.id])).rows()
    parts = refunds.of_cancellation(made, earlier.id)
    return Cancelled(earlier, order, parts, is_repeat=True)


async def _free(tx: Transaction, order: Order, left: Order, leaves: Sequence[str]) -> None:
    """The seats can be sold again, and their tickets are void."""
    await sold_seats.drop_tickets(tx, order.performance_key, order.id, leaves)
    await sold_seats.leave(tx, order.performance_key, order.id, leaves)
    if left.status == "cancelled":
        await orders.mark_cancelled(tx, order.id)
    else:
        await orders.write_seats(tx, left)


async def _refund(
    tx: Transaction, after: Ledger, cancellation: Cancellation, amount: int
) -> tuple[list[Refund], list[Transfer]]:
    """The refund in its parts, and what leaves the wallet again for what paid the order. `after`
    has the balance with it."""
    if not amount:
        return [], []
    refund = refunds.to_wallet(
        after.new_id(),
        cancellation.order_id,
        amount,
        cancellation.cancelled_at,
        by=cancellation.cancelled_by,
        reason=cancellation.reason,
        cancellation_id=cancellation.id,
    )
    return await send_to_source(tx, refund, after)


async def _log(
    tx: Transaction, stores: Stores, order: Order, cancellation: Cancellation, quoted: Quote
) -> None:
    details = {
        "order": str(order.id),
        "performance": order.performance_id,
        "seats": cancellation.seat_numbers,
        "fee": quoted.fee,
        "refund": quoted.refund,
        "reason": cancellation.reason,
    }
    who = cancellation.cancelled_by
    await controls.log(tx, stores.new_id(), order.concert_id, who, "cancel", details)
