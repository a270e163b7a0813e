"""카드 결제 · Card payment, first half: begin a checkout, and look at it.

The row is there before the provider hears of it, so no charge is without a row. Amount, currency,
order and user are the server's; the fan chooses the method and where to come back to.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from yemae.accounts import users
from yemae.base.logs import logger
from yemae.concerts import seats
from yemae.orders import orders as order_book
from yemae.outbox import messages as outbox
from yemae.outbox.messages import Contact
from yemae.payments import checkouts, payments
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Provider, UnclearError
from yemae.refusals import (
    CheckoutNotFound,
    EntryTokenExpired,
    IdempotencyConflict,
    InvalidRequest,
    PaymentDeclined,
    PaymentMethodClosed,
    ProviderUnavailable,
    TopUpClosed,
)
from yemae.runtime import Runtime
from yemae.sale import follow_ups
from yemae.sale.contacts import require_address
from yemae.sale.decide_checkouts import LOOK_AT_PENDING, OrderAtHand, refuse_start
from yemae.sale.gate import Entered
from yemae.sale.receipts import Receipt, receipt_of
from yemae.sale.settle import settle
from yemae.store.postgres import Sent, Transaction
from yemae.wallet import ledger, room

if TYPE_CHECKING:
    from yemae.sale.batches import Batches

__all__ = [
    "Checkout",
    "Receipt",
    "WantedCheckout",
    "begin_checkout",
    "begin_top_up",
    "confirm_checkout",
    "own_checkout",
]

TOP_UP_WITHIN = timedelta(minutes=30)

log = logger(__name__)


class WantedCheckout(NamedTuple):
    """What a fan chooses: `return_url` is where the provider sends them back to, on this server;
    `terms` is the version that they agree to, `contact` where they want to hear of it."""

    method: str
    return_url: str
    key: str | None
    terms: str | None = None
    contact: Contact | None = None


async def begin_checkout(
    runtime: Runtime, batches: "Batches", fan: Entered, order_id: UUID, wanted: WantedCheckout
) -> Checkout:
    """Begin to pay a held order by card; a repeat of an Idempotency-Key is answered with its
    checkout. Raises the refusals of `refuse_start`, PaymentMethodClosed, ProviderUnavailable,
    RateLimited, IdempotencyConflict, or InvalidRequest for a missing address."""
    provider = _provider(runtime, wanted.method)
    user_id = fan.entry.user_id
    if fan.opened is not None:
        await require_address(runtime, user_id, wanted.contact)
    batches.checkouts.count(user_id)
    async with runtime.checkout_turns, runtime.postgres.transaction() as tx:
        checkout, sent = await _repeated(tx, user_id, wanted, order_id), None
        if checkout is None:
            if fan.opened is None:
                raise EntryTokenExpired
            new = await _open_for_order(runtime, tx, provider, fan, order_id, wanted)
            checkout, sent = new
    # The answer has come with the commit: it costs no round trip.
    if sent is not None and (await sent.one()).is_first:
        follow_ups.count_begun([runtime.catalogue.queue(fan.entry.concert_id).concert_id])
    return await _started(runtime, provider, checkout, wanted)


async def begin_top_up(
    runtime: Runtime, batches: "Batches", user_id: str, amount: int, wanted: WantedCheckout
) -> Checkout:
    """Begin to top up by card. Raises TopUpClosed, InvalidRequest, and as `begin_checkout`."""
    if runtime.settings.top_ups() != "card":
        raise TopUpClosed
    provider = _provider(runtime, wanted.method)
    most = runtime.settings.sale.largest_balance
    if amount > most:
        raise InvalidRequest.of("amount", f"Expected `int` <= {most}")
    batches.checkouts.count(user_id)
    async with runtime.checkout_turns, runtime.postgres.transaction() as tx:
        checkout = await _repeated(tx, user_id, wanted, None, amount)
        if checkout is None:
            checkout = await _open_for_top_up(runtime, tx, provider, user_id, amount, wanted)
    return await _started(runtime, provider, checkout, wanted)


def _provider(runtime: Runtime, method: str) -> Provider:
    if runtime.provider is None or method not in runtime.provider.methods:
        raise PaymentMethodClosed
    return runtime.provider


async def _repeated(
    tx: Transaction,
    user_id: str,
    wanted: WantedCheckout,
    order_id: UUID | None,
    amount: int | None = None,
) -> Checkout | None:
    """The checkout of an earlier call with this key. Raises IdempotencyConflict."""
    # One fan's checkouts take turns, so that a key makes one.
    await order_book.lock_buyers(tx, [user_id])
    if wanted.key is None:
        return None
    before = await checkouts.by_key(tx, user_id, wanted.key)
    if before is None:
        return None
    is_same = before.order_id == order_id and before.method == wanted.method
    if not is_same or amount not in (None, before.amount):
        raise IdempotencyConflict
    return before


async def _open_for_order(
    runtime: Runtime,
    tx: Transaction,
    provider: Provider,
    fan: Entered,
    order_id: UUID,
    wanted: WantedCheckout,
) -> tuple[Checkout, Sent[checkouts.Opened]]:
    """Write the checkout of an order that is held under its lock; and whether it is its first."""
    pass_key = fan.entry.pass_key
    await _ensure_wallet(runtime, tx, pass_key.user_id)
    order_sent = await order_book.lock_orders(tx, [order_id])
    seats_sent = await seats.lock_seats_of_orders(tx, [order_id])
    used_sent = await payments.passes_used(tx, [pass_key])
    locked, has = await order_sent.row(), await seats_sent.rows()
    at, now = None, runtime.now()
    if locked is not None and locked.order is not None:
        count = sum(seat.still_held for seat in has)
        now = locked.now
        is_intact = count == len(locked.order.seat_numbers)
        at = OrderAtHand(locked.order, locked.checkout_id, is_intact)
    refusal = refuse_start(
        at,
        pass_key,
        await used_sent.row(),
        terms=runtime.terms.current,
        agreed=wanted.terms,
        now=now,
    )
    if refusal is not None:
        raise refusal
    assert at is not None
    order = at.order
    checkout = Checkout(
        id=runtime.new_id(), user_id=order.user_id, order_id=order.id,
        concert_id=pass_key.concert_id, pass_number=pass_key.number, provider=provider.name,
        method=wanted.method, amount=order.total, currency=order.currency, state="pending",
        reason=None, reference=None, redirect_url=None, terms=wanted.terms,
        idempotency_key=wanted.key, created_at=now, expires_at=order.expires_at,
        look_at=now + LOOK_AT_PENDING,
    )  # fmt: skip
    sent = await checkouts.open_checkout(tx, checkout)
    if wanted.contact and runtime.settings.tells_fans():
        await outbox.keep_contact(tx, order.id, wanted.contact)
    return checkout, sent


async def _open_for_top_up(
    runtime: Runtime,
    tx: Transaction,
    provider: Provider,
    user_id: str,
    amount: int,
    wanted: WantedCheckout,
) -> Checkout:
    """Write the checkout of a top-up, with the room that it needs below the sum of all balances."""
    await _ensure_wallet(runtime, tx, user_id)
    (wallet,) = await (await ledger.lock_wallets(tx, [user_id])).rows()
    if sum_max := runtime.settings.sale.wallets_sum_max:
        there = await room.take_room(tx, amount, sum_max)
        if there.amount < amount:
            raise TopUpClosed
        await room.leave_room(tx, there, amount)
    checkout = Checkout(
        id=runtime.new_id(), user_id=user_id, order_id=None, concert_id=None, pass_number=None,
        provider=provider.name, method=wanted.method, amount=amount,
        currency=runtime.settings.sale.currency, state="pending", reason=None, reference=None,
        redirect_url=None, terms=None, idempotency_key=wanted.key, created_at=wallet.now,
        expires_at=wallet.now + TOP_UP_WITHIN, look_at=wallet.now + LOOK_AT_PENDING,
    )  # fmt: skip
    await checkouts.open_checkout(tx, checkout)
    return checkout


async def _ensure_wallet(runtime: Runtime, tx: Transaction, user_id: str) -> None:
    await users.ensure_users(tx, [user_id])
    await ledger.ensure_wallets(tx, [user_id], runtime.settings.sale.currency)


async def _started(
    runtime: Runtime, provider: Provider, checkout: Checkout, wanted: WantedCheckout
) -> Checkout:
    """The checkout that its provider knows. Raises ProviderUnavailable; a repeat with the same key
    tries again. Raises PaymentMethodClosed where it was to begin at another provider."""
    if checkout.redirect_url is not None or checkout.settled_at is not None:
        return checkout
    if checkout.provider != provider.name:
        raise PaymentMethodClosed
    joint = "&" if "?" in wanted.return_url else "?"
    try:
        started = await provider.start(
            checkout.charge, f"{wanted.return_url}{joint}checkout={checkout.id}"
        )
    except UnclearError as error:
        log.warning("checkout not begun at the payment provider", error=str(error))
        raise ProviderUnavailable from error
    checkout = checkout._replace(reference=started.reference, redirect_url=started.redirect_url)
    async with runtime.checkout_turns, runtime.postgres.transaction() as tx:
        await checkouts.note_start(tx, checkout)
    return checkout


async def own_checkout(runtime: Runtime, user_id: str, checkout_id: UUID) -> Checkout:
    """A fan's own checkout. Raises CheckoutNotFound."""
    async with runtime.postgres.transaction() as tx:
        checkout = await checkouts.by_id(tx, checkout_id)
    if checkout is None or checkout.user_id != user_id:
        raise CheckoutNotFound
    return checkout


async def confirm_checkout(
    runtime: Runtime, batches: "Batches", user_id: str, checkout_id: UUID
) -> Checkout | Receipt:
    """Confirm a checkout after its fan has come back: the receipt, or the checkout while it is not
    known. Raises CheckoutNotFound, RateLimited, or PaymentDeclined."""
    batches.checkouts.count(user_id)
    done = await settle(runtime, checkout_id, user_id, batches)
    if isinstance(done, Receipt):
        return done
    if done.state == "captured":
        return await receipt_of(runtime, done)
    if done.settled_at is not None:
        raise PaymentDeclined(done.reason or done.state).of_queue(done.concert_id)
    return done
