"""좌석 예약 · Hold: seats are locked for a fan, all or none, in one transaction for a batch.

`hold_seats` is one fan's request. It decides what is known without a lock, because a request that
cannot succeed must not make others wait or keep seats from them: wrong seats or grades, how often a
fan and a pass may hold, more seats than the seat limit. `hold` is the batch; `decide_holds` decides
there under the locks. A repeat of an Idempotency-Key is answered with its order, whatever has
changed since.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from yemae.base.batching import Done, decided_apart
from yemae.concerts import seats
from yemae.concerts.catalogue import Concert
from yemae.concerts.files.seat_rows import IS_SEAT_NUMBER
from yemae.concerts.limits import SEATS_PER_ORDER_MAX
from yemae.concerts.performance import Performance
from yemae.concerts.seat_map.plan import Plan
from yemae.concerts.seats import AreaKey
from yemae.orders import orders as order_book
from yemae.orders.order import Order
from yemae.payments import payments
from yemae.refusals import EntryTokenExpired, InvalidRequest, Refusal
from yemae.runtime import Runtime
from yemae.sale import allotments, follow_ups, gate, row_locks
from yemae.sale.allotments import Allotments
from yemae.sale.decide_holds import (
    BestAvailable,
    HoldRequest,
    LimitOfConcert,
    SeatOnOffer,
    decide_holds,
    exceeded_limit,
    same_hold,
    seats_wanted,
)
from yemae.sale.gate import Entered
from yemae.sale.replays import by_key, keys_of, latest, new_answers
from yemae.sale.spots import Spots, SpotsWanted
from yemae.store.errors import broken_index
from yemae.store.postgres import Transaction
from yemae.values.text import composed

if TYPE_CHECKING:
    from yemae.sale.batches import Batches


class Wish(NamedTuple):
    """What a fan wants to hold of a performance: seats by number and spots of areas by count, or
    the best seats that are free."""

    performance_id: str
    seats: Sequence[str] = ()
    best_available: BestAvailable | None = None
    # The id of each seat's price type, None for the full price; empty: full prices only.
    price_types: Sequence[str | None] = ()
    # Name of the area → how many.
    areas: Sequence[tuple[str, int]] = ()


async def hold_seats(runtime: Runtime, batches: "Batches", fan: Entered, wish: Wish) -> Order:
    """The new order, or the one that this Idempotency-Key made, with its present status. However
    often its fan holds, a pass lasts no longer than its own end and the time of one hold, so that
    no account can keep others out.

    Raises PerformanceNotFound, EntryTokenMismatch, InvalidRequest, RateLimited, EntryTokenExpired,
    SeatLimitExceeded and the refusals of `decide_holds`.
    """
    performance = runtime.catalogue.performance(wish.performance_id)
    queue = gate.require_sold(runtime, fan.entry, performance)
    best = await _best(runtime, performance, wish.best_available) if wish.best_available else None
    request = _request(runtime, fan, queue, performance, seat_numbers(wish.seats), best)
    if wish.areas:
        request = request._replace(spots=await _spots(runtime, performance, wish.areas))
    if wish.price_types:
        request = request._replace(price_types=_price_types(wish, seats_wanted(request)))
    batches.holds.count(request.user_id)
    batches.holds_of_pass.count(request.pass_key)
    if fan.opened is None:
        return await _earlier(runtime, request, EntryTokenExpired())
    if (too_many := exceeded_limit(request)) is not None:
        return await _earlier(runtime, request, too_many)
    if queue.phase.has_allotment:
        allotment = await allotments.allotment_of(runtime, queue, performance)
        request = request._replace(allotment=allotment)
    batch = batches.hold if request.best is None else batches.hold_best
    return await batch.submit(request)


def _request(
    runtime: Runtime,
    fan: Entered,
    concert: Concert,
    performance: Performance,
    numbers: tuple[str, ...],
    best: BestAvailable | None,
) -> HoldRequest:
    pass_ends_s = 0.0 if fan.opened is None else fan.opened.own_end_ms / 1000
    return HoldRequest(
        fan.entry.pass_key,
        performance.id,
        performance.key,
        numbers,
        concert.seat_limit,
        concert.currency,
        fan.key,
        best,
        datetime.fromtimestamp(pass_ends_s + runtime.settings.sale.hold_ttl_s, UTC),
        pricing=concert.pricing,
        of_concert=_limit_of_concert(concert),
        phase_of=concert.phase_of,
        cancellation=concert.cancellation,
    )


def _price_types(wish: Wish, wanted: int) -> tuple[str | None, ...]:
    """The price type of each seat; empty when all have the full price. Raises InvalidRequest.

    Which types there are is decided under the locks, so that a repeat of an Idempotency-Key is
    answered when one has ended meanwhile."""
    if not any(each is not None for each in wish.price_types):
        return ()
    if len(wish.price_types) != wanted:
        raise InvalidRequest.of("price_types", "Expected one for each seat")
    return tuple(wish.price_types)


def _limit_of_concert(concert: Concert) -> LimitOfConcert | None:
    if concert.seat_limit_per_concert is None:
        return None
    keys = tuple(date.key for date in concert.performances)
    return LimitOfConcert(concert.seat_limit_per_concert, keys)


def seat_numbers(given: Sequence[str], most: int = SEATS_PER_ORDER_MAX) -> tuple[str, ...]:
    """The seats as they are stored: at most `most`, each once, and printable. Raises
    InvalidRequest."""
    numbers = tuple(map(composed, given))
    if len(numbers) > most:
        raise InvalidRequest.of("seats", f"Expected `array` of length <= {most}")
    if len(set(numbers)) < len(numbers):
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        raise InvalidRequest.of("seats", f"listed twice: {', '.join(twice)}")
    for place, number in enumerate(numbers):
        # A printable text may be a seat that does not exist; the rest never reaches a store.
        if not (IS_SEAT_NUMBER.match(number) or number.isprintable()):
            raise InvalidRequest.of(f"seats[{place}]", "not printable")
    return numbers


async def _best(runtime: Runtime, performance: Performance, wanted: BestAvailable) -> BestAvailable:
    if wanted.seats > SEATS_PER_ORDER_MAX:
        raise InvalidRequest.of("best_available.count", f"Expected `int` <= {SEATS_PER_ORDER_MAX}")
    return of_grade(wanted, (await runtime.plans.unpacked(performance)).plan)


def of_grade(wanted: BestAvailable, plan: Plan) -> BestAvailable:
    """The same with the grade as the plan spells it. Raises InvalidRequest for an unknown one."""
    grades = {composed(grade.name): grade.name for grade in plan.grades}
    grade = grades.get(composed(wanted.grade))
    if grade is None:
        raise InvalidRequest.of("best_available.grade", f"Expected one of {', '.join(grades)}")
    return wanted._replace(grade=grade)


async def _spots(
    runtime: Runtime, performance: Performance, wanted: Sequence[tuple[str, int]]
) -> tuple[SpotsWanted, ...]:
    return of_areas(wanted, (await runtime.plans.unpacked(performance)).plan)


def of_areas(wanted: Sequence[tuple[str, int]], plan: Plan) -> tuple[SpotsWanted, ...]:
    """The same with the areas as the plan has them. Raises InvalidRequest for an unknown one, one
    that is listed twice, and more than one order may have."""
    areas = {area.name: area for area in plan.areas}
    spots = []
    for place, (name, count) in enumerate(wanted):
        area = areas.pop(composed(name), None)
        if area is None:
            left = ", ".join(areas) or "none: this hall has no such area"
            raise InvalidRequest.of(f"areas[{place}].area", f"Expected each area once, of {left}")
        spots.append(SpotsWanted(area.name, count, area.entry_numbers))
    if sum(each.wanted for each in spots) > SEATS_PER_ORDER_MAX:
        raise InvalidRequest.of("areas", f"Expected at most {SEATS_PER_ORDER_MAX} in all")
    return tuple(spots)


async def _earlier(runtime: Runtime, request: HoldRequest, otherwise: Refusal) -> Order:
    """The order that the same Idempotency-Key made before. Raises `otherwise` without one, or
    IdempotencyConflict when it was for other seats."""
    if request.idempotency_key is None:
        raise otherwise
    async with runtime.postgres.transaction() as tx:
        row = await (await order_book.by_idempotency_key(tx, keys_of([request]))).row()
    if row is None:
        raise otherwise
    earlier = same_hold(request, row)
    if isinstance(earlier, Refusal):
        raise earlier
    return earlier


async def hold(runtime: Runtime, requests: list[HoldRequest], *, wait: bool = True) -> Done[Order]:
    """One transaction for all concurrent requests; then the passes follow."""
    try:
        return await _hold(runtime, requests, wait=wait)
    except Exception as error:
        if broken_index(error) != order_book.BOOKING_NUMBERS:
            raise
        # A new id had the booking number of another order; the next ones do not.
        return await _hold(runtime, requests, wait=wait)


async def _hold(runtime: Runtime, requests: list[HoldRequest], *, wait: bool) -> Done[Order]:
    fans = [request.user_id for request in requests]
    wanted = [(r.performance_key, number) for r in requests for number in r.seat_numbers]
    of_areas = Counter[AreaKey]()
    for request in requests:
        for each in request.spots:
            of_areas[request.performance_key, each.area] += each.wanted
    allotted = sorted({r.phase_key for r in requests if r.allotment is not None})
    turns = {order_book.turn_of_phase(queue_id) for queue_id, _ in allotted}
    async with runtime.postgres.transaction() as tx:
        buyers_sent = await order_book.lock_buyers(tx, [*fans, *turns], wait=wait)
        counts_sent = await order_book.seats_of_buyers(tx, fans)
        earlier_sent = await order_book.by_idempotency_key(tx, keys_of(requests))
        used_sent = await payments.passes_used(tx, [r.pass_key for r in requests])
        sold_sent = await order_book.sold_in_phases(tx, allotted)
        seats_sent = await seats.lock_seats(tx, wanted, wait=wait)
        spots_sent = await seats.lock_spots(tx, of_areas, wait=wait)
        locked, spots = await seats_sent.rows(), await spots_sent.rows()
        busy = row_locks.busy_of_holds(await buyers_sent.rows(), locked, spots)
        earlier, used = by_key(await earlier_sent.rows()), payments.ended(await used_sent.rows())
        counts = {(row.user_id, row.performance_key): row.seats for row in await counts_sent.rows()}
        sold = {(row.sale, row.performance_key): row.seats for row in await sold_sent.rows()}
        offered = {
            (s.performance_key, s.number): SeatOnOffer(s.grade, s.price, s.free, s.mark)
            for s in locked
        }
        now = latest(chain(locked, spots))
        decide = partial(
            decide_holds,
            seats=offered,
            spots=Spots(spots),
            allotments=Allotments(sold),
            seats_of_buyers=counts,
            earlier=earlier,
            passes_used=used,
            over=_over(runtime, requests, now),
            now=now,
            hold_ttl_s=runtime.settings.sale.hold_ttl_s,
            new_id=runtime.new_id,
        )
        answers = decided_apart(requests, busy, row_locks.rows_of_hold, decide)
        opened = new_answers(answers, earlier.values())
        await _write_holds(tx, opened)
    return Done(answers, follow_ups.after_hold(runtime, opened, used))


def _over(runtime: Runtime, requests: list[HoldRequest], now: datetime) -> set[tuple[str, int]]:
    """The (queue, performance) of requests whose sale has ended by the store's clock: of the
    performance, or of the phase."""
    wanted = {(r.pass_key.concert_id, r.performance_key): r.performance_id for r in requests}
    over = set()
    for (queue_id, key), performance_id in wanted.items():
        date = runtime.catalogue.performances.get(performance_id)
        queue = runtime.catalogue.queues.get(queue_id)
        if (date and date.is_over(now)) or (queue and queue.phase.has_ended(now)):
            over.add((queue_id, key))
    return over


async def _write_holds(tx: Transaction, opened: list[Order]) -> None:
    if not opened:
        return
    claims = [
        seats.Claim(order.performance_key, number, order.id, order.expires_at)
        for order in opened
        for number in order.seat_numbers
    ]
    await order_book.open_held(tx, opened)
    await seats.claim_seats(tx, claims)
