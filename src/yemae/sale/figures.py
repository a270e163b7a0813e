"""The figures of a queue and of the server at this moment: what the history keeps and the live
stream sends."""

from typing import NamedTuple

from yemae.base.tallies import SERVER
from yemae.concerts.catalogue import Concert
from yemae.history import tallies
from yemae.runtime import Stores
from yemae.waiting_room import counts


class QueueNumbers(NamedTuple):
    """Numbers of a queue at a moment. What is joined, admitted, unused, held and paid counts since
    the queue began; orders count with the concert's own queue. A payment is begun once for an
    order: by its first checkout, or from the wallet."""

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
    )


async def refusals(stores: Stores) -> dict[str, int]:
    """How often each type of problem was answered, of all concerts and nodes. Raises
    StoreUnavailable."""
    return await tallies.read(stores.valkey, SERVER)
