"""The admission tick of one concert's queue: one atomic Lua call that any node may make."""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from yemae.store.scripts import script
from yemae.store.valkey import Valkey
from yemae.waiting_room.keys import PARTS, keys_of

# From the opening on: no fan is admitted, those in front are, or all (fans do not wait).
Door = Literal["shut", "open", "all"]


class Doors(NamedTuple):
    """What decides who is admitted: the concert's limits, and whether its doors are open."""

    active_limit: int
    admit_per_minute: int
    entry_ttl_s: int
    place_ttl_s: int
    door: Door
    opens_at_ms: int
    # Percent of the admissions for each lane, the general one first.
    shares: tuple[int, ...] = (100,)


class Ticked(NamedTuple):
    """What admit.lua returns."""

    admitted: int
    passes_expired: int
    stepped_over: int
    places_ended: int
    rest: str
    active: int
    waiting: int
    seats_unsold: int
    lost: str


@dataclass(frozen=True)
class Admission:
    """What a tick did; the calls of one tick add up. A tick that finds parts of the queue `lost`
    does nothing else: losses.py."""

    admitted: int = 0
    passes_expired: int = 0
    stepped_over: int = 0
    places_ended: int = 0
    has_more: bool = False
    # After the tick: admitted fans, and fans who wait.
    active: int = 0
    waiting: int = 0
    # As last counted; -1: not counted yet.
    seats_unsold: int = -1
    # Parts that the store has lost; "all" also of a queue that has not begun.
    lost: tuple[str, ...] = ()
    # Whether a repair of the queue is under way.
    is_repairing: bool = False

    def __add__(self, later: "Admission") -> "Admission":
        return replace(
            later,
            admitted=self.admitted + later.admitted,
            passes_expired=self.passes_expired + later.passes_expired,
            stepped_over=self.stepped_over + later.stepped_over,
            places_ended=self.places_ended + later.places_ended,
        )


@script(__file__, PARTS)
def admit_lua(*, doors: Doors, step: int, at_once: int) -> Ticked: ...


async def admit(
    valkey: Valkey, concert_id: str, doors: Doors, *, step: int, at_once: int = 0
) -> Admission:
    """One call of an admission tick, which looks at about `step` fans. `at_once` admits this many
    fans on behalf of an operator, ignoring `admit_per_minute` but not `active_limit`."""
    call = admit_lua(doors=doors, step=step, at_once=at_once)
    tick = await valkey.run(call, keys_of(concert_id))
    return Admission(
        tick.admitted,
        tick.passes_expired,
        tick.stepped_over,
        tick.places_ended,
        tick.rest == "more",
        tick.active,
        tick.waiting,
        tick.seats_unsold,
        tuple(tick.lost.split()),
        tick.rest == "repairing",
    )
