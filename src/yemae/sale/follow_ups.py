"""What follows the commits of the journey: seat maps, metrics, passes in Valkey.

What always holds: a step is idempotent, fails without a consequence for the answer, and has a job
that repairs what it left undone. The check of the seat maps reads the truth every few seconds, and
the sweep repeats holds and payments to Valkey.
"""

from collections import Counter as Tally
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from prometheus_client import Counter

from yemae.base import metrics, tallies
from yemae.base.batching import FollowUp
from yemae.concerts.seat_map.changes import FREE, SOLD, Change
from yemae.orders.cancellations import Cancellation
from yemae.orders.order import Kept, Order
from yemae.runtime import Runtime, Stores
from yemae.sale import gate
from yemae.sale.decide_payments import Paid
from yemae.sale.gate import HeldUntil
from yemae.values.pass_key import PassKey


def after_hold(
    runtime: Runtime, opened: Sequence[Order], used: Collection[PassKey]
) -> list[FollowUp]:
    """After new orders. `used` are passes that came to a hold although a payment ended them: Valkey
    has lost that, or never received it."""
    steps = []
    if opened:
        changes = [_change(order, order.created_at, order.expires_at) for order in opened]
        steps = [
            _seat_map(runtime, changes),
            _extended(runtime, opened),
            _counted(metrics.HOLDS, "holds", opened),
        ]
    if used:
        steps.append(_ended(runtime, used))
    return steps


def after_payment(runtime: Runtime, sales: Sequence[Paid]) -> list[FollowUp]:
    """After new payments."""
    if not sales:
        return []
    return [
        _seat_map(runtime, [_change(order, payment.paid_at, SOLD) for payment, order in sales]),
        _ended(runtime, [payment.pass_key for payment, _ in sales]),
        _counted(metrics.PAYMENTS, "payments", [order for _, order in sales]),
    ]


def after_payment_from_wallet(runtime: Runtime, sales: Sequence[Paid]) -> list[FollowUp]:
    """After new payments from wallets, which begin and end in one call."""
    if not sales:
        return []

    async def count() -> None:
        count_begun([order.concert_id for _, order in sales])

    return [*after_payment(runtime, sales), FollowUp("metrics", count)]


def count_begun(concert_ids: Iterable[str]) -> None:
    """Count orders for which a payment was begun, by their concerts, for the history."""
    for concert_id, number in Tally(concert_ids).items():
        tallies.count(concert_id, "payments_begun", number)


def after_release(
    runtime: Runtime, order: Order, at: datetime, holds_end_at: datetime | None
) -> list[FollowUp]:
    """After an order was given back. `holds_end_at` is the end of what its fan still holds. A pass
    for which this step fails ends with the order's own time."""
    return [
        _seat_map(runtime, [_change(order, at, None)]),
        FollowUp("pass given back", lambda: gate.give_back(runtime, [(order, holds_end_at)])),
    ]


def after_cancellation(
    runtime: Runtime, order: Order, cancellation: Cancellation
) -> list[FollowUp]:
    """After seats of a paid order were given back."""
    at_s = cancellation.cancelled_at.timestamp()
    return [
        _seat_map(runtime, [Change(order.performance_key, at_s, FREE, cancellation.seat_numbers)])
    ]


def after_keeping(
    runtime: Runtime, kept: Sequence[tuple[Kept, datetime]], shortened: Sequence[HeldUntil]
) -> list[FollowUp]:
    """After holds got other ends, each at a time. `shortened` are those that end earlier, with the
    end of what their fans hold now."""
    if not kept:
        return []
    steps = [_seat_map(runtime, [_change(each.order, at, each.until) for each, at in kept])]
    longer = [
        each.order._replace(expires_at=each.until)
        for each, _ in kept
        if each.until > each.order.expires_at
    ]
    if longer:
        steps.append(_extended(runtime, longer))
    if shortened:
        steps.append(FollowUp("pass given back", lambda: gate.give_back(runtime, shortened)))
    return steps


def after_control(stores: Stores) -> list[FollowUp]:
    """After an operator changed a queue: this process knows at once, the others soon, by a refresh
    of their own."""
    return [FollowUp("catalogue", stores.catalogue.refresh)]


def _seat_map(runtime: Runtime, changes: Iterable[Change]) -> FollowUp:
    async def note() -> None:
        runtime.availability.note(changes)

    return FollowUp("seat map", note)


def _extended(runtime: Runtime, held: Sequence[Order]) -> FollowUp:
    return FollowUp("passes extended", lambda: gate.extend_passes(runtime, held))


def _ended(runtime: Runtime, ended: Collection[PassKey]) -> FollowUp:
    return FollowUp("passes ended", lambda: gate.end_passes(runtime, ended))


def _counted(counter: Counter, name: str, orders: Sequence[Order]) -> FollowUp:
    """Count orders in the metrics, and by this name for the history."""

    async def count() -> None:
        for concert_id, number in Tally(order.concert_id for order in orders).items():
            counter.labels(concert_id).inc(number)
            tallies.count(concert_id, name, number)

    return FollowUp("metrics", count)


def _change(order: Order, at: datetime, until: datetime | float | None) -> Change:
    """What has become of an order's seats: held until a time, SOLD, or free (None)."""
    until_s = until.timestamp() if isinstance(until, datetime) else until or FREE
    return Change(order.performance_key, at.timestamp(), until_s, order.seat_numbers)
