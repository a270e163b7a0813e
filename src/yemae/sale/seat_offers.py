"""Best available: seats for fans who leave the choice to the server, from this process's memory.

The choice is a proposal, which costs the database nothing; the hold decides under the seats' locks,
as for seats that fans chose. A fan whose seats were gone is offered other ones. Within a process no
seat is offered to two fans at the same moment.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from yemae.base.batching import Later
from yemae.concerts.seat_map.best_available import Runs, choose, largest, runs_of, take
from yemae.concerts.seat_map.watch import Watch
from yemae.orders.order import Order
from yemae.refusals import Refusal, SeatsUnavailable, SeatTaken
from yemae.runtime import Runtime
from yemae.sale.decide_holds import BestAvailable, HoldRequest
from yemae.sale.row_locks import LockedRow

# How many offers a fan gets whose seats were gone.
OFFERS_MAX = 8
# Before the answer is no, the seats are read again unless they were so lately.
FRESH_S = 1.0
# Seats found gone are left out for this time; by then their notice or a check has come.
GONE_S = 2.0
# Seats found locked are not offered for this time.
LOCKED_S = 0.5
# How much worse, in units of the plan, the best block may seem at each further try.
NOISE = 60.0


@asynccontextmanager
async def offered(
    runtime: Runtime, requests: Sequence[HoldRequest], attempt: int
) -> AsyncIterator[list[HoldRequest]]:
    """The same requests with the seats that they are offered, or without any where there are none.
    While the block runs, no other fan in this process is offered the same seats."""
    offers: list[HoldRequest] = []
    kept: list[tuple[Watch, range]] = []
    try:
        for request in requests:
            watch, seats = await _offer(runtime, request, attempt)
            if seats is not None:
                watch.offered.update(seats)
                kept.append((watch, seats))
            offers.append(_with_seats(request, watch, seats))
        yield offers
    finally:
        for watch, seats in kept:
            watch.offered.difference_update(seats)


def is_lost(runtime: Runtime, request: HoldRequest, answer: Order | Refusal | Later) -> bool:
    """Whether a request has to be offered other seats. What was found gone is remembered, and what
    was found locked is not offered for a moment."""
    if isinstance(answer, Later):
        return _is_seat_locked(runtime, answer)
    if isinstance(answer, SeatsUnavailable):
        # Another fan was offered the last ones, and may not have got them.
        return answer.largest >= answer.count
    if not isinstance(answer, SeatTaken):
        return False
    runtime.availability.presume_taken(request.performance_key, answer.seats, GONE_S)
    return True


def _is_seat_locked(runtime: Runtime, answer: Later) -> bool:
    """Note a seat that is locked elsewhere. It may be free again, so it does not count as taken."""
    row = answer.key
    if not isinstance(row, LockedRow) or not isinstance(row.key, tuple):
        return False
    performance_key, number = row.key
    watch = runtime.availability.watches.get(performance_key)
    if watch is not None and (seat := watch.plan.positions.get(number)) is not None:
        now = time.monotonic()
        watch.locked = {each: until for each, until in watch.locked.items() if until > now}
        watch.locked[seat] = now + LOCKED_S
    return True


async def _offer(
    runtime: Runtime, request: HoldRequest, attempt: int
) -> tuple[Watch, range | None]:
    assert request.best is not None, "a hold that left nothing to choose"
    performance = runtime.catalogue.performances[request.performance_id]
    watch = await runtime.availability.watch(performance)
    await _make_runs(watch)
    seats = _choose(watch, request.best, attempt)
    if seats is None and not watch.offered:
        watch = await runtime.availability.watch(performance, FRESH_S)
        await _make_runs(watch)
        seats = _choose(watch, request.best, attempt)
    return watch, seats


def _choose(watch: Watch, best: BestAvailable, attempt: int) -> range | None:
    if _largest(watch, best.grade) < best.seats:
        return None
    taken = bytearray(watch.taken.bitmap)
    now = time.monotonic()
    for seat in watch.offered | {seat for seat, until in watch.locked.items() if until > now}:
        take(taken, range(seat, seat + 1))
    noise = (lambda: random.uniform(0.0, NOISE * attempt)) if attempt else None  # noqa: S311
    return choose(_runs(watch).get(best.grade, ()), taken, best.seats, noise)


def _with_seats(request: HoldRequest, watch: Watch, seats: range | None) -> HoldRequest:
    assert request.best is not None
    if seats is None:
        most = _largest(watch, request.best.grade)
        return request._replace(seat_numbers=(), best=request.best._replace(largest=most))
    numbers = watch.plan.plan.seats.number
    return request._replace(seat_numbers=tuple(numbers[seat] for seat in seats))


def _largest(watch: Watch, grade: str) -> int:
    """How many seats of a grade are free side by side; looked for once as long as no seat changes,
    because most who ask when little is left hear no."""
    key = f"largest {grade}"
    flips, most = watch.made.get(key, (-1, 0))
    if flips != watch.taken.flips:
        flips, most = watch.taken.flips, largest(_runs(watch).get(grade, ()), watch.taken.bitmap)
        watch.made[key] = flips, most
    return int(most)


async def _make_runs(watch: Watch) -> None:
    """Make the runs of a plan, once. For a large hall that takes longer than others should wait,
    so it is done beside the event loop; and between two offers others have a turn."""
    if "runs" in watch.plan.made:
        await asyncio.sleep(0)
    else:
        watch.plan.made["runs"] = await asyncio.to_thread(runs_of, watch.plan.plan)


def _runs(watch: Watch) -> Runs:
    runs: Runs = watch.plan.made["runs"]
    return runs
