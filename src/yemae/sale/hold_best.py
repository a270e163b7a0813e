"""좌석 예약 · Holds of fans who leave the choice to the server."""

from yemae.base.batching import Done, FollowUp, Later
from yemae.base.logs import logger
from yemae.orders import orders as order_book
from yemae.orders.order import Order
from yemae.refusals import (
    InternalError,
    Overloaded,
    Refusal,
)
from yemae.runtime import Runtime
from yemae.sale import seat_offers
from yemae.sale.decide_holds import HoldRequest, exceeded_limit
from yemae.sale.hold import hold
from yemae.sale.replays import keys_of

log = logger(__name__)


async def hold_best(
    runtime: Runtime, requests: list[HoldRequest], *, wait: bool = True
) -> Done[Order]:
    """Holds of fans who left the choice to the server: each is offered the best block that no other
    fan is offered, and another one while it turns out to be gone, or locked elsewhere."""
    answers: dict[int, Order | Refusal | Later] = dict(await _over_the_limit(runtime, requests))
    steps: list[FollowUp] = []
    waiting = [each for each in enumerate(requests) if each[0] not in answers]
    for attempt in range(seat_offers.OFFERS_MAX):
        try:
            found = await _hold_offers(runtime, [each for _, each in waiting], attempt, wait=wait)
        except Exception as error:
            if not attempt:
                raise
            # The others' holds are committed, so this batch must not be run again.
            answers |= dict.fromkeys([place for place, _ in waiting], _refused(error))
            break
        steps += found.follow_ups
        lost = []
        for (place, request), answer in zip(waiting, found.answers, strict=True):
            answers[place] = answer
            if seat_offers.is_lost(runtime, request, answer):
                lost.append((place, request))
        waiting = lost
        if not waiting:
            break
    else:
        # A fan who lost every time is one of very many: too early to say that all is gone.
        answers |= dict.fromkeys([place for place, _ in waiting], Overloaded())
    return Done([answers[place] for place in range(len(requests))], steps)


async def _over_the_limit(runtime: Runtime, requests: list[HoldRequest]) -> dict[int, Refusal]:
    """Those of these requests, by their place, that the seat limit refuses: offering them seats
    would keep these from others. Looked at without a lock, so the hold decides again."""
    async with runtime.postgres.transaction() as tx:
        counts_sent = await order_book.seats_of_buyers(tx, [r.user_id for r in requests])
        earlier_sent = await order_book.by_idempotency_key(tx, keys_of(requests))
        counts = {(row.user_id, row.performance_key): row.seats for row in await counts_sent.rows()}
        earlier = {(row.user_id, row.idempotency_key) for row in await earlier_sent.rows()}
    return {
        place: too_many
        for place, request in enumerate(requests)
        if (request.user_id, request.idempotency_key) not in earlier
        and (too_many := exceeded_limit(request, counts)) is not None
    }


async def _hold_offers(
    runtime: Runtime, requests: list[HoldRequest], attempt: int, *, wait: bool
) -> Done[Order]:
    async with seat_offers.offered(runtime, requests, attempt) as offers:
        return await hold(runtime, offers, wait=wait)


def _refused(error: Exception) -> Refusal:
    """What a request is answered whose batch has failed after others of it were committed."""
    if isinstance(error, Refusal):
        return error
    log.error("hold failed", error=repr(error), exc_info=error)
    return InternalError()
