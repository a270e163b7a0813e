"""Card payment, second half: ask the provider under a lease, then sell or give back.

A return of the fan, a webhook and the job all come here, and only one of them asks at a time. First
a transaction gives the checkout a lease, which keeps the order held for as long as the provider may
have captured; the provider is asked outside of any transaction; another transaction writes what it
said: the money in the wallet, the debit and the sale together. Without an answer the checkout is in
doubt, keeps its lease, and is looked up again. What was captured and can't be sold is given back.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from yemae.base import metrics
from yemae.base.batching import FollowUp, follow_up
from yemae.base.logs import logger
from yemae.concerts import seats
from yemae.orders import orders as order_book
from yemae.payments import checkouts, payments
from yemae.payments.checkout import ACCOUNT, Checkout
from yemae.payments.payment import Payment
from yemae.payments.payments import UsedPass
from yemae.payments.provider import Found, Provider
from yemae.refusals import CheckoutNotFound
from yemae.runtime import Runtime
from yemae.sale import follow_ups
from yemae.sale.allotments import turns_of_payments
from yemae.sale.ask_provider import answer_of, capture
from yemae.sale.decide_checkouts import (
    BUSY,
    EXPIRED,
    NO_ANSWER,
    NOT_SELLABLE,
    OrderAtHand,
    Step,
    in_doubt,
    is_sellable,
    leased,
    next_step,
    not_void_yet,
    outcome_of,
    without_lease,
)
from yemae.sale.decide_payments import Paid
from yemae.sale.pay import write_sales
from yemae.sale.receipts import Receipt
from yemae.store.postgres import Transaction
from yemae.wallet import ledger
from yemae.wallet.decide import Transfer

# While the fan is at the provider's page, whose return and webhook may get lost.
LOOK_AT_PENDING = timedelta(minutes=1)

log = logger(__name__)


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


async def settle_checkout(runtime: Runtime, checkout_id: UUID) -> Checkout:
    """Ask the provider, and do what its answer means. Returns the checkout, which another process
    may have at hand, or which may be in doubt. Raises CheckoutNotFound or StoreUnavailable."""
    done = await settle(runtime, checkout_id)
    return done.checkout if isinstance(done, Receipt) else done


async def settle(
    runtime: Runtime, checkout_id: UUID, of_user: str | None = None
) -> Checkout | Receipt:
    """The same, with the receipt of what was captured just now. Raises CheckoutNotFound for
    another user's as well, when one is given."""
    checkout, step = await _lease(runtime, checkout_id, of_user)
    if (provider := runtime.provider) is None or step in ("none", "wait"):
        return checkout
    if step == "give_back":
        return await _give_back(runtime, provider, checkout)
    found = await answer_of(provider, capture(provider, checkout))
    done = await _write(runtime, checkout, found)
    if isinstance(done, Receipt) or done.settled_at is not None or done.reason != NOT_SELLABLE:
        return done
    return await _give_back(runtime, provider, done)


async def look_up_checkout(runtime: Runtime, checkout_id: UUID) -> None:
    """Look a checkout up whose fan has not come back, and settle it when there is anything to
    settle. Raises CheckoutNotFound or StoreUnavailable."""
    provider = runtime.provider
    async with runtime.checkout_turns, runtime.postgres.transaction() as tx:
        checkout = await checkouts.by_id(tx, checkout_id)
    if checkout is None or provider is None:
        raise CheckoutNotFound
    was_asked = checkout.lease_until is not None or checkout.state == "in_doubt"
    if not was_asked and checkout.expires_at > runtime.now():
        found = await answer_of(provider, provider.look_up(checkout.charge))
        if found is None or found.state in ("open", "unknown"):
            # The fan is still at the provider's page; the claim has set the next look-up.
            return
    await settle_checkout(runtime, checkout_id)


