"""The halls of a concert's dates, with the prices of each, as the database keeps them."""

from collections.abc import Sequence
from typing import Any

from yemae.concerts.files.concert_file import FileConcert, FilePerformance, FileSeat
from yemae.concerts.seat_map import plan
from yemae.concerts.seat_map.plan import PackedPlan
from yemae.values.time_zones import offset_minutes


def row_of(
    performance: FilePerformance, seats: Sequence[FileSeat], plan_digest: str
) -> dict[str, object]:
    """What a performance's row says of it."""
    return {
        "starts_at": performance.starts_at,
        "sale_ends_at": performance.sale_ends_at,
        "sales": None if performance.sales is None else list(performance.sales),
        "utc_offset_minutes": offset_minutes(performance.starts_at),
        "seats_total": len(seats),
        "price_from": min(seat.price for seat in seats),
        "plan": plan_digest,
    }


# What an operator moves together.
TIMES = ("starts_at", "sale_ends_at", "utc_offset_minutes")


def with_new_time(columns: dict[str, object], row: Any) -> dict[str, object]:
    """The columns of a date that an operator has moved since its file was written: a file that
    still has the old time does not move it back."""
    if row.postponed_from is None or columns["starts_at"] != row.postponed_from:
        return columns
    return columns | {name: getattr(row, name) for name in TIMES}


class DateHalls:
    """The seats of each date with its prices, and the digest of its plan. Most dates of a concert
    have the same."""

    def __init__(self, concert: FileConcert) -> None:
        self._concert = concert
        self._made: dict[tuple[tuple[str, int], ...], tuple[Sequence[FileSeat], PackedPlan]] = {}

    def plans(self) -> list[PackedPlan]:
        """The plans of all dates that were asked for."""
        return [packed for _, packed in self._made.values()]

    def on(self, date: FilePerformance) -> tuple[Sequence[FileSeat], str]:
        """Those of a date."""
        prices = tuple(sorted(date.prices.items()))
        if prices not in self._made:
            seats, hall = self._concert.on(date)
            self._made[prices] = seats, plan.pack(hall)
        seats, packed = self._made[prices]
        return seats, packed.digest
