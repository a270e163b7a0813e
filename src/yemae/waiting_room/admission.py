"""The admission tick of one concert's queue: one atomic Lua call that any node may make."""

from dataclasses import dataclass
from typing import NamedTuple

from yemae.store.valkey import Script, Valkey
from yemae.waiting_room.keys import keys_of

ADMIT = Script(__file__, "admit")


class Doors(NamedTuple):
    """What decides who comes in: the concert's limits, and whether its doors are open."""

    active_limit: int
    admit_per_minute: int
    entry_ttl_s: int
    place_ttl_s: int
    # From the opening on: shut, open, or all (nobody has to wait).
    door: str
    opens_at_ms: int
    # Percent of the admissions for each lane, the general one first.
    shares: tuple[int, ...] = (100,)


@dataclass(frozen=True)
class Admission:
    """What a tick did; two calls of one tick add up. A tick that finds parts of the queue `lost`
    does nothing else: losses.py."""

    admitted: int = 0
    passes_expired: int = 0
    stepped_over: int = 0
    places_ended: int = 0
    has_more: bool = False
    # After the tick: how many are inside, and how many wait.
    active: int = 0
    waiting: int = 0
    # As last counted; -1: not counted yet.
    seats_unsold: int = -1
    # Parts that the store has lost; "all" also of a queue that has not begun.
    lost: tuple[str, ...] = ()

    def __add__(self, later: "Admission") -> "Admission":
        return Admission(
            self.admitted + later.admitted,
            self.passes_expired + later.passes_expired,
            self.stepped_over + later.stepped_over,
            self.places_ended + later.places_ended,
            later.has_more,
            later.active,
            later.waiting,
            later.seats_unsold,
            later.lost,
        )


async def admit(
    valkey: Valkey, concert_id: str, doors: Doors, *, step: int, at_once: int = 0
) -> Admission:
    """One admission tick of at most `step` of each kind of work. `at_once` is an operator's wish:
    so many, whatever the rate; the active limit holds for them as well."""
    *numbers, lost = await valkey.run(
        ADMIT,
        keys_of(concert_id),
        doors.active_limit,
        doors.admit_per_minute,
        doors.entry_ttl_s * 1000,
        doors.place_ttl_s * 1000,
        step,
        doors.opens_at_ms,
        doors.door,
        at_once,
        *doors.shares,
    )
    admitted, expired, stepped_over, ended, more, active, waiting, unsold = map(int, numbers)
    return Admission(
        admitted,
        expired,
        stepped_over,
        ended,
        bool(more),
        active,
        waiting,
        unsold,
        tuple(lost.split()),
    )