async def _lease(runtime: Runtime, checkout_id: UUID, of_user: str | None) -> tuple[Checkout, Step]:
    """Let this process ask the provider, and keep the order held meanwhile."""
    steps: list[FollowUp] = []
    async with runtime.checkout_turns, runtime.postgres.transaction() as tx:
        known = await checkouts.by_id(tx, checkout_id)
        if known is None or of_user not in (None, known.user_id):
            raise CheckoutNotFound
        if known.settled_at is not None:
            # It never changes again, so it needs no lock.
            return known, "none"
        if runtime.provider is None:
            raise CheckoutNotFound
        at = await _lock(runtime, tx, known)
        step = next_step(at.checkout, at.order, at.used, at.now)
        if step in ("none", "wait"):
            return at.checkout, step
        order = at.order.order if at.order else None
        checkout = leased(at.checkout, order.expires_at if order else None, at.now)
        if step == "give_back":
            checkout = checkout._replace(
                lease_until=at.checkout.lease_until, hold_ends_at=at.checkout.hold_ends_at
            )
        elif order is not None and at.order and at.order.checkout_id is None:
            assert checkout.lease_until is not None
            until = max(order.expires_at, checkout.lease_until)
            steps = await _keep(runtime, tx, at, until, checkout.id)
        await checkouts.write_checkout(tx, checkout)
    await follow_up("checkout", steps)
    return checkout, step


async def _lock(runtime: Runtime, tx: Transaction, known: Checkout) -> AtHand:
    """Lock all that belongs to a checkout, in the order of all locks and in one round trip. The
    order may be kept beyond its hold, so a phase with an allotment takes its turn as it does for
    payments. Of what is known before the lock, only what never changes is used."""
    queues = [] if known.pass_key is None else [known.pass_key.concert_id]
    turns = turns_of_payments(runtime, queues)
    await order_book.lock_buyers(tx, [known.user_id, *turns])
    wallets_sent = await ledger.lock_wallets(tx, [known.user_id])
    order_ids = [] if known.order_id is None else [known.order_id]
    order_sent = await order_book.lock_orders(tx, order_ids)
    seats_sent = await seats.lock_seats_of_orders(tx, order_ids)
    passes = [] if known.pass_key is None else [known.pass_key]
    used_sent = await payments.passes_used(tx, passes)
    checkout_sent = await checkouts.lock_checkout(tx, known.id)
    order, used = None, None
    if known.order_id is not None:
        locked, has = await order_sent.one(), await seats_sent.rows()
        assert locked.order is not None, "an order that is waited for is locked"
        count = sum(seat.still_held for seat in has)
        is_intact = count == len(locked.order.seat_numbers)
        order = OrderAtHand(locked.order, locked.checkout_id, is_intact)
        used = await used_sent.row()
    now, checkout = await checkout_sent.one()
    assert checkout is not None, "a checkout that was there is gone"
    balance = ledger.balances(await wallets_sent.rows())[known.user_id]
    return AtHand(checkout, order, used, balance, now)


async def _write(runtime: Runtime, asked: Checkout, found: Found | None) -> Checkout | Receipt:
    """Write what the provider's answer to a capture means."""
    receipt: Receipt | None = None
    async with runtime.settle_turns, runtime.postgres.transaction() as tx:
        at = await _lock(runtime, tx, asked)
        if at.checkout.settled_at is not None:
            return at.checkout
        outcome = outcome_of(at.checkout, found, sellable=at.is_sellable, now=at.now)
        reason = found.reason if found else None
        if outcome == "sell":
            receipt, steps = await _sell(runtime, tx, at)
            after = receipt.checkout
        elif outcome == "unclear":
            after, steps = in_doubt(at.checkout, NO_ANSWER, at.now), []
        else:
            steps = await _let_go(runtime, tx, at)
            match outcome:
                case "not_paid":
                    after = without_lease(at.checkout, at.now + LOOK_AT_PENDING)
                case "give_back":
                    after = in_doubt(at.checkout, NOT_SELLABLE, at.now)
                    again = at.now + BUSY
                    after = after._replace(lease_until=None, busy_until=again, look_at=again)
                case state:
                    after = at.checkout.settled(state, at.now, reason)
        await checkouts.write_checkout(tx, after)
    await follow_up("checkout", steps)
    _tell(at.checkout, after)
    return receipt or after


