"""Which rows that a batch needs are locked elsewhere, and which of its requests have to wait. Pure.

A row is named by its kind and its key, in the order in which a verb locks: buyer, wallet, order,
seats. Requests that wait for the same row share a second batch.
"""

from collections.abc import Iterable
from typing import Any

from yemae.orders.decide import HoldRequest
from yemae.sale.decide_payments import PayRequest
from yemae.wallet.decide import TopUpRequest

Row = tuple[Any, ...]


def busy_of_holds(buyers: Iterable[Any], locked_seats: Iterable[Any]) -> set[Row]:
    """What of the rows that holds need is locked elsewhere."""
    busy: set[Row] = {("buyer", row.user_id) for row in buyers if not row.is_locked}
    busy.update(("seat", s.performance_key, s.number) for s in locked_seats if s.is_busy)
    return busy


def busy_of_top_ups(wallets: Iterable[Any]) -> set[Row]:
    """What of the rows that top-ups need is locked elsewhere."""
    return {("wallet", row.user_id) for row in wallets if row.is_busy}


def busy_of_payments(
    buyers: Iterable[Any], wallets: Iterable[Any], orders: Iterable[Any], seats: Iterable[Any]
) -> set[Row]:
    """What of the rows that payments need is locked elsewhere."""
    busy: set[Row] = {("buyer", row.user_id) for row in buyers if not row.is_locked}
    busy.update(("wallet", row.user_id) for row in wallets if row.is_busy)
    busy.update(("order", row.id) for row in orders if row.is_busy)
    busy.update(("seats of order", row.order_id) for row in seats if row.is_busy)
    return busy


def hold_waits_for(request: HoldRequest, busy: set[Row]) -> Row | None:
    """The first row of a hold that is locked elsewhere."""
    seats = [("seat", request.performance_key, number) for number in sorted(request.seat_numbers)]
    return _first([("buyer", request.user_id), *seats], busy)


def top_up_waits_for(request: TopUpRequest, busy: set[Row]) -> Row | None:
    """The wallet of a top-up when it is locked elsewhere."""
    return _first([("wallet", request.user_id)], busy)


def payment_waits_for(request: PayRequest, busy: set[Row]) -> Row | None:
    """The first row of a payment that is locked elsewhere."""
    user_id, order_id = request.user_id, request.order_id
    own: list[Row] = [("buyer", user_id), ("wallet", user_id)]
    return _first([*own, ("order", order_id), ("seats of order", order_id)], busy)


def _first(rows: Iterable[Row], busy: set[Row]) -> Row | None:
    return next((row for row in rows if row in busy), None)
