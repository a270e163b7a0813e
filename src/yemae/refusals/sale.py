"""Refusals of concerts, seats and orders."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import msgspec

from yemae.refusals.base import Refusal


@dataclass(eq=False)
class ConcertNotFound(Refusal):
    """There is no concert with this id."""

    slug = "concert-not-found"
    status = 404
    title = "No such concert"


@dataclass(eq=False)
class PerformanceNotFound(Refusal):
    """There is no performance with this id."""

    slug = "performance-not-found"
    status = 404
    title = "No such performance"


@dataclass(eq=False)
class SaleClosed(Refusal):
    """The sale of this performance has ended, when it started or before, so its seats are no longer
    on sale."""

    slug = "sale-closed"
    status = 409
    title = "Sale closed"


@dataclass(eq=False)
class SeatNotFound(Refusal):
    """The performance has no seat with this number."""

    slug = "seat-not-found"
    status = 404
    title = "No such seat"
    seats: list[str]

    def detail(self) -> str:
        """Name the seats."""
        return f"This performance has no seat {', '.join(self.seats)}."


@dataclass(eq=False)
class SeatTaken(Refusal):
    """Another fan holds or has bought a seat of this request. Nothing was held: choose other seats
    and try again."""

    slug = "seat-taken"
    status = 409
    title = "Seat taken"
    seats: list[str]

    def detail(self) -> str:
        """Name the seats that are gone."""
        return f"Already taken: {', '.join(self.seats)}. Nothing was held; choose other seats."


class SeatInTheWay(msgspec.Struct, frozen=True):
    """A seat that cannot be blocked, and what has it: the order, or another block."""

    performance_id: str
    number: str
    status: str
    order_id: UUID | None = None
    block: str | None = None

    def __str__(self) -> str:
        has_it = f"order {self.order_id}" if self.block is None else f"block {self.block}"
        return f"{self.number} of {self.performance_id} ({self.status}: {has_it})"


@dataclass(eq=False)
class SeatsInTheWay(Refusal):
    """Seats of this request are held, sold or in another block, and nothing was changed. Move or
    release their orders, release the other block, or leave these seats out."""

    slug = "seats-in-the-way"
    status = 409
    title = "Seats in the way"
    # How many there are, and the first of them.
    count: int
    seats_in_the_way: list[SeatInTheWay]

    def detail(self) -> str:
        """Name the first seats with their orders or blocks, and the way out."""
        named = ", ".join(map(str, self.seats_in_the_way))
        first = "" if self.count == len(self.seats_in_the_way) else ", the first"
        return (
            f"Seats that are not free ({self.count:,}{first}): {named}. Nothing was changed: move "
            "or release these orders, release the other block, or leave these seats out."
        )


@dataclass(eq=False)
class BlockNotFound(Refusal):
    """The concert has no seat block of this name."""

    slug = "block-not-found"
    status = 404
    title = "No such block"


@dataclass(eq=False)
class SeatsUnavailable(Refusal):
    """Not enough seats of this grade are left side by side. Nothing was held: ask for at most
    `largest`, which may be 0, or for another grade."""

    slug = "seats-unavailable"
    status = 409
    title = "Not enough seats side by side"
    grade: str
    count: int
    largest: int

    def detail(self) -> str:
        """Say how many there are."""
        return (
            f"Grade {self.grade} has no {self.count} seats side by side any more, at most "
            f"{self.largest}. Nothing was held."
        )


@dataclass(eq=False)
class CompanionSeatAlone(Refusal):
    """A companion seat is held together with a wheelchair place, one for each. Nothing was held:
    add a wheelchair place, or choose other seats."""

    slug = "companion-seat-alone"
    status = 409
    title = "Companion seat without a wheelchair place"
    seats: list[str]

    def detail(self) -> str:
        """Name the seats."""
        return f"Only with a wheelchair place for each: {', '.join(self.seats)}. Nothing was held."


@dataclass(eq=False)
class PriceTypeUnavailable(Refusal):
    """A price type of this request is not sold for its seat, or not any more. Nothing was held:
    load the plan again, and choose another price type or the full price."""

    slug = "price-type-unavailable"
    status = 409
    title = "Price type not available"
    price_types: list[str]

    def detail(self) -> str:
        """Name the price types."""
        return f"Not sold for these seats now: {', '.join(self.price_types)}. Nothing was held."


@dataclass(eq=False)
class AreaFull(Refusal):
    """Fewer tickets of this area are left than you want. Nothing was held: ask for at most `left`,
    which may be 0, or choose elsewhere."""

    slug = "area-full"
    status = 409
    title = "Not enough left in the area"
    area: str
    count: int
    left: int

    def detail(self) -> str:
        """Say how many there are."""
        return f"{self.area} has {self.left} tickets left, not {self.count}. Nothing was held."


@dataclass(eq=False)
class SeatLimitExceeded(Refusal):
    """These seats would exceed the number that one fan may have, held and paid seats together: of
    one performance, or of all performances of the concert. `per` says which."""

    slug = "seat-limit-exceeded"
    status = 409
    title = "Seat limit exceeded"
    limit: int
    per: Literal["performance", "concert"] = "performance"

    def detail(self) -> str:
        """Name the limit."""
        of = "one performance" if self.per == "performance" else "this concert"
        return f"One fan may have at most {self.limit} seats of {of}, held or paid."


@dataclass(eq=False)
class AllotmentExceeded(Refusal):
    """This phase of the sale may sell a part of each performance only, and these seats would exceed
    it. Nothing was held: ask for at most `left` seats, which may be 0, choose another performance,
    or come back for the next phase."""

    slug = "allotment-exceeded"
    status = 409
    title = "Allotment exceeded"
    left: int

    def detail(self) -> str:
        """Say how many are left."""
        return (
            f"This phase of the sale has {self.left} seats of this performance left to sell. "
            "Nothing was held."
        )


@dataclass(eq=False)
class OrderNotFound(Refusal):
    """You have no order with this id."""

    slug = "order-not-found"
    status = 404
    title = "No such order"


@dataclass(eq=False)
class OrderNotHeld(Refusal):
    """The order is not held, so it can be neither paid nor released."""

    slug = "order-not-held"
    status = 409
    title = "Order not held"
    order_status: str

    def detail(self) -> str:
        """Name the status that the order has instead."""
        return f"The order is {self.order_status}; only a held order can be paid or released."

    def extra(self) -> dict[str, object]:
        """Send `order_status` as `order_status` only: `status` is the problem's HTTP status."""
        return {"order_status": self.order_status}


@dataclass(eq=False)
class OrderExpired(Refusal):
    """The hold of this order has expired, and its seats are free again. Nothing was charged."""

    slug = "order-expired"
    status = 410
    title = "Order expired"


@dataclass(eq=False)
class OrderAlreadyPaid(Refusal):
    """This order is already paid. Nothing was charged again."""

    slug = "order-already-paid"
    status = 409
    title = "Order already paid"
