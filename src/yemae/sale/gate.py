"""Passes: the gate that checks them, and how they follow orders and payments.

A hold keeps its fan's pass open, a payment ends it. Valkey follows after the commit, idempotently;
what a crash or a failure leaves open is repaired by the sweep. PostgreSQL never forgets which pass
was used for a payment or revoked, so the gate is right even when Valkey is away or has lost its
data.

Reads trust a pass that their process saw open within the last second (`enter_to_look`); holds and
payments ask each time. What a process of this server ends is over for the reads of all at once.
"""

import asyncio
import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from yemae.base.batching import Done
from yemae.base.logs import logger
from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance
from yemae.orders.order import Order
from yemae.payments import payments
from yemae.refusals import (
    EntryProofInvalid,
    EntryTokenExpired,
    EntryTokenMismatch,
    Refusal,
    StoreUnavailable,
)
from yemae.runtime import Runtime, Stores
from yemae.sale import policy
from yemae.values.instants import unix_ms
from yemae.values.pass_key import PassKey
from yemae.waiting_room import passes
from yemae.waiting_room.tokens import EntryToken, QueueToken

if TYPE_CHECKING:
    from yemae.sale.batches import Batches

log = logger(__name__)


class OfConcert(Protocol):
    """Anything that belongs to one concert's queue."""

    @property
    def concert_id(self) -> str: ...  # noqa: D102


class OfPlace(OfConcert, Protocol):
    """Anything that names a fan's place."""

    @property
    def pass_key(self) -> PassKey: ...  # noqa: D102


# An order, and the end of what its pass holds without it.
HeldUntil = tuple[Order, datetime | None]
Answer = TypeVar("Answer")
Concerned = TypeVar("Concerned", bound=OfConcert)
Place = TypeVar("Place", bound=OfPlace)


class OpenPass(NamedTuple):
    """A pass that lets its owner in now, and its end without what holds have added, in Unix ms."""

    entry: EntryToken
    own_end_ms: int


class Entered(NamedTuple):
    """A fan at the gate of a call that may be repeated. `opened` is None when the pass is over."""

    entry: EntryToken
    # The Idempotency-Key.
    key: str | None
    opened: OpenPass | None


def claimed_pass(
    runtime: Runtime, user_id: str, token: str | None, secret: str, concert_id: str | None = None
) -> EntryToken:
    """The pass that an entry token claims: signed by us, this user's, good for the concert when one
    is given, and with the secret that it is bound to. Whether it is open is for the batch to say.
    Raises EntryToken* and EntryProof* refusals."""
    entry = runtime.tokens.read_pass(token, user_id)
    if concert_id is not None and not _is_of(runtime, entry, concert_id):
        raise EntryTokenMismatch
    if entry.proof:
        digest = base64.urlsafe_b64encode(hashlib.sha256(secret.encode("latin-1")).digest())
        if not hmac.compare_digest(digest.rstrip(b"="), entry.proof.encode()):
            raise EntryProofInvalid
    return entry


def claimed_place(runtime: Runtime, token: str | None) -> QueueToken:
    """The place that a queue token names. Raises QueueTokenInvalid, QueueTokenExpired or
    ConcertNotFound."""

    def drawn_number(concert_id: str, user_id: str) -> int:
        return policy.drawn_number(runtime.catalogue.queue(concert_id), user_id)

    return runtime.tokens.read_place(token, drawn_number)


async def enter_to_look(runtime: Runtime, batches: "Batches", entry: EntryToken) -> None:
    """Let a call in that changes nothing, also by a pass that was seen open in the last second.
    Raises EntryTokenExpired."""
    if not runtime.seen_passes.is_open(entry, runtime.clock.now_s()):
        await batches.check_entry.submit(entry)


async def enter_or_repeat(batches: "Batches", entry: EntryToken, key: str | None) -> Entered:
    """Let a call in that may be repeated. A pass that is over does not stop a call with an
    Idempotency-Key: it may repeat one that was answered while the pass was open. Raises
    EntryTokenExpired."""
    try:
        return Entered(entry, key, await batches.check_entry.submit(entry))
    except EntryTokenExpired:
        if key is None:
            raise
        return Entered(entry, key, None)


def _is_of(runtime: Runtime, entry: EntryToken, concert_id: str) -> bool:
    """Whether a pass is of a queue of this concert."""
    queue = runtime.catalogue.queues.get(entry.concert_id)
    return concert_id in (entry.concert_id, queue and queue.phase_of)


def require_sold(runtime: Runtime, entry: EntryToken, performance: Performance) -> Concert:
    """The queue of a pass. Raises EntryTokenMismatch unless its phase sells this performance."""
    queue = runtime.catalogue.queues.get(entry.concert_id)
    if queue is None or not queue.sells(performance):
        raise EntryTokenMismatch
    return queue


async def check_entry(runtime: Runtime, requests: list[EntryToken]) -> Done[OpenPass]:
    """The gate: whether each pass is open now.

    While Valkey is away, fans who are in stay in until their token's own end, unless PostgreSQL
    knows that the pass was used for a payment.
    """
    return Done(await each_concert(requests, lambda id_, group: _check_entry(runtime, id_, group)))


async def _check_entry(
    runtime: Runtime, concert_id: str, entries: list[EntryToken]
) -> dict[EntryToken, OpenPass | Refusal]:
    asking = runtime.seen_passes.asking(entries)
    try:
        own_ends = await _open_passes(runtime, concert_id, entries)
    except StoreUnavailable:
        log.warning("gate works from tokens alone: valkey is away", concert=concert_id)
        good = await _unused_and_unexpired(runtime, entries)
        own_ends = {entry: entry.expires_at_s * 1000 for entry in good}
    asking.found(own_ends)
    return {entry: _opened(entry, own_ends.get(entry)) for entry in entries}


