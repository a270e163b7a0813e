"""The `[[performances]]` of a concert file: its dates, and when the sale of each ends. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.concerts.files.file_source import FileSource, shown
from yemae.concerts.limits import Moment, Price, Slug, wrong_moment

PERFORMANCES_MAX = 366

# Up to 30 days.
SaleEndsBefore = Annotated[int, Meta(ge=0, le=43_200)]


class FilePerformance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One date of the concert; `id` is unique among all performances of a server."""

    id: Slug
    starts_at: Moment
    # The prices that this date has instead of the grades' own.
    prices: dict[str, Price] = {}
    # None: when it starts.
    sale_ends_at: Moment | None = None
    # The sales in which it is sold; None: in every one.
    sales: Annotated[tuple[str, ...], Meta(min_length=1, max_length=100)] | None = None


def checked(
    source: FileSource, performances: Sequence[FilePerformance], sale_ends_before_min: int
) -> tuple[FilePerformance, ...]:
    """The dates of a file; the sale of one that says nothing else ends `sale_ends_before_min`
    before it starts."""
    if not performances:
        source.refuse("performances", "expected at least one performance, found none")
    ids: dict[str, str] = {}
    starts: dict[datetime, str] = {}
    before = timedelta(minutes=sale_ends_before_min)
    dates = []
    for index, performance in enumerate(performances):
        path = f"performances[{index}]"
        for name in ("starts_at", "sale_ends_at"):
            moment = getattr(performance, name)
            if moment is not None and (wrong := wrong_moment(moment)):
                source.refuse(f"{path}.{name}", wrong)
        source.once(ids, performance.id, f"{path}.id", "performance id")
        source.once(starts, performance.starts_at, f"{path}.starts_at", "start")
        sale_ends_at = performance.sale_ends_at
        if sale_ends_at is not None and sale_ends_at > performance.starts_at:
            problem = f"expected a time not after starts_at, found {shown(sale_ends_at)}"
            source.refuse(f"{path}.sale_ends_at", problem)
        if sale_ends_at is None and before:
            sale_ends_at = performance.starts_at - before
        dates.append(msgspec.structs.replace(performance, sale_ends_at=sale_ends_at))
    return tuple(dates)
