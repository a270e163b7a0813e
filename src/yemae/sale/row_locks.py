"""Which rows that a batch needs are locked elsewhere, and which rows each request needs. Pure.

A row is named by its kind and its key. Requests that wait for the same row share a second batch.
The rows of a request come in the order in which a verb locks: buyer, wallet, order, seats.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.concerts.seats import LockedSeat, LockedSpot, SeatKey, SeatOfOrder
from yemae.orders.orders import Buyer, LockedOrder, turn_of_phase
from yemae.payments.checkout import Checkout, LockedCheckout
from yemae.sale.decide_holds import HoldRequest
from yemae.sale.decide_payments import PayRequest
from yemae.values.pass_key import PassKey
from yemae.wallet.decide import TopUpRequest
from yemae.wallet.ledger import LockedWallet


class LockedRow(NamedTuple):
    """What is locked: the turn of a user or of a phase, a wallet, the room of all wallets, an
    order, its seats, a seat, the rest of an area, or a checkout."""

    kind: Literal["buyer", "wallet", "room", "order", "seats of order", "seat", "area", "checkout"]
    key: str | UUID | SeatKey


def busy_of_holds(
    buyers: Iterable[Buyer], seats: Iterable[LockedSeat], spots: Collection[LockedSpot] = ()
) -> set[LockedRow]:
    """The rows of holds that are locked elsewhere. An area is, when spots of it look free and could
    not all be locked."""
    busy = {LockedRow("buyer", row.user_id) for row in buyers if not row.is_locked}
    busy.update(LockedRow("seat", (s.performance_key, s.number)) for s in seats if s.is_busy)
    looks_free = {(spot.performance_key, spot.area): spot.looks_free for spot in spots}
    locked = Counter((s.performance_key, s.area) for s in spots if s.number is not None)
    busy.update(LockedRow("area", key) for key, free in looks_free.items() if locked[key] < free)
    return busy


def busy_of_top_ups(wallets: Iterable[LockedWallet]) -> set[LockedRow]:
    """The rows of top-ups that are locked elsewhere."""
    return {LockedRow("wallet", row.user_id) for row in wallets if row.is_busy}


def busy_of_payments(
    buyers: Iterable[Buyer],
    wallets: Iterable[LockedWallet],
    orders: Iterable[LockedOrder],
    seats: Iterable[SeatOfOrder],
) -> set[LockedRow]:
    """The rows of payments that are locked elsewhere."""
    busy = {LockedRow("buyer", row.user_id) for row in buyers if not row.is_locked}
    busy.update(LockedRow("wallet", row.user_id) for row in wallets if row.is_busy)
    busy.update(LockedRow("order", row.id) for row in orders if row.is_busy)
    busy.update(LockedRow("seats of order", row.order_id) for row in seats if row.is_busy)
    return busy


def busy_of_checkouts(checkouts: Iterable[LockedCheckout]) -> set[LockedRow]:
    """The checkouts that are locked elsewhere."""
    return {LockedRow("checkout", row.id) for row in checkouts if row.is_busy}


def rows_of_hold(request: HoldRequest) -> list[LockedRow]:
    """The rows that a hold locks."""
    key, numbers = request.performance_key, sorted(request.seat_numbers)
    seats = [LockedRow("seat", (key, number)) for number in numbers]
    areas = [LockedRow("area", (key, spots.area)) for spots in request.spots]
    return [*_turns(request.pass_key), *seats, *areas]


def rows_of_top_up(request: TopUpRequest) -> list[LockedRow]:
    """The row that a top-up locks."""
    return [LockedRow("wallet", request.user_id)]


def rows_of_payment(request: PayRequest) -> list[LockedRow]:
    """The rows that a payment locks."""
    order_id = request.order_id
    return [
        *_turns(request.pass_key),
        LockedRow("wallet", request.user_id),
        LockedRow("order", order_id),
        LockedRow("seats of order", order_id),
    ]


def rows_of_checkout(checkout: Checkout) -> list[LockedRow]:
    """The rows that a step of a checkout locks."""
    user_id, order_id, pass_key = checkout.user_id, checkout.order_id, checkout.pass_key
    rows = [LockedRow("buyer", user_id)] if pass_key is None else _turns(pass_key)
    rows.append(LockedRow("wallet", user_id))
    if order_id is not None:
        rows += [LockedRow("order", order_id), LockedRow("seats of order", order_id)]
    return [*rows, LockedRow("checkout", checkout.id)]


def _turns(pass_key: PassKey) -> list[LockedRow]:
    """The turn of the fan, and that of the phase, which is never busy in one without an
    allotment."""
    return [
        LockedRow("buyer", pass_key.user_id),
        LockedRow("buyer", turn_of_phase(pass_key.concert_id)),
    ]
