"""What a load of concert files changes, as lines for the operator.

Pure. A line begins with `+`, `-` or `~`, as in a diff. A value is written as a command writes it: a
time on the clocks of the venue, with its offset. Fields have the names that the file has for them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Literal, NamedTuple

import msgspec

from yemae.concerts import phases
from yemae.concerts.files.concert_file import FilePerformance
from yemae.concerts.phases import Phase
from yemae.concerts.queue_settings import NAMES, OPENINGS
from yemae.values.instants import clock, on_clocks
from yemae.values.time_zones import venue_zone

# Columns whose values are no words for a report.
NOT_SHOWN = frozenset(
    {
        "lanes",
        "utc_offset_minutes",
        "details",
        "details_digest",
        "poster",
        "cancellation",
        "pricing",
        "phase_of",
        "phase",
    }
)
# What the row of a sale says itself, beside its phase; all else is its concert's.
OF_SALE = ("seat_limit", *NAMES)
# The fields by which fans decide to buy, and by which they could.
PROMISES = (*OPENINGS, "ends_at", "archived")
# What the file calls the end of the general sale, and the opening of another.
NAMES_OF_CONCERT = {"ends_at": "sale_ends_at"}
NAMES_OF_SALE = {"sale_opens_at": "opens_at"}
# What a phase says in words; its codes are secret.
PHASE_WORDS = ("name", "name_en", "ends_at", "group", "allotment", "allotment_percent")

Mark = Literal["+", "-", "~"]


class LoadChange(NamedTuple):
    """One line of the diff: what changes, and in `detail` what that means at this moment."""

    mark: Mark
    what: str
    detail: str = ""
    # Whether it is a price, a date, an opening or an end, by which fans decide to buy.
    is_promise: bool = False

    def __str__(self) -> str:
        return f"{self.mark} {self.what}{self.detail}"


class Sold(NamedTuple):
    """The numbers of the seats of one date that are sold, and of those that are sold or held."""

    sold: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()


def concert_changes(
    concert_id: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> list[LoadChange]:
    """What is different of a concert's own fields; the first load of a concert is new."""
    if before is None:
        return [LoadChange("+", f"concert {concert_id}: {after['title']}")]
    fields = [name for name in after if name not in NOT_SHOWN]
    changes = _fields(fields, before, after, NAMES_OF_CONCERT)
    for name, column in (("details", "details_digest"), ("poster", "poster")):
        if before[column] != after[column]:
            changes.append(LoadChange("~", name))
    if before["cancellation"] != after["cancellation"]:
        kept = "; orders keep the one they were made with"
        changes.append(LoadChange("~", "cancellation policy", kept))
    return changes


def sale_changes(
    sale_id: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> list[LoadChange]:
    """What is different of one of a concert's other sales, of what it says itself."""
    if before is None:
        opens_at = shown(after["sale_opens_at"], _zone(after))
        name = phase_of(after).name
        return [LoadChange("+", f"sale {sale_id}: {name}, opens {opens_at}")]
    fields = [name for name in OF_SALE if name in after]
    return [
        change._replace(what=f"sale {sale_id}: {change.what}")
        for change in _fields(fields, before, after, NAMES_OF_SALE)
    ]


def sale_removed(sale_id: str) -> LoadChange:
    """A sale that is not in the file."""
    return LoadChange("-", f"sale {sale_id}: not in the file any more, so it ends", is_promise=True)


def date_added(date: FilePerformance, seats: int) -> LoadChange:
    """A date that the database does not have yet."""
    return LoadChange("+", f"date {date.id}: {clock(date.starts_at)}, {seats:,} seats")


def date_removed(performance_id: str) -> LoadChange:
    """A date that is not in the file; one with orders is refused, so it has none."""
    return LoadChange("-", f"date {performance_id}", " (0 orders)", is_promise=True)


def date_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], time_zone: str | None, taken: int
) -> list[LoadChange]:
    """What is different of the times of a date of which `taken` seats are sold or held, and of the
    sales that sell it."""
    zone = venue_zone(time_zone, after["utc_offset_minutes"])
    said = {
        name: f"{shown(before[name], zone)} → {shown(after[name], zone)}"
        for name in ("starts_at", "sale_ends_at")
    }
    said["sales"] = f"{_sales(before['sales'])} → {_sales(after['sales'])}"
    detail = f" ({taken:,} {'seat' if taken == 1 else 'seats'} sold or held)"
    return [
        LoadChange("~", f"date {before['id']}: {name}: {values}", detail, is_promise=True)
        for name, values in said.items()
        if before[name] != after[name]
    ]


def some(named: Sequence[str], most: int) -> str:
    """A list for a sentence, cut after `most`."""
    more = len(named) - most
    return ", ".join(named[:most]) + (f" and {more:,} more" if more > 0 else "")


def listed(lines: Sequence[str], most: int) -> list[str]:
    """Lines for the log, cut after `most`."""
    more = len(lines) - most
    return [*lines[:most], *([f"and {more:,} more"] if more > 0 else [])]


def shown(value: object, zone: tzinfo | None) -> str:
    """A value of a field as an operator reads it."""
    if isinstance(value, datetime):
        return clock(on_clocks(value, zone))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    return "none" if value is None else str(value)


def phase_of(row: Mapping[str, Any]) -> Phase:
    """The phase of a row, as the database gives it or as it will be written."""
    kept = row["phase"]
    return phases.read(msgspec.json.decode(kept) if isinstance(kept, str) else kept)


def _fields(
    fields: Iterable[str],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    names: Mapping[str, str],
) -> list[LoadChange]:
    """What is different of the fields of a row, of its phase, its codes and its lanes."""
    zone = _zone(after)
    was, becomes = phase_of(before), phase_of(after)
    values = [(name, before[name], after[name]) for name in fields]
    values += [
        (name, getattr(was, name) or None, getattr(becomes, name) or None) for name in PHASE_WORDS
    ]
    changes = [
        LoadChange(
            "~",
            f"{names.get(name, name)}: {shown(old, zone)} → {shown(new, zone)}",
            is_promise=name in PROMISES,
        )
        for name, old, new in values
        if old != new
    ]
    if was.code_hashes != becomes.code_hashes:
        changes.append(LoadChange("~", "codes"))
    if before["lanes"] != msgspec.json.decode(after["lanes"]):
        changes.append(LoadChange("~", "lanes"))
    return changes


def _zone(after: Mapping[str, Any]) -> tzinfo | None:
    return venue_zone(after["time_zone"], after["utc_offset_minutes"])


def _sales(queue_ids: Sequence[str] | None) -> str:
    return "all" if queue_ids is None else ", ".join(queue_ids)
