"""The figures of a queue and of the server at this moment: what the history keeps and the live
stream sends.

Processes count in memory (base/tallies.py): orders after their commit (follow_ups.py), refusals and
the time of answers where they are given (http/server/endpoint.py, base/metrics.py).
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from yemae.base import tallies as own
from yemae.base.tallies import LATENCIES, SERVER, SPLIT_BATCHES
from yemae.concerts.catalogue import Concert
from yemae.history import tallies
from yemae.runtime import Stores
from yemae.waiting_room import counts

# The steps of a fan, by which refusals are counted: to join and wait, to look at the dates and
# seats, to hold seats, to pay.
Step = Literal["join", "seats", "hold", "pay"]
# The calls whose latencies are kept. A payment by card is begun and confirmed; `pay` is from the
# wallet.
TimedCall = Literal["join", "poll", "hold", "begin", "confirm", "pay"]
TIMED_CALLS: tuple[TimedCall, ...] = get_args(TimedCall)
REFUSED = "refused"

# By step and type of problem.
RefusalsByStep = Mapping[str, Mapping[str, int]]


class QueueNumbers(NamedTuple):
    """Numbers of a queue at a moment. What is joined, admitted, unused, held, paid and refused
    counts since the queue began; orders and refusals count with the concert's own queue. A payment
    is begun once for an order: by its first checkout, or from the wallet."""

    waiting: int
    absent: int
    active: int
    active_limit: int
    joined: int
    admitted: int
    unused: int
    holds: int
    payments: int
    wait_p50_s: float | None
    wait_p90_s: float | None
    payments_begun: int = 0
    refusals: RefusalsByStep = MappingProxyType({})


async def of_queue(stores: Stores, queue: Concert) -> QueueNumbers:
    """The numbers of a queue, of all nodes. Raises StoreUnavailable."""
    found = await counts.statistics(stores.valkey, queue.id)
    counted = await tallies.read(stores.valkey, queue.id)
    return QueueNumbers(
        waiting=found.waiting,
        absent=found.absent,
        active=found.active,
        active_limit=queue.active_limit,
        joined=found.joined,
        admitted=found.admitted,
        unused=found.unused_admissions,
        holds=counted.get("holds", 0),
        payments=counted.get("payments", 0),
        wait_p50_s=found.time_in_queue_p50_s,
        wait_p90_s=found.time_in_queue_p90_s,
        payments_begun=counted.get("payments_begun", 0),
        refusals=_grouped(
            (name.removeprefix(f"{REFUSED} "), number)
            for name, number in counted.items()
            if name.startswith(f"{REFUSED} ")
        ),
    )


async def refusals(stores: Stores) -> dict[str, int]:
    """How often each type of problem was answered, of all concerts and nodes. Raises
    StoreUnavailable."""
    return await tallies.read(stores.valkey, SERVER)


async def latencies(stores: Stores) -> dict[str, dict[str, int]]:
    """How many answers each timed call has given in each bucket of time (values/durations.py), of
    all nodes. Raises StoreUnavailable."""
    return _grouped((await tallies.read(stores.valkey, LATENCIES)).items())


async def split_batches(stores: Stores) -> dict[str, int]:
    """How many batches were run again one by one, by what they do, of all nodes. Raises
    StoreUnavailable."""
    return await tallies.read(stores.valkey, SPLIT_BATCHES)


def count_refusal(concert_id: str, step: Step, problem: str) -> None:
    """Count a refusal with its concert: an addition in memory."""
    own.count(concert_id, f"{REFUSED} {step} {problem}")


def _grouped(counted: Iterable[tuple[str, int]]) -> dict[str, dict[str, int]]:
    """Counts by the two words of their names."""
    found: dict[str, dict[str, int]] = {}
    for name, number in counted:
        group, _, word = name.partition(" ")
        found.setdefault(group, {})[word] = number
    return found
