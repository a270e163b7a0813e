"""The beginning of a queue, and its repair when Valkey has lost it, whole or a single key.

PostgreSQL remembers that a queue has begun, and about how many fans were inside; so a queue that is
missing in Valkey is either new or lost. After a loss, fans with seats held get their passes back at
once (PostgreSQL knows them), other active fans come back with their entry tokens and find their
room kept, and no other fan is admitted until all who wait have had the time for a poll, which
restores their places. So no active fan loses the pass, and no fan overtakes another.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from yemae.base import metrics
from yemae.base.logs import logger
from yemae.concerts.catalogue import Concert
from yemae.runtime import Stores
from yemae.sale import policy
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries
from yemae.values.instants import unix_ms
from yemae.values.pass_key import PassKey
from yemae.waiting_room import losses
from yemae.waiting_room.losses import EVERYTHING, Recovery
from yemae.waiting_room.pace import RETRY_STRETCH_MAX


class Begun(NamedTuple):
    """What PostgreSQL knows of a queue's generation."""

    generation: str
    has_begun: bool
    inside: int


class HeldPass(NamedTuple):
    """A pass with live holds, and the end of the last of them."""

    user_id: str
    pass_number: int
    ends_at: datetime


QUERIES = load_queries(__file__, "recovery.sql")
BEGIN_QUEUE = QUERIES["begin_queue"]
GENERATION_OF_QUEUE = Query(QUERIES["generation_of_queue"], Begun)
HELD_PASSES = Query(QUERIES["held_passes"], HeldPass)
NOTE_GENERATION = QUERIES["note_generation"]
NOTE_INSIDE = QUERIES["note_inside"]

# Steps of a repair in one tick, so that the other concerts of the process have their ticks.
STEPS_MAX = 200
# Pages that are hidden ask as seldom as this (web/src/fan/queue/line.ts).
HIDDEN_POLL_MS = 15_000
# For the way of the last poll.
MARGIN_MS = 2_000

log = logger(__name__)


async def recover(stores: Stores, concert: Concert, *, goes_on: bool = False) -> bool:
    """Begin a queue that is new, or repair one that has lost something; `goes_on`: the repair has
    begun already. Returns whether it is done; else the next tick of any process goes on. Raises
    StoreUnavailable: only PostgreSQL knows whether the queue is new."""
    keys = [performance.key for performance in concert.performances]
    fresh = str(uuid4())
    async with stores.postgres.transaction() as tx:
        await tx.execute(BEGIN_QUEUE, concert_id=concert.id, generation=fresh)
        begun_sent = await tx.send(GENERATION_OF_QUEUE, concert_id=concert.id)
        sale = None if concert.phase_of is None else concert.id
        held_sent = await tx.send(
            HELD_PASSES, concert_id=concert.id, performance_keys=keys, sale=sale
        )
        begun = await begun_sent.one()
        held = [
            (PassKey(concert.id, row.user_id, row.pass_number), unix_ms(row.ends_at))
            for row in await held_sent.rows()
        ]
    # Before the repair begins: if this process dies here, another one does it again.
    restored = 0
    if not goes_on:
        restored = await losses.restore_held(stores.valkey, concert.id, held, concert.entry_ttl_s)
    generation = fresh if begun.has_begun else begun.generation
    recovery = recovery_of(stores, concert, generation, begun)
    lost: tuple[str, ...] | None = None
    for _ in range(STEPS_MAX):
        lost = await losses.recover(stores.valkey, concert.id, recovery)
        if lost is not None:
            break
    if not lost:
        return lost is not None
    if EVERYTHING in lost:
        async with stores.postgres.transaction() as tx:
            await tx.execute(NOTE_GENERATION, concert_id=concert.id, generation=generation)
        if not begun.has_begun:
            return True
    metrics.QUEUE_LOSSES.labels(concert.id).inc()
    log.error(
        "valkey has lost data of a queue",
        concert=concert.id,
        parts=lost,
        inside_before=recovery.inside,
        passes_restored=restored,
        admission_stops_for_s=recovery.wait_ms / 1000 if {EVERYTHING, "line"} & set(lost) else 0,
    )
    return True


def recovery_of(stores: Stores, concert: Concert, generation: str, begun: Begun) -> Recovery:
    """The rules of a recovery, from what this process and PostgreSQL know."""
    known = stores.last_known.get(concert.id)
    pace = policy.pace(stores, concert)
    return Recovery(
        generation,
        begun.has_begun,
        wait_ms(stores, concert, None if known is None else known.waiting),
        concert.entry_ttl_s,
        concert.place_ttl_s,
        max(begun.inside, 0 if known is None else known.active),
        pace.patience_ms(0 if known is None else known.waiting),
    )


def wait_ms(stores: Stores, concert: Concert, waiting: int | None) -> int:
    """How long all who wait may take for their next poll: the longest interval of a queue of this
    length, stretched as it is while a store is away."""
    pace = policy.pace(stores, concert)
    opened_s = stores.now().timestamp() - concert.sale_opens_at.timestamp()
    if waiting is None or opened_s * 1000 < pace.longest_ms:
        asked_again = float(pace.longest_ms)
    else:
        asked_again = min(pace.longest_ms, RETRY_STRETCH_MAX * pace.interval_ms(waiting))
    hidden = min(HIDDEN_POLL_MS, pace.absent_after_ms)
    return round(max(asked_again, hidden)) + MARGIN_MS


async def note_inside(tx: Transaction, concert_id: str, inside: int) -> None:
    """Keep how many are inside, for the case that Valkey forgets it."""
    await tx.execute(NOTE_INSIDE, concert_id=concert_id, inside=inside)
