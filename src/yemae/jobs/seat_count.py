"""The count of the seats that are left, for every queue.

What always holds: a change of seats by a server process, a load, an operator or the time is counted
within some seconds, also while the queue is empty.
"""

from yemae.concerts import seats
from yemae.concerts.catalogue import Concert
from yemae.jobs.sweep import log
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale import allotments, recovery
from yemae.store.postgres import Transaction
from yemae.waiting_room import counts
from yemae.webhooks import events
from yemae.webhooks.events import WebhookEvent
from yemae.webhooks.payloads import ConcertSoldOut

INTERVAL_MS = 2_000


async def count_seats(runtime: Runtime) -> None:
    """Write to every queue how many seats are left of the dates that have not begun, and of its
    allotment if it has one; one node does it for all. Never raises."""
    _note_changes(runtime)
    for concert in list(runtime.catalogue.queues.values()):
        try:
            await _count_seats(runtime, concert)
        except StoreUnavailable:
            log.warning("seats not counted: a store is away", concert=concert.id)
        except Exception:
            log.exception("seats not counted", concert=concert.id)


def _note_changes(runtime: Runtime) -> None:
    """Note the queues whose seats have changed since the last run. An empty queue is counted seldom
    otherwise: a fan may come, buy the last seats and be gone between two runs, the seats may be
    sold in another phase, and operators block seats at any time."""
    now_s, due = runtime.availability.now_s(), runtime.counts_due_s
    for queue_id in [queue_id for queue_id, due_s in due.items() if due_s <= now_s]:
        del due[queue_id]
        runtime.uncounted.add(queue_id)
    keys, ids = runtime.availability.take_changed(), runtime.catalogue.take_changed()
    if keys or ids:
        runtime.uncounted.update(
            queue.id
            for queue in runtime.catalogue.queues.values()
            if not ids.isdisjoint((queue.id, queue.concert_id))
            or any(date.key in keys for date in queue.sold())
        )


async def _count_seats(runtime: Runtime, concert: Concert) -> None:
    at_rest_ms = counts.SEATS_AT_REST_MS if concert.id not in runtime.uncounted else INTERVAL_MS
    if not await counts.take_seats_turn(runtime.valkey, concert.id, INTERVAL_MS, at_rest_ms):
        return
    dates = concert.to_come(runtime.now())
    async with runtime.postgres.transaction() as tx:
        counted = await seats.seats_of_concert(tx, [date.key for date in dates])
        if concert.phase.has_allotment:
            counted = await allotments.left_of(tx, concert, dates, counted)
        if (known := runtime.last_known.get(concert.id)) is not None:
            await recovery.note_inside(tx, concert.id, known.active)
        if dates and concert.phase_of is None:
            await _note_sold_out(tx, runtime, concert, is_sold_out=counted.unsold == 0)
    await counts.keep_seats(runtime.valkey, concert.id, counted.seats_left, counted.unsold)
    # What changes meanwhile is noted by the next run.
    runtime.uncounted.discard(concert.id)
    if counted.changes_at is not None:
        runtime.counts_due_s[concert.id] = counted.changes_at.timestamp()


async def _note_sold_out(
    tx: Transaction, runtime: Runtime, concert: Concert, *, is_sold_out: bool
) -> None:
    """Tell once that a concert is sold out, and once more when it is again after a cancellation."""
    if not runtime.listeners.want("concert.sold_out"):
        return
    if is_sold_out:
        data = ConcertSoldOut(concert_id=concert.id)
        await events.tell(tx, [WebhookEvent(runtime.new_id(), concert.id, runtime.now(), data)])
    else:
        await events.tell_again(tx, "concert.sold_out", concert.id)
