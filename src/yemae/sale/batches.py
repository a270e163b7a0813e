"""The batches: one `Batch` for each hot verb, one set per process; and polls, most of which need no
batch."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypedDict, TypeVar

from yemae.base.batching import Batch, Done
from yemae.base.rate_limit import Window
from yemae.base.turns import TurnQueue
from yemae.concerts.grade_counts import ConcertCounts
from yemae.concerts.seat_map.free_list import FreeSeats
from yemae.orders.order import Order
from yemae.runtime import Runtime, running
from yemae.sale import gate, hold, hold_best, join, lease, looks, pay, places, record, top_up
from yemae.sale.decide_holds import HoldRequest
from yemae.sale.decide_payments import Paid, PayRequest
from yemae.sale.gate import OpenPass
from yemae.sale.join import JoinRequest
from yemae.sale.lease import Leased, LeaseRequest
from yemae.sale.polls import Polls
from yemae.sale.record import ProviderSaid, Settled
from yemae.waiting_room.places import Standing
from yemae.waiting_room.steps import FANS_MAX
from yemae.waiting_room.tokens import EntryToken, QueueToken
from yemae.wallet.decide import TopUpRequest, Transfer

MINUTE_S = 60.0
# Longer than most passes live, so that a count is of one pass.
PASS_WINDOW_S = 3600.0
# Requests that share a round trip, callers of one verb that may wait before the answer is 503, and
# round trips of one verb at once. Valkey does one call at a time: while one is there, another
# gathers; more would be smaller.
SIZE_MAX = 128
CALLERS_MAX = 5_000
CONCURRENCY = 2
# Transactions at once of all verbs that write to PostgreSQL, and how long one of them keeps the
# others waiting.
WRITERS = 2
WRITER_S = 0.25
# Longer than fans wait who let the other verbs go first.
CARDS_PATIENCE_S = 20.0
# Part of a transaction's time limit that a request waits for the start of its batch.
BATCH_PATIENCE = 3 / 8
# Of one user, and with one pass in PASS_WINDOW_S; more are refused with 429.
JOINS_PER_USER_PER_MINUTE = 600
HOLDS_PER_USER_PER_MINUTE = 120
TOP_UPS_PER_USER_PER_MINUTE = 120
CHECKOUTS_PER_USER_PER_MINUTE = 60
HOLDS_PER_PASS_MAX = 500
# A look at the seats serves all who wait for it: one at a time serves the most of them.
LOOKS_CONCURRENCY = 1
# Those who wait for rows that are locked elsewhere: few, because each takes a connection with it.
AGAIN_CONCURRENCY = 2
# The longest wait for others before their own try; then the answer is 503.
PATIENCE_S = 4.0

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class BatchLimits(TypedDict):
    """Of a batch."""

    size_max: int
    callers_max: int
    concurrency: int
    patience_s: float


class Verb(Protocol[Request, Answer]):
    """A verb of the journey that takes locks."""

    async def __call__(self, requests: list[Request], *, wait: bool = True) -> Done[Answer]: ...  # noqa: D102


@dataclass(frozen=True)
class Batches:
    """Submit a request, get its answer or its Refusal."""

    join: Batch[JoinRequest, Standing]
    place: Batch[QueueToken, Standing]
    check_entry: Batch[EntryToken, OpenPass]
    hold: Batch[HoldRequest, Order]
    # Apart, because a request that is offered other seats makes its batch wait.
    hold_best: Batch[HoldRequest, Order]
    top_up: Batch[TopUpRequest, Transfer]
    pay: Batch[PayRequest, Paid]
    # The two steps of a card payment, before and after its provider is asked.
    lease: Batch[LeaseRequest, Leased | None]
    record: Batch[ProviderSaid, Settled | None]
    # Keyed by performance: all who look at the same moment share the look.
    seats_left: Batch[int, int]
    free_seats: Batch[int, FreeSeats]
    # Keyed by concert.
    grades: Batch[str, ConcertCounts]
    polls: Polls
    # How often one user may join, hold and top up, whatever the concert.
    joins: Window
    holds: Window
    top_ups: Window
    # How often one user may begin and confirm checkouts.
    checkouts: Window
    # How often a hold may be asked for with one pass: keyed by PassKey.
    holds_of_pass: Window

    async def close(self) -> None:
        """Answer all who wait, and take no new request."""
        for part in vars(self).values():
            if isinstance(part, Batch | Polls):
                await part.close()


@asynccontextmanager
async def open_batches(runtime: Runtime, *, size_max: int = SIZE_MAX) -> AsyncIterator[Batches]:
    """The batches of a runtime, with the limits of its settings; closed after the block."""
    batches = _batches(runtime, size_max)
    async with running(batches.polls.keep_telling()):
        try:
            yield batches
        finally:
            await batches.close()


def _batches(runtime: Runtime, size_max: int) -> Batches:
    limits: BatchLimits = {
        "size_max": size_max,
        "callers_max": CALLERS_MAX,
        "concurrency": CONCURRENCY,
        "patience_s": BATCH_PATIENCE * runtime.settings.stores.postgres_transaction_timeout_s,
    }
    writers = TurnQueue(WRITERS, WRITER_S)
    # A card payment waits for its bank anyway, and gathers others meanwhile.
    of_cards: BatchLimits = {**limits, "concurrency": 1, "patience_s": CARDS_PATIENCE_S}
    of_looks: BatchLimits = {**limits, "concurrency": LOOKS_CONCURRENCY}
    # A batch of these is one script call.
    of_queue: BatchLimits = {**limits, "size_max": min(size_max, FANS_MAX)}
    place: Batch[QueueToken, Standing] = Batch(
        "place", lambda batch: places.place(runtime, batch), **of_queue
    )
    return Batches(
        join=Batch("join", lambda batch: join.join(runtime, batch), **of_queue),
        place=place,
        check_entry=Batch(
            "check_entry", lambda batch: gate.check_entry(runtime, batch), **of_queue
        ),
        hold=_twice("hold", partial(hold.hold, runtime), limits, writers),
        hold_best=_twice("hold_best", partial(hold_best.hold_best, runtime), limits, writers),
        top_up=_twice("top_up", partial(top_up.top_up, runtime), limits, writers),
        pay=_twice("pay", partial(pay.pay, runtime), limits, writers),
        lease=_twice("lease", partial(lease.lease, runtime), of_cards, writers, yields=True),
        record=_twice("record", partial(record.record, runtime), of_cards, writers, yields=True),
        seats_left=Batch("seats_left", lambda batch: looks.seats_left(runtime, batch), **of_looks),
        free_seats=Batch("free_seats", lambda batch: looks.free_seats(runtime, batch), **of_looks),
        grades=Batch("grades", lambda batch: looks.count_grades(runtime, batch), **of_looks),
        polls=Polls(runtime, place),
        joins=Window(MINUTE_S, JOINS_PER_USER_PER_MINUTE),
        holds=Window(MINUTE_S, HOLDS_PER_USER_PER_MINUTE),
        top_ups=Window(MINUTE_S, TOP_UPS_PER_USER_PER_MINUTE),
        checkouts=Window(MINUTE_S, CHECKOUTS_PER_USER_PER_MINUTE),
        holds_of_pass=Window(PASS_WINDOW_S, HOLDS_PER_PASS_MAX),
    )


def _twice(
    verb: str,
    run: Verb[Request, Answer],
    limits: BatchLimits,
    writers: TurnQueue,
    *,
    yields: bool = False,
) -> Batch[Request, Answer]:
    """A batch that waits for no row, and a second one, without turns, for those whose rows are
    locked elsewhere."""
    few: BatchLimits = {**limits, "concurrency": AGAIN_CONCURRENCY, "patience_s": PATIENCE_S}
    waiting: Batch[Request, Answer] = Batch(f"{verb}_again", run, **few)
    return Batch(
        verb, partial(run, wait=False), again=waiting, turns=writers, yields=yields, **limits
    )
