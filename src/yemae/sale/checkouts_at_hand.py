"""What belongs to checkouts, under its locks, and what is written of it: each for all fans of the
same moment in a few statements.

Of one fan only the first request of a batch is decided; what it changes, the others have to see, so
they are answered with None and come again.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from yemae.base.batching import FollowUp
from yemae.concerts import seats
from yemae.concerts.seats import Claim
from yemae.orders import orders as order_book
from yemae.orders.order import Kept
from yemae.payments import checkouts, payments
from yemae.payments.checkout import Checkout
from yemae.payments.payments import UsedPass
from yemae.runtime import Runtime
from yemae.sale import follow_ups, row_locks
from yemae.sale.allotments import turns_of_payments
from yemae.sale.decide_checkouts import OrderAtHand, is_sellable
from yemae.sale.decide_payments import Paid
from yemae.sale.gate import HeldUntil
from yemae.sale.pay import write_sales
from yemae.sale.row_locks import LockedRow
from yemae.store.postgres import Transaction
from yemae.values.pass_key import PassKey
from yemae.wallet import ledger
from yemae.wallet.decide import Transfer

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class AtHand(NamedTuple):
    """What a transaction has locked of a checkout, and the store's time after the last lock."""

    checkout: Checkout
    order: OrderAtHand | None
    used: UsedPass | None
    balance: int
    now: datetime

    @property
    def is_sellable(self) -> bool:
        """Whether captured money has something to buy."""
        return is_sellable(self.checkout, self.order, self.used, self.now)


@dataclass
class Changes:
    """What the requests of a batch change."""

    written: list[Checkout] = field(default_factory=list)
    # Holds that get another end, each with the time at which that was decided.
    kept: list[tuple[Kept, datetime]] = field(default_factory=list)
    arrived: list[Transfer] = field(default_factory=list)
    sales: list[Paid] = field(default_factory=list)

    def keep(self, at: AtHand, until: datetime, checkout_id: UUID | None) -> None:
        """Let the order of a checkout be held until another time, with its seats and its pass."""
        assert at.order is not None, "a top-up holds nothing"
        self.kept.append((Kept(at.order.order, until, checkout_id), at.now))


class Locked(NamedTuple):
    """What was locked of checkouts, by their ids, and the rows that are locked elsewhere."""

    at: dict[UUID, AtHand]
    busy: set[LockedRow]


async def lock(
    runtime: Runtime, tx: Transaction, known: Sequence[Checkout], *, wait: bool
) -> Locked:
    """Lock all that belongs to checkouts, in the order of all locks and in one round trip. Their
    orders may be kept beyond their holds, so a phase with an allotment takes its turn as it does
    for payments. Of what is known before the locks, only what never changes is used."""
    if not known:
        return Locked({}, set())
    fans = [each.user_id for each in known]
    order_ids = [each.order_id for each in known if each.order_id is not None]
    passes = list({each.pass_key for each in known if each.pass_key is not None})
    turns = turns_of_payments(runtime, {key.concert_id for key in passes})
    buyers_sent = await order_book.lock_buyers(tx, [*fans, *turns], wait=wait)
    wallets_sent = await ledger.lock_wallets(tx, fans, wait=wait)
    orders_sent = await order_book.lock_orders(tx, order_ids, wait=wait)
    seats_sent = await seats.lock_seats_of_orders(tx, order_ids, wait=wait)
    used_sent = await payments.passes_used(tx, passes)
    checkouts_sent = await checkouts.lock_checkouts(tx, [each.id for each in known], wait=wait)
    wallets, orders = await wallets_sent.rows(), await orders_sent.rows()
    locked_seats, locked = await seats_sent.rows(), await checkouts_sent.rows()
    busy = row_locks.busy_of_payments(await buyers_sent.rows(), wallets, orders, locked_seats)
    busy |= row_locks.busy_of_checkouts(locked)
    still_held: dict[UUID, int] = defaultdict(int)
    for seat in locked_seats:
        still_held[seat.order_id] += seat.still_held
    at_hand = {
        row.id: OrderAtHand(
            row.order, row.checkout_id, still_held[row.id] == len(row.order.seat_numbers)
        )
        for row in orders
        if row.order is not None
    }
    used = {each.pass_key: each for each in await used_sent.rows()}
    balances = ledger.balances(wallets)
    found = {
        row.id: _at_hand(row.checkout, row.now, at_hand, used, balances)
        for row in locked
        if row.checkout is not None
    }
    return Locked(found, busy)


def _at_hand(
    checkout: Checkout,
    now: datetime,
    orders: dict[UUID, OrderAtHand],
    used: dict[PassKey, UsedPass],
    balances: dict[str, int],
) -> AtHand:
    order = orders.get(checkout.order_id) if checkout.order_id else None
    ended = used.get(checkout.pass_key) if checkout.pass_key else None
    # Without the lock of the wallet the request waits, and nothing of it is decided.
    return AtHand(checkout, order, ended, balances.get(checkout.user_id, 0), now)


def once_for_each_fan(
    requests: Sequence[Request],
    fan_of: Callable[[Request], str],
    decide: Callable[[Request], Answer],
) -> list[Answer | None]:
    """Decide the first request of each fan; the others have to come again."""
    answers: list[Answer | None] = []
    decided: set[str] = set()
    for request in requests:
        fan = fan_of(request)
        answers.append(None if fan in decided else decide(request))
        decided.add(fan)
    return answers


async def write(runtime: Runtime, tx: Transaction, changes: Changes) -> list[FollowUp]:
    """Write what was decided. Returns what follows the commit."""
    shortened = await keep_held(tx, [kept for kept, _ in changes.kept])
    if changes.sales:
        await write_sales(tx, runtime, changes.sales, arrived=changes.arrived)
    else:
        await ledger.append(tx, changes.arrived)
    if changes.written:
        await checkouts.write_checkouts(tx, changes.written)
    return [
        *follow_ups.after_keeping(runtime, changes.kept, shortened),
        *follow_ups.after_payment(runtime, changes.sales),
    ]


async def keep_held(tx: Transaction, kept: Sequence[Kept]) -> list[HeldUntil]:
    """Let orders be held until other times, with their seats. Returns those that end earlier, whose
    fans' other holds may keep the pass open for longer."""
    if not kept:
        return []
    await order_book.keep_held(tx, kept)
    claims = [
        Claim(order.performance_key, number, order.id, until)
        for order, until, _ in kept
        for number in order.seat_numbers
    ]
    await seats.keep_seats(tx, claims)
    shorter = [order for order, until, _ in kept if until <= order.expires_at]
    if not shorter:
        return []
    passes = [(order.user_id, order.pass_number) for order in shorter]
    ends = await order_book.passes_held_until(tx, passes)
    return list(zip(shorter, ends, strict=True))
