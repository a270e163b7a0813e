"""A date of a concert, as every process has it in memory."""

from datetime import datetime, tzinfo
from typing import Literal, NamedTuple

from yemae.values.time_zones import venue_zone

Schedule = Literal["as_planned", "postponed", "cancelled"]


class Performance(NamedTuple):
    """One date of a concert. Prices in the currency's minor unit."""

    key: int
    id: str
    concert_id: str
    starts_at: datetime
    seats_total: int
    price_from: int
    # The digest of its plan; None: loaded by an earlier version of Yemae.
    plan: str | None = None
    # Of the venue's clocks at that time; None: loaded by an earlier version of Yemae.
    utc_offset_minutes: int | None = None
    # None: the sale ends when the performance starts.
    sale_ends_at: datetime | None = None
    # The ids of the queues that sell it; None: every one of its concert.
    sales: tuple[str, ...] | None = None
    # The concert's.
    time_zone: str | None = None
    # The concert is.
    is_archived: bool = False
    # From when it does not take place.
    cancelled_at: datetime | None = None
    # When it was last moved, when it was to begin at first, and until when it is cancelled freely.
    postponed_at: datetime | None = None
    postponed_from: datetime | None = None
    refundable_until: datetime | None = None

    @property
    def schedule(self) -> Schedule:
        """Whether it takes place, and when it was to."""
        if self.cancelled_at is not None:
            return "cancelled"
        return "as_planned" if self.postponed_from is None else "postponed"

    @property
    def zone(self) -> tzinfo | None:
        """The zone of the venue's clocks; None while it is not known."""
        return venue_zone(self.time_zone, self.utc_offset_minutes)

    def off_sale_at(self) -> datetime:
        """From when its seats are not sold, unless it is cancelled or archived before."""
        return self.sale_ends_at or self.starts_at

    def is_over(self, now: datetime) -> bool:
        """Whether its seats are not sold any more; lists, counts, queues and holds ask here."""
        if self.is_archived or self.cancelled_at is not None:
            return True
        return self.off_sale_at() <= now
