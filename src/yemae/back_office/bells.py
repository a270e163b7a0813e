"""What an operator has to look at while a sale runs: bells that ring as long as their cause lasts.

Each compares the numbers of a queue with those of some minutes ago, from the history.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from yemae.concerts.catalogue import Concert
from yemae.history import history
from yemae.history.history import HistoryPoint
from yemae.refusals import StoreUnavailable
from yemae.runtime import Stores
from yemae.sale import figures, policy
from yemae.sale.figures import QueueNumbers
from yemae.sale.policy import State
from yemae.store.queries import Query, load_queries

Kind = Literal["paused", "nothing_admitted", "nothing_sold", "at_limit"]

PAUSED_FOR = timedelta(minutes=2)
NOTHING_ADMITTED_FOR = timedelta(minutes=1)
NOTHING_SOLD_FOR = timedelta(minutes=3)
# Of all concerts: a look at more of them would take too long.
QUEUES_MAX = 50


class Bell(NamedTuple):
    """A bell that rings, and at least since when; None: just now."""

    queue_id: str
    kind: Kind
    since: datetime | None


class Look(NamedTuple):
    """A queue at a moment, and what it had admitted and sold some minutes before; None: not known,
    as its history begins later."""

    at: datetime
    state: State
    seats_left: int | None
    numbers: QueueNumbers
    paused_at: datetime | None
    admitted_before: int | None
    payments_before: int | None


class _PausedAt(NamedTuple):
    """When a queue was paused last."""

    at: datetime


QUERIES = load_queries(__file__, "bells.sql")
PAUSED_AT = Query(QUERIES["paused_at"], _PausedAt)


async def ringing(stores: Stores, concerts: Collection[str] | None) -> list[Bell] | None:
    """The bells of these concerts' queues on sale, or of all of them; None while Valkey is away."""
    await stores.catalogue.refresh()
    now = stores.now()
    queues = [
        queue
        for queue in stores.catalogue.queues.values()
        if (concerts is None or queue.concert_id in concerts)
        and queue.sale_opens_at <= now
        and not queue.is_over(now)
    ]
    found: list[Bell] = []
    try:
        for queue in queues[:QUEUES_MAX]:
            found += rung(queue.id, await _look(stores, queue))
    except StoreUnavailable:
        return None
    return found


def rung(queue_id: str, seen: Look) -> Iterator[Bell]:
    """The bells that ring for a queue. Pure."""
    numbers = seen.numbers
    if seen.state == "paused":
        if seen.paused_at is not None and seen.at - seen.paused_at > PAUSED_FOR:
            yield Bell(queue_id, "paused", seen.paused_at)
        return
    if seen.state not in ("open", "draining"):
        return
    is_full = numbers.active >= numbers.active_limit
    if numbers.waiting and is_full:
        yield Bell(queue_id, "at_limit", None)
    if numbers.waiting and not is_full and seen.admitted_before == numbers.admitted:
        yield Bell(queue_id, "nothing_admitted", seen.at - NOTHING_ADMITTED_FOR)
    has_fans = numbers.waiting + numbers.active > 0
    if seen.seats_left and has_fans and seen.payments_before == numbers.payments:
        yield Bell(queue_id, "nothing_sold", seen.at - NOTHING_SOLD_FOR)


async def _look(stores: Stores, queue: Concert) -> Look:
    """Raises StoreUnavailable."""
    now = stores.now()
    numbers = await figures.of_queue(stores, queue)
    snapshot = await stores.board.snapshot(queue.id)
    async with stores.postgres.transaction() as tx:
        admitted = await history.latest(tx, queue.id, now - NOTHING_ADMITTED_FOR)
        # Orders are counted with the concert's own queue, also those of a phase.
        sold = await history.latest(tx, queue.concert_id, now - NOTHING_SOLD_FOR)
        paused = await (await tx.send(PAUSED_AT, concert_id=queue.id)).row()
    own = numbers
    if queue.concert_id != queue.id:
        own = await figures.of_queue(stores, stores.catalogue.queue(queue.concert_id))
    return Look(
        now,
        policy.state_of(queue, now, snapshot),
        None if snapshot.seats_left < 0 else snapshot.seats_left,
        numbers._replace(payments=own.payments),
        None if paused is None else paused.at,
        _figure(admitted, "admitted"),
        _figure(sold, "payments"),
    )


def _figure(point: HistoryPoint | None, name: str) -> Any:
    return None if point is None else point.figures.get(name)
