"""The hold as a fan asks for it: what is refused before any seat is looked at, then the batch.

A request that cannot succeed must not make others wait or keep seats from them, so what is known
without a lock is decided here: how often a fan may hold, and more seats than the limit. A repeat of
an Idempotency-Key is answered with its order whatever has changed since.
"""

from datetime import UTC, datetime, timedelta

from yemae.orders.decide import HoldRequest, Order, seats_wanted
from yemae.refusals import EntryTokenExpired, Refusal, SeatLimitExceeded
from yemae.runtime import Runtime
from yemae.sale.batches import Batches
from yemae.sale.gate import OpenPass
from yemae.sale.hold import earlier_hold

UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def submit_hold(
    runtime: Runtime, batches: Batches, request: HoldRequest, opened: OpenPass | None
) -> Order:
    """The new order, or the one that this Idempotency-Key made, with its present status. `opened`
    is the pass, or None when it is over. However often its fan holds, it lasts no longer than its
    own end and the time of one hold, so that no account can keep others out.

    Raises RateLimited, EntryTokenExpired, SeatLimitExceeded and the refusals of
    `decide_holds`.
    """
    batches.holds.count(request.user_id)
    batches.holds_of_pass.count(request.pass_key)
    if opened is None:
        return await _earlier(runtime, request, EntryTokenExpired())
    if seats_wanted(request) > request.seat_limit:
        return await _earlier(runtime, request, SeatLimitExceeded(request.seat_limit))
    batch = batches.hold if request.best is None else batches.hold_best
    longest = timedelta(milliseconds=opened.own_end_ms, seconds=runtime.settings.hold_ttl_s)
    return await batch.submit(request._replace(ends_by=UNIX_EPOCH + longest))


async def _earlier(runtime: Runtime, request: HoldRequest, otherwise: Refusal) -> Order:
    """The order that the same key made before. Raises `otherwise` where there is none."""
    earlier = await earlier_hold(runtime, request) if request.idempotency_key else None
    if earlier is None:
        raise otherwise
    if isinstance(earlier, Refusal):
        raise earlier
    return earlier
