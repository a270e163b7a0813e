"""The waiting room's part of the reconcile: nothing lost, admissions within limits, every place one
number.

The counts of a queue are one snapshot of Valkey's. Places are scanned in steps while fans join and
leave, which is safe: a number never passes from one fan to another.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from yemae.reconcile.books import QueueLimits
from yemae.reconcile.report import Check
from yemae.store.valkey import Valkey
from yemae.waiting_room import counts, losses, queue_numbers
from yemae.waiting_room.losses import EVERYTHING, Losses
from yemae.waiting_room.snapshot import Snapshot

Found = tuple[int, list[str]]
NOTHING: Found = (0, [])


async def check_queues(valkey: Valkey, limits: Sequence[QueueLimits], examples: int) -> list[Check]:
    """Check every queue; at most `examples` violations are named. Raises StoreUnavailable."""
    inside = minutes = places = NOTHING
    lost: list[str] = []
    notes: list[str] = []
    for limit in limits:
        found = await losses.losses(valkey, limit.concert_id)
        lost += _lost(limit, found)
        notes += _repaired(limit, found)
        snapshot = await counts.snapshot(valkey, limit.concert_id)
        inside = _add(inside, _inside(limit, snapshot))
        minutes = _add(minutes, _minutes(limit, snapshot))
        places = _add(places, await _places(valkey, limit.concert_id))
    said = {
        "active_within_limit": ("No more fans are inside than the limit allows.", inside),
        "admitted_within_rate": ("No minute admitted more fans than the rate allows.", minutes),
        "one_number_for_each_place": ("A number in turn is the place of one fan.", places),
    }
    whole = Check(
        name="nothing_lost",
        says="The store of the waiting room has lost no part of a queue.",
        looked_at=sum(limit.has_begun for limit in limits),
        violations=len(lost),
        examples=tuple(lost[:examples]),
        notes=tuple(notes),
    )
    return [whole] + [
        Check(
            name=name,
            says=says,
            looked_at=looked_at,
            violations=len(violations),
            examples=tuple(violations[:examples]),
        )
        for name, (says, (looked_at, violations)) in said.items()
    ]


def _lost(limit: QueueLimits, found: Losses) -> list[str]:
    """The losses that are not repaired yet: a running server repairs them at its next tick."""
    if not limit.has_begun and found.now == (EVERYTHING,):
        return []
    return [f"{limit.concert_id}: {part} is lost" for part in found.now]


def _repaired(limit: QueueLimits, found: Losses) -> list[str]:
    if not found.repaired:
        return []
    at = datetime.fromtimestamp(found.repaired_at_ms / 1000, UTC)
    parts = ", ".join(found.repaired)
    return [f"{limit.concert_id}: {parts} was lost, and repaired at {at:%Y-%m-%dT%H:%M:%SZ}"]


def _add(one: Found, other: Found) -> Found:
    return one[0] + other[0], one[1] + other[1]


def _inside(limit: QueueLimits, snapshot: Snapshot) -> Found:
    if limit.is_open_to_all or snapshot.active <= limit.active_limit:
        return snapshot.active, []
    return snapshot.active, [
        f"{limit.concert_id}: {snapshot.active} inside, the limit is {limit.active_limit}"
    ]


def _minutes(limit: QueueLimits, snapshot: Snapshot) -> Found:
    """A minute may begin with a full bucket of the rate, which holds one second's admissions."""
    rate = limit.admit_per_minute
    most = rate + max(1, rate // 60) + limit.by_hand
    looked_at, violations = 0, []
    for minute, admitted in _admitted(snapshot):
        looked_at += admitted
        if admitted > most and not limit.is_open_to_all:
            violations.append(
                f"{limit.concert_id}: {admitted} admitted {minute} minutes ago, "
                f"the rate allows {most}"
            )
    return looked_at, violations


def _admitted(snapshot: Snapshot) -> Iterator[tuple[int, int]]:
    """Minutes ago, and the number of fans admitted then."""
    now = snapshot.now_ms // 60_000
    for field, admitted in snapshot.rates.items():
        if field.startswith("a"):
            yield now - int(field[1:]), admitted


async def _places(valkey: Valkey, concert_id: str) -> Found:
    """Numbers that two fans have. Drawn ones are hashes of 47 bits, of which two may be equal."""
    owners: dict[int, str] = {}
    violations = []
    async for user_id, number in counts.every_place(valkey, concert_id):
        if queue_numbers.is_drawn(number):
            continue
        owner = owners.setdefault(number, user_id)
        if owner != user_id:
            violations.append(f"{concert_id}: {owner} and {user_id} have number {number}")
    return len(owners), sorted(set(violations))
