"""The shape of a phase of a concert's sale, as it goes over HTTP, with an example."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from yemae.concerts import catalogue
from yemae.concerts.limits import QueueingMethod
from yemae.concerts.performance import Performance
from yemae.runtime import Stores
from yemae.sale import policy
from yemae.sale.policy import State
from yemae.values.instants import Instant, LocalTime, instant, local_time

Need = Literal["code", "group"]


class SaleBody(msgspec.Struct, frozen=True):
    """A phase of a concert's sale. It has a queue of its own, whose `id` this is: fans may join it
    by that id, or join the concert, and the server chooses. Fans need one of what `needs` names, a
    presale `code` or a `group` that the organizer gave them; where it names nothing, the phase is
    for all. The general sale has the concert's id and no name."""

    id: str
    name: str | None
    name_en: str | None
    opens_at: Instant
    opens_at_local: LocalTime | None
    ends_at: Instant
    ends_at_local: LocalTime | None
    state: State
    queueing_method: QueueingMethod
    seat_limit: int
    needs: list[Need]


EXAMPLE_SALE: dict[str, object] = {
    "id": "small-hall",
    "name": None,
    "name_en": None,
    "opens_at": "2026-01-01T02:00:00.000Z",
    "opens_at_local": "2026-01-01T11:00:00.000+09:00",
    "ends_at": "2030-05-04T08:00:00.000Z",
    "ends_at_local": "2030-05-04T17:00:00.000+09:00",
    "state": "open",
    "queueing_method": "fifo",
    "seat_limit": 4,
    "needs": [],
}


def sales(runtime: Stores, concert: catalogue.Concert) -> Iterator[SaleBody]:
    """The phases of a concert's sale, by their opening. One that ended before it opened, because
    the file no longer has it, is left out."""
    every = sorted((concert, *concert.phases), key=lambda queue: queue.sale_opens_at)
    for queue in every:
        phase, opens_at, ends_at = queue.phase, queue.sale_opens_at, queue.off_sale_at()
        if queue.phase_of is not None and ends_at <= opens_at:
            continue
        yield SaleBody(
            queue.id,
            phase.name or None,
            phase.name_en or None,
            instant(opens_at),
            local_time(opens_at, concert.zone),
            instant(ends_at),
            local_time(ends_at, concert.zone),
            policy.last_known_state(runtime, queue),
            queue.queueing_method,
            queue.seat_limit,
            _needs(queue),
        )


def sold_in(concert: catalogue.Concert, date: Performance) -> list[str]:
    """The ids of the phases that sell a date."""
    return [queue.id for queue in (concert, *concert.phases) if queue.sells(date)]


def _needs(queue: catalogue.Concert) -> list[Need]:
    """What lets a fan take part: that of the phase, or that of one of its lanes."""
    if not queue.phase.is_restricted:
        return []
    needs: list[Need] = []
    if queue.phase.code_hashes or any(lane.code_hashes for lane in queue.lanes):
        needs.append("code")
    if queue.phase.group or any(lane.group for lane in queue.lanes):
        needs.append("group")
    return needs
