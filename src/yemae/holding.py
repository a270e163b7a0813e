"""The hold as a fan asks for it: what is refused before any seat is looked at, then the batch.

A request that cannot succeed must not make others wait or keep seats from them, so what is known
without a lock is decided here: how often a fan may hold, and more seats than the limit. A repeat of
an Idempotency-Key is answered with its order whatever has changed since.
"""

from yemae import journey
from yemae.desk import Desk
from yemae.house import House
from yemae.orders.decide import HoldRequest, Order, seats_wanted
from yemae.refusals import EntryTokenExpired, Refusal, SeatLimitExceeded


async def hold(
    house: House, desk: Desk, request: HoldRequest, concert_id: str, *, is_open: bool
) -> Order:
    """The new order, or the one that this Idempotency-Key made, with its present status. `is_open`
    says whether the pass is.

    Raises RateLimited, EntryTokenExpired, SeatLimitExceeded and the refusals of
    `decide_holds`.
    """
    desk.holds.count(request.user_id)
    desk.holds_of_pass.count((concert_id, request.user_id, request.pass_number))
    if not is_open:
        return await _earlier(house, request, EntryTokenExpired())
    if seats_wanted(request) > request.seat_limit:
        return await _earlier(house, request, SeatLimitExceeded(request.seat_limit))
    batch = desk.hold if request.best is None else desk.hold_best
    return await batch.submit(request)


async def _earlier(house: House, request: HoldRequest, otherwise: Refusal) -> Order:
    """The order that the same key made before. Raises `otherwise` where there is none."""
    earlier = await journey.earlier_hold(house, request) if request.idempotency_key else None
    if earlier is None:
        raise otherwise
    if isinstance(earlier, Refusal):
        raise earlier
    return earlier