def _opened(entry: EntryToken, own_end_ms: int | None) -> OpenPass | Refusal:
    return EntryTokenExpired() if own_end_ms is None else OpenPass(entry, own_end_ms)


async def _open_passes(
    runtime: Runtime, concert_id: str, entries: list[EntryToken]
) -> dict[EntryToken, int]:
    """The open ones, with their own ends in Unix ms."""
    keys = [PassKey(entry.concert_id, entry.user_id, entry.number) for entry in entries]
    found = await passes.check_entry(runtime.valkey, concert_id, keys)
    own_ends = {p: at.end_ms for p, at in zip(entries, found, strict=True) if at.word == "open"}
    if len(own_ends) == len(entries):
        return own_ends
    lost = [p for p, at in zip(entries, found, strict=True) if at.word == "lost"]
    concert = runtime.catalogue.queue(concert_id)
    # Where no fan has to wait there is no limit.
    limit = 0 if concert.queueing_method == "passthrough" else concert.active_limit
    for entry in await _unused_and_unexpired(runtime, lost):
        word = await passes.restore_pass(runtime.valkey, entry.pass_key, entry.expires_at_s, limit)
        if word == "open":
            own_ends[entry] = entry.expires_at_s * 1000
    return own_ends


async def _unused_and_unexpired(runtime: Runtime, entries: Sequence[EntryToken]) -> set[EntryToken]:
    unexpired = [e for e in entries if e.expires_at_s > runtime.tokens.entry.now()]
    used = await used_for_payment(runtime, unexpired)
    return set(unexpired) - used


async def used_for_payment(runtime: Runtime, tokens: Sequence[Place]) -> set[Place]:
    """Those of these tokens whose place ended with a payment or was revoked; PostgreSQL never
    forgets it."""
    if not tokens:
        return set()
    keys = [token.pass_key for token in tokens]
    async with runtime.postgres.transaction() as tx:
        used = payments.ended(await (await payments.passes_used(tx, keys)).rows())
    return {token for token, key in zip(tokens, keys, strict=True) if key in used}


async def extend_passes(stores: Stores, held: Iterable[Order]) -> None:
    """A hold keeps its fan inside until the hold's end. Raises StoreUnavailable when a concert's
    store was away; the passes of the others are extended, and the sweep repairs the rest."""
    ends: dict[str, list[tuple[PassKey, int]]] = defaultdict(list)
    for order in held:
        key = order.pass_key
        ends[key.concert_id].append((key, unix_ms(order.expires_at)))
    await _tell_each(
        passes.extend_passes(stores.valkey, queue_id, group) for queue_id, group in ends.items()
    )


async def give_back(stores: Stores, released: Iterable[HeldUntil]) -> None:
    """Passes end as they would without the orders that were released; each with the end of the last
    hold that was made with it and is left. Raises as extend_passes does."""
    ends: dict[str, list[tuple[PassKey, int]]] = defaultdict(list)
    for order, holds_end_at in released:
        holds_end_ms = 0 if holds_end_at is None else unix_ms(holds_end_at)
        ends[order.pass_key.concert_id].append((order.pass_key, holds_end_ms))
    await _tell_each(
        passes.give_back(stores.valkey, queue_id, group) for queue_id, group in ends.items()
    )


async def revoke(stores: Stores, concert_id: str, user_id: str) -> bool:
    """End a user's pass at an operator's word; their place is over too, and PostgreSQL keeps its
    number. Returns whether they had one. Raises StoreUnavailable."""
    with stores.seen_passes.ending([(concert_id, user_id)]):
        number = await passes.revoke(stores.valkey, concert_id, user_id)
    if number:
        async with stores.postgres.transaction() as tx:
            await payments.revoke_pass(tx, PassKey(concert_id, user_id, number))
    return number is not None


async def end_passes(stores: Stores, used: Iterable[PassKey]) -> None:
    """End passes that were used for a payment. Raises as extend_passes does."""
    groups = by_concert(used)
    owners = [(key.concert_id, key.user_id) for group in groups.values() for key in group]
    with stores.seen_passes.ending(owners):
        await _tell_each(
            passes.end_passes(stores.valkey, concert_id, group)
            for concert_id, group in groups.items()
        )


async def _tell_each(calls: Iterable[Awaitable[object]]) -> None:
    """Make every call, each concert's by itself, and raise the first failure in the end."""
    failures = [
        failure
        for failure in await asyncio.gather(*calls, return_exceptions=True)
        if isinstance(failure, BaseException)
    ]
    if failures:
        raise failures[0]


async def each_concert(
    requests: Sequence[Concerned],
    answer: Callable[[str, list[Concerned]], Awaitable[Mapping[Concerned, Answer | Refusal]]],
) -> list[Answer | Refusal]:
    """Answer the requests of each concert by themselves, all at once: when the shard of one is
    away, the others are not refused with it. `answer` gets a concert and its different requests."""

    async def of_one(
        concert_id: str, group: list[Concerned]
    ) -> Mapping[Concerned, Answer | Refusal]:
        different = list(dict.fromkeys(group, True))
        try:
            return await answer(concert_id, different)
        except Refusal as refusal:
            return dict.fromkeys(different, refusal)

    groups = await asyncio.gather(*(of_one(*group) for group in by_concert(requests).items()))
    answers = {request: found for group in groups for request, found in group.items()}
    return [answers[request] for request in requests]


def by_concert(requests: Iterable[Concerned]) -> dict[str, list[Concerned]]:
    """Requests by their concert, in arrival order; a concert is what one script call serves."""
    groups: dict[str, list[Concerned]] = defaultdict(list)
    for request in requests:
        groups[request.concert_id].append(request)
    return groups
