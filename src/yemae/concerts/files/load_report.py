"""What a load of concert files changed and what looks wrong, as sentences for the operator.

Pure. A value is written as a command writes it: a time on the clocks of the venue, with its offset.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

import msgspec

from yemae.concerts import phases
from yemae.concerts.files.concert_file import FileConcert, FileSeat
from yemae.values.instants import clock, on_clocks
from yemae.values.time_zones import offset_minutes, venue_zone

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

# What a phase says in words; its codes are secret.
PHASE_WORDS = ("name", "name_en", "ends_at", "group", "allotment", "allotment_percent")


def changes_of(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """What is different of the own fields of a concert or of a phase; the first load of one is
    new."""
    if before is None:
        return ["a new concert" if after["phase_of"] is None else "a new sale"]
    zone = venue_zone(after["time_zone"], after["utc_offset_minutes"])
    changes = [
        f"{name}: {_shown(before[name], zone)} → {_shown(value, zone)}"
        for name, value in after.items()
        if name not in NOT_SHOWN and before[name] != value
    ]
    changes += _phase_changes(before["phase"], after["phase"], zone)
    # A phase has the concert's own.
    if after["phase_of"] is None and before["details_digest"] != after["details_digest"]:
        changes.append("details changed")
    if after["phase_of"] is None and before["poster"] != after["poster"]:
        changes.append("poster changed")
    if after["phase_of"] is None and before["cancellation"] != after["cancellation"]:
        changes.append("the cancellation policy changed; orders keep the one they were made with")
    if before["lanes"] != msgspec.json.decode(after["lanes"]):
        changes.append("lanes changed")
    if before["pricing"] != msgspec.json.decode(after["pricing"]):
        changes.append("price types or the booking fee changed")
    return changes


def _phase_changes(
    before: Mapping[str, Any] | None, stored: str | None, zone: tzinfo | None
) -> list[str]:
    was, now = phases.read(before), phases.read(msgspec.json.decode(stored) if stored else None)
    changes = [
        f"{name}: {_shown(getattr(was, name) or None, zone)} → "
        f"{_shown(getattr(now, name) or None, zone)}"
        for name in PHASE_WORDS
        if getattr(was, name) != getattr(now, name)
    ]
    return changes + ["codes changed"] * (was.code_hashes != now.code_hashes)


def performance_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], time_zone: str | None
) -> list[str]:
    """What is different of the times of a performance."""
    zone = venue_zone(time_zone, after["utc_offset_minutes"])
    changed = [
        f"performance {before['id']}: {name}: {_shown(before[name], zone)} → "
        f"{_shown(after[name], zone)}"
        for name in ("starts_at", "sale_ends_at")
        if before[name] != after[name]
    ]
    if before["sales"] != after["sales"]:
        changed.append(f"performance {before['id']}: the sales that sell it changed")
    return changed


def seat_changes(
    performance: str, before: Sequence[FileSeat], after: Sequence[FileSeat]
) -> list[str]:
    """What is different of the seats of a performance, counted."""
    old, new = {seat.number: seat for seat in before}, {seat.number: seat for seat in after}
    kept = old.keys() & new.keys()
    counts = {
        "added": len(new.keys() - old.keys()),
        "removed": len(old.keys() - new.keys()),
        "with another grade": sum(old[number].grade != new[number].grade for number in kept),
        "with another price": sum(old[number].price != new[number].price for number in kept),
        "with another mark": sum(old[number].mark != new[number].mark for number in kept),
    }
    said = [f"{count:,} {what}" for what, count in counts.items() if count]
    return [f"performance {performance}: seats: {', '.join(said) or 'in another order'}"]


def warnings_of(concert: FileConcert, overrides: Mapping[str, Any], now: datetime) -> list[str]:
    """What has no effect in the file: dates whose sale has ended, and settings that an operator has
    overridden."""
    dates = concert.performances
    begun = [date for date in dates if date.starts_at <= now]
    over = [date for date in dates if date.sale_ends_at and date.sale_ends_at <= now]
    if begun and len(begun) == len(dates):
        warnings = ["every performance has begun, so the concert is not listed and not sold"]
    else:
        warnings = [
            f"performance {date.id} has begun ({clock(date.starts_at)}), so it is not sold"
            for date in begun
        ]
        warnings += [
            f"the sale of performance {date.id} has ended ({clock(date.sale_ends_at)})"
            for date in over
            if date.sale_ends_at and date not in begun
        ]
    return [*warnings, *_hidden(concert, overrides)]


def _hidden(concert: FileConcert, overrides: Mapping[str, Any]) -> list[str]:
    """Settings of the file that an operator's value hides."""
    settings = concert.settings()
    zone = venue_zone(concert.time_zone, offset_minutes(concert.sale_opens_at))
    return [
        f"{name} stays {_shown(value, zone)}, which an operator set; the file's "
        f"{_shown(settings[name], zone)} comes with `yemae queue set {concert.id} {name}=`"
        for name, value in overrides.items()
        if name in settings and value != settings[name]
    ]


def some(named: Sequence[str], most: int) -> str:
    """A list for a sentence, cut after `most`."""
    more = len(named) - most
    return ", ".join(named[:most]) + (f" and {more:,} more" if more > 0 else "")


def _shown(value: object, zone: tzinfo | None) -> str:
    if isinstance(value, datetime):
        return clock(on_clocks(value, zone))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    return "none" if value is None else str(value)
