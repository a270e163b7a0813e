"""The row of the slowest script: each script that is called often, with as much to do as it is ever
given, in a line of a million fans while nothing else goes on. The times are of Valkey's slow log.
"""

import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bench.line_store import PATIENT, LineStore, new_fans
from bench.results import Row, middle
from yemae.sale import admission as ticks
from yemae.store.valkey import Valkey
from yemae.values.pass_key import PassKey
from yemae.waiting_room import admission, counts, passes, places, steps
from yemae.waiting_room.admission import Doors
from yemae.waiting_room.places import Joining, JoinRules
from yemae.waiting_room.tokens import QueueToken

REPEATS = 15
LANES = 4
PATIENCE_MS = 3_600_000
TTL_S = 3_600
AIM_MS = 5.0
# The end of a pass that never comes.
FAR_MS = 2**43
Call = Callable[[], Awaitable[Any]]


async def slowest_row(
    store: LineStore, concert_id: str, sample: Sequence[QueueToken], waiting: int
) -> Row:
    """The script whose calls take longest: the median of its repeats is the value, the longest call
    of any script is the p99."""
    found: dict[str, list[float]] = {}
    for name, call in calls(store.valkey, concert_id, sample).items():
        found[name] = [(await store.longest(call)).ms for _ in range(REPEATS)]
    name = max(found, key=lambda each: middle(found[each]))
    return Row(
        name="slowest_script_1m",
        what=f"slowest script with as much to do as it may have, {waiting:,} in line: {name}",
        value=round(middle(found[name]), 3),
        unit="ms",
        p50_ms=round(middle(found[name]), 3),
        p99_ms=round(max(map(max, found.values())), 3),
        aim=AIM_MS,
        aim_is_most=True,
    )


def calls(valkey: Valkey, concert_id: str, sample: Sequence[QueueToken]) -> dict[str, Call]:
    """Every call, in an order in which those that end passes find some."""
    # A pass of no length: each tick admits half of its step, and ends as many.
    doors = Doors(10**7, 10**9, 0, TTL_S, "open", 0)
    straight_in = JoinRules(door="straight in", entry_ttl_s=TTL_S)
    inside: list[PassKey] = []

    def some() -> list[QueueToken]:
        return random.sample(sample, steps.FANS_MAX)

    async def join(rules: JoinRules) -> None:
        fans = new_fans(steps.FANS_MAX)
        joined = await places.join(valkey, concert_id, list(map(Joining, fans)), PATIENT, rules)
        if rules == straight_in:
            inside[:] = [
                PassKey(concert_id, fan, at.number) for fan, at in zip(fans, joined, strict=True)
            ]

    async def end() -> None:
        await join(straight_in)
        await passes.end_passes(valkey, concert_id, inside)

    return {
        "join": lambda: join(JoinRules()),
        "join, admitted": lambda: join(straight_in),
        "place": lambda: places.place(valkey, concert_id, some(), PATIENT),
        "present": lambda: places.note_present(
            valkey, concert_id, some(), [PATIENCE_MS] * steps.FANS_MAX
        ),
        "restore": lambda: places.restore(valkey, concert_id, some(), PATIENT),
        "check_entry": lambda: passes.check_entry(valkey, concert_id, inside),
        "extend_pass": lambda: passes.extend_passes(
            valkey, concert_id, [(key, FAR_MS) for key in inside]
        ),
        "end_pass": end,
        "admit": lambda: admission.admit(valkey, concert_id, doors, step=ticks.STEP_MAX),
        "snapshot": lambda: counts.snapshot(valkey, concert_id, LANES),
        "statistics": lambda: counts.statistics(valkey, concert_id),
        "scan": lambda: anext(aiter(counts.every_place(valkey, concert_id))),
    }
