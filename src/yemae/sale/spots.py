"""The spots of areas without seats: how many a fan wants, and who gets which. Pure."""

from collections import defaultdict, deque
from collections.abc import Iterable
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from yemae.concerts.seat_map.areas import EntryNumbers
from yemae.concerts.seats import LockedSpot
from yemae.refusals import AreaFull

if TYPE_CHECKING:
    from yemae.sale.decide_holds import HoldRequest


class SpotsWanted(NamedTuple):
    """How many spots of an area a fan wants; the lowest entry numbers that are free go first.
    `entries` says which numbers are the area's."""

    area: str
    wanted: int
    entries: EntryNumbers


class Spots:
    """The free spots of each area that are locked, in the order in which they go to fans: each to
    one."""

    def __init__(self, locked: Iterable[LockedSpot] = ()) -> None:
        self._left: dict[tuple[int, str], deque[LockedSpot]] = defaultdict(deque)
        for spot in locked:
            if spot.number is not None:
                self._left[spot.performance_key, spot.area].append(spot)

    def refuse(self, request: "HoldRequest") -> AreaFull | None:
        """The first area that has too few left for a request."""
        for area, wanted, _ in request.spots:
            left = len(self._left[request.performance_key, area])
            if left < wanted:
                return AreaFull(area, wanted, left)
        return None

    def first(self, request: "HoldRequest") -> list[LockedSpot]:
        """The spots that a request would get."""
        key = request.performance_key
        given = (islice(self._left[key, area], wanted) for area, wanted, _ in request.spots)
        return list(chain(*given))

    def give(self, request: "HoldRequest") -> list[LockedSpot]:
        """The same, which are the request's from now on."""
        if not request.spots:
            return []
        given = self.first(request)
        for area, wanted, _ in request.spots:
            for _ in range(wanted):
                self._left[request.performance_key, area].popleft()
        return given
