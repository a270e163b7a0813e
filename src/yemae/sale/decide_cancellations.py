"""What cancelling seats of an order costs and gives back, and what is left of it. Pure.

Always holds: refund and fee of a line are together what was paid for its seat, neither is negative,
and a line's fee is at most its price and its part of the booking fee.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.concerts.cancellation_policy import FREE, PolicyNow
from yemae.concerts.seat_map.marks import companions_without
from yemae.orders.cancellations import Cancellation
from yemae.orders.order import Order
from yemae.payments.refunds import Refund
from yemae.refusals import InvalidRequest, SeatsNotInOrder
from yemae.sale.decide_refunds import Share
from yemae.wallet.decide import FEES, REFUNDS, SALES, Transfer

# Without a fee, and with the booking fee.
IN_FULL = PolicyNow(FREE, gives_booking_fee_back=True)


class QuotedSeat(NamedTuple):
    """One seat: its price and its part of the booking fee, and what is kept of them."""

    seat: str
    price: int
    booking_fee: int
    fee: int

    @property
    def refund(self) -> int:
        """What goes back."""
        return self.price + self.booking_fee - self.fee


class CancelledPart(NamedTuple):
    """A cancellation, and its refund in its parts; without any, nothing goes back."""

    cancellation: Cancellation
    refunds: Sequence[Refund]


class Quote(NamedTuple):
    """What cancelling these seats gives back now. `closes_at` is the end of the fan's time for it;
    None where an operator cancels an order that no fan can. `left` is what was paid for the order
    and not refunded yet. `shares` is where it goes back to."""

    lines: list[QuotedSeat]
    closes_at: datetime | None
    left: int
    shares: Sequence[Share] = ()

    @property
    def refund(self) -> int:
        """What goes back: no more than is left where an operator gave money back before."""
        return min(self.left, sum(line.refund for line in self.lines))

    @property
    def fee(self) -> int:
        """What is kept."""
        return sum(line.fee for line in self.lines)


def chosen_seats(order: Order, wanted: Sequence[str] | None) -> list[str]:
    """The seats to cancel, in the order's own order; None: all that it has. Raises InvalidRequest
    without any, and SeatsNotInOrder."""
    if wanted is None:
        return list(order.seat_numbers)
    if not wanted:
        raise InvalidRequest.of("seats", "name at least one seat, or leave them out for all")
    if unknown := [number for number in wanted if number not in order.seat_numbers]:
        raise SeatsNotInOrder(unknown)
    return [number for number in order.seat_numbers if number in wanted]


def require_companions(
    order: Order, leaves: Sequence[str], marks: Mapping[str, str | None]
) -> None:
    """Refuse to leave a companion seat without its wheelchair place. Raises InvalidRequest."""
    stays = {number: marks[number] for number in order.seat_numbers if number not in leaves}
    if alone := companions_without(stays):
        named = ", ".join(alone)
        raise InvalidRequest.of("seats", f"only with a wheelchair place: cancel {named} as well")


def quote(
    order: Order,
    leaves: Sequence[str],
    terms: PolicyNow,
    *,
    closes_at: datetime | None,
    left: int,
) -> Quote:
    """What cancelling these seats of an order costs by what its policy says now."""
    parts = dict(zip(order.seat_numbers, _parts(order), strict=True))
    prices = dict(zip(order.seat_numbers, order.seat_prices, strict=True))
    lines = []
    for number in leaves:
        kept = 0 if terms.gives_booking_fee_back else parts[number]
        fee = terms.step.fee(prices[number]) + kept
        lines.append(QuotedSeat(number, prices[number], parts[number], fee))
    return Quote(lines, closes_at, left)


def _parts(order: Order) -> list[int]:
    """The booking fee of an order by its seats: the same for each, what cannot be divided on the
    last."""
    seats = len(order.seat_numbers)
    each, rest = divmod(order.booking_fee, seats)
    return [each] * (seats - 1) + [each + rest]


def left_of(order: Order, leaves: Sequence[str], quoted: Quote) -> Order:
    """The order without these seats. One that loses all of them is cancelled, and keeps them as
    what it had."""
    stays = [place for place, number in enumerate(order.seat_numbers) if number not in leaves]
    if not stays:
        return order._replace(status="cancelled")
    types = None if order.price_types is None else [order.price_types[place] for place in stays]
    booking_fee = order.booking_fee - sum(line.booking_fee for line in quoted.lines)
    prices = [order.seat_prices[place] for place in stays]
    return order._replace(
        seat_numbers=[order.seat_numbers[place] for place in stays],
        seat_grades=[order.seat_grades[place] for place in stays],
        seat_prices=prices,
        total=sum(prices) + booking_fee,
        booking_fee=booking_fee,
        price_types=types if types and any(types) else None,
    )


class CancelledBy(NamedTuple):
    """What a cancellation says beside its seats."""

    id: UUID
    cancelled_at: datetime
    cancelled_by: str
    reason: str | None = None
    idempotency_key: str | None = None


def cancelled_seats(order: Order, quoted: Quote, said: CancelledBy) -> Cancellation:
    """The cancellation of a quote's seats."""
    places = [order.seat_numbers.index(line.seat) for line in quoted.lines]
    types = None if order.price_types is None else [order.price_types[place] for place in places]
    return Cancellation(
        id=said.id,
        order_id=order.id,
        user_id=order.user_id,
        seat_numbers=[line.seat for line in quoted.lines],
        seat_grades=[order.seat_grades[place] for place in places],
        seat_prices=[line.price for line in quoted.lines],
        price_types=types if types and any(types) else None,
        booking_fee=sum(line.booking_fee for line in quoted.lines),
        fee=quoted.fee,
        cancelled_at=said.cancelled_at,
        cancelled_by=said.cancelled_by,
        reason=said.reason,
        idempotency_key=said.idempotency_key,
    )


def transfers_of(
    cancellation: Cancellation, refund: int, balance: int, new_id: Callable[[], UUID]
) -> list[Transfer]:
    """The ledger lines of a cancellation: what was paid leaves the sales account, and what is kept
    goes on to that of the fees. What was refunded before is settled with the account that it came
    from. `balance` is the wallet's before."""
    user_id, amount, fee = cancellation.user_id, cancellation.amount, cancellation.fee
    back = Transfer(
        id=new_id(),
        user_id=user_id,
        kind="refund",
        from_account=SALES,
        to_account=user_id,
        amount=amount,
        balance_after=balance + amount,
        order_id=cancellation.order_id,
        idempotency_key=None,
        created_at=cancellation.cancelled_at,
    )
    kept = back._replace(
        id=new_id(),
        kind="fee",
        from_account=user_id,
        to_account=FEES,
        amount=fee,
        balance_after=back.balance_after - fee,
    )
    settled = kept._replace(
        id=new_id(),
        to_account=REFUNDS,
        amount=amount - fee - refund,
        balance_after=balance + refund,
    )
    return [line for line in (back, kept, settled) if line.amount]
