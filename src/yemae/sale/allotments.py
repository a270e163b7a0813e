"""Allotments: how many seats of a date a phase may sell, and what counts against it.

Held and paid seats of the phase never exceed its allotment of a performance, whatever other
processes do: holds and payments of such a phase take turns, as those of one fan do, and each counts
after it had its turn. A payment takes its turn because it makes seats count that would be given
back at their deadline. What was released or has run out is given back from that instant. A phase
without an allotment has no turn and is not counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from yemae.base.rate_limit import Latest
from yemae.concerts import seats
from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance
from yemae.concerts.seats import SeatCount
from yemae.orders import orders
from yemae.orders.orders import turn_of_phase
from yemae.refusals import AllotmentExceeded
from yemae.runtime import FOR_SALE_S, Runtime, Stores
from yemae.store.postgres import Transaction

if TYPE_CHECKING:
    from yemae.sale.decide_holds import HoldRequest

PhaseKey = tuple[str, int]  # queue, performance key


class Allotments:
    """What phases have sold of their allotments, with what their batch has given."""

    def __init__(self, sold: Mapping[PhaseKey, int] | None = None) -> None:
        self._sold = dict(sold or {})

    def refuse(self, request: "HoldRequest", wanted: int) -> AllotmentExceeded | None:
        """Why a phase may not sell as many seats besides what it has sold."""
        if request.allotment is None:
            return None
        left = request.allotment - self._sold.get(request.phase_key, 0)
        return None if wanted <= left else AllotmentExceeded(max(0, left))

    def give(self, request: "HoldRequest", given: int) -> None:
        """Count seats that a request has got."""
        if request.allotment is not None:
            key = request.phase_key
            self._sold[key] = self._sold.get(key, 0) + given


async def allotment_of(runtime: Runtime, queue: Concert, date: Performance) -> int | None:
    """How many seats of a date a phase may sell; None: all that are free. What is for sale follows
    blocks and their releases within FOR_SALE_S."""
    if queue.phase.allotment_percent is None:
        return queue.phase.allotment
    known = runtime.for_sale.setdefault(date.key, Latest(FOR_SALE_S))
    return queue.phase.allotment_of(await known.get(partial(_for_sale, runtime, date.key)))


def turns_of_payments(stores: Stores, queue_ids: Iterable[str]) -> list[str]:
    """The turns that payments of orders of these queues take beside those of their fans."""
    queues = stores.catalogue.queues
    found = {id_: queues[id_] for id_ in queue_ids if id_ in queues}
    return [turn_of_phase(id_) for id_, queue in found.items() if queue.phase.has_allotment]


async def left_of(
    tx: Transaction, queue: Concert, dates: Sequence[Performance], counted: SeatCount
) -> SeatCount:
    """What is `counted` of these dates together, as far as the allotment of a phase goes. For the
    public count, which needs no turn."""
    counts = await seats.seats_by_date(tx, [date.key for date in dates])
    sent = await orders.sold_in_phases(tx, [(queue.id, date.key) for date in dates])
    sold = {row.performance_key: row for row in await sent.rows()}
    left = unsold = 0
    for count in counts:
        allotment = queue.phase.allotment_of(count.for_sale)
        assert allotment is not None, "a phase without an allotment is not asked for what is left"
        of_phase = sold[count.performance_key]
        left += max(0, min(count.seats_left, allotment - of_phase.seats))
        unsold += max(0, min(count.unsold, allotment - of_phase.paid))
    return counted._replace(seats_left=left, unsold=unsold)


async def _for_sale(runtime: Runtime, performance_key: int) -> int:
    async with runtime.postgres.transaction() as tx:
        return sum(row.for_sale for row in await seats.seats_by_date(tx, [performance_key]))