async def _give_back(runtime: Runtime, provider: Provider, asked: Checkout) -> Checkout:
    """Void the charge, or give back what was captured of it, and write that."""
    found = await answer_of(provider, provider.cancel(asked.charge, f"{asked.id}:all"))
    async with runtime.settle_turns, runtime.postgres.transaction() as tx:
        at = await _lock(runtime, tx, asked)
        if at.checkout.settled_at is not None:
            return at.checkout
        was_captured = at.checkout.reason == NOT_SELLABLE or bool(found and found.amount)
        steps = await _let_go(runtime, tx, at)
        if found is None or found.state not in ("cancelled", "declined", "unknown"):
            if at.checkout.lease_until is None and not was_captured:
                after = not_void_yet(at.checkout, at.now)
            else:
                reason = NOT_SELLABLE if was_captured else NO_ANSWER
                after = in_doubt(at.checkout, reason, at.now)
        elif found.state == "declined":
            after = at.checkout.settled("declined", at.now, found.reason)
        else:
            reason = NOT_SELLABLE if was_captured else EXPIRED
            after = at.checkout.settled("cancelled", at.now, reason)
        await checkouts.write_checkout(tx, after)
    await follow_up("checkout", steps)
    _tell(at.checkout, after)
    return after


async def _sell(runtime: Runtime, tx: Transaction, at: AtHand) -> tuple[Receipt, list[FollowUp]]:
    """The captured money goes into the wallet and, for an order, on to the sales at once."""
    checkout, now = at.checkout, at.now
    arrived = Transfer(
        id=runtime.new_id(),
        user_id=checkout.user_id,
        kind="top_up",
        from_account=ACCOUNT.format(checkout.provider),
        to_account=checkout.user_id,
        amount=checkout.amount,
        balance_after=at.balance + checkout.amount,
        order_id=None,
        idempotency_key=None,
        created_at=now,
    )
    after = checkout.settled("captured", now, None, arrived.id)
    if at.order is None or checkout.concert_id is None or checkout.pass_number is None:
        await ledger.append(tx, [arrived])
        return Receipt(after, None, arrived), []
    payment = Payment(
        id=runtime.new_id(),
        order_id=at.order.order.id,
        user_id=checkout.user_id,
        concert_id=checkout.concert_id,
        pass_number=checkout.pass_number,
        amount=checkout.amount,
        balance_after=at.balance,
        paid_at=now,
        idempotency_key=None,
        terms=checkout.terms,
    )
    sold = Paid(payment, at.order.order._replace(status="paid"))
    await write_sales(tx, runtime, [sold], arrived=[arrived])
    return Receipt(after, sold, arrived), follow_ups.after_payment(runtime, [sold])


async def _let_go(runtime: Runtime, tx: Transaction, at: AtHand) -> list[FollowUp]:
    """The hold ends when it would have ended without the lease, unless it is over anyway."""
    order, ends_at = at.order, at.checkout.hold_ends_at
    if order is None or order.checkout_id != at.checkout.id or ends_at is None:
        return []
    if order.status(at.now) != "held" or not order.is_intact:
        return []
    return await _keep(runtime, tx, at, ends_at, None)


async def _keep(
    runtime: Runtime, tx: Transaction, at: AtHand, until: datetime, checkout_id: UUID | None
) -> list[FollowUp]:
    """Let the order of a checkout be held until another time, with its seats; its pass follows."""
    assert at.order is not None, "a top-up holds nothing"
    order = at.order.order
    await order_book.keep_held(tx, order.id, until, checkout_id)
    await seats.keep_seats(tx, order.performance_key, order.seat_numbers, order.id, until)
    left = None
    if until <= order.expires_at:
        # Its other holds may keep the pass open for longer.
        left = await order_book.pass_held_until(tx, order.user_id, order.pass_number)
    return follow_ups.after_keeping(runtime, order, at.now, until, left)


def _tell(before: Checkout, after: Checkout) -> None:
    """Count an end, and raise the alarms that an operator has to hear."""
    if after.settled_at is not None:
        metrics.CHECKOUTS.labels(after.provider, after.state).inc()
    said = {"checkout": str(after.id), "provider": after.provider, "amount": after.amount}
    if after.reason == NOT_SELLABLE and before.reason != NOT_SELLABLE:
        metrics.CHECKOUTS_NOT_SELLABLE.labels(after.provider).inc()
        log.error("captured card payment can't be sold: it is given back", **said)
    if after.handed_over_at is not None and before.handed_over_at is None:
        log.error("card payment is in doubt for too long: look at the provider", **said)
