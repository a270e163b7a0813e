"""Moments as text: RFC 3339, always with three decimals of a second. Pure.

An `Instant` is in UTC and ends in `Z`; a `LocalTime` is the same moment as the clocks at the venue
show it, with their offset from UTC. What comes after the third decimal is cut off, so that no
deadline reads later than it is.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Annotated, Any, NewType

import msgspec
from msgspec import Meta

_Instant = NewType("_Instant", str)
_LocalTime = NewType("_LocalTime", str)

DATE_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}"
TEXTS_KEPT = 1024
# As JSON Schema shows them.
INSTANT_SCHEMA = {"format": "date-time", "pattern": rf"{DATE_TIME}Z$"}
LOCAL_TIME_SCHEMA = {"format": "date-time", "pattern": rf"{DATE_TIME}[+-]\d\d:\d\d$"}

Instant = Annotated[_Instant, Meta(extra_json_schema=INSTANT_SCHEMA)]
LocalTime = Annotated[_LocalTime, Meta(extra_json_schema=LOCAL_TIME_SCHEMA)]


def unix_ms(moment: datetime) -> int:
    """Milliseconds since 1970, as Valkey has them."""
    return int(moment.timestamp() * 1000)


# The answers of a batch share their moments, and all orders of a performance its start.
@lru_cache(maxsize=TEXTS_KEPT)
def instant(moment: datetime) -> Instant:
    """`2030-05-03T11:00:00.000Z`."""
    return _Instant(
        moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    )


def instant_or_none(moment: datetime | None) -> Instant | None:
    """The same where there may be no moment."""
    return None if moment is None else instant(moment)


@lru_cache(maxsize=TEXTS_KEPT)
def local_time(moment: datetime | None, zone: tzinfo | None) -> LocalTime | None:
    """`2030-05-03T20:00:00.000+09:00`; None without a moment, or when the venue's zone is not
    known."""
    if moment is None or zone is None:
        return None
    return _LocalTime(on_clocks(moment, zone).isoformat(timespec="milliseconds"))


def on_clocks(moment: datetime, zone: tzinfo | None) -> datetime:
    """The same moment on clocks of this zone; on UTC's when it is not known."""
    return moment.astimezone(zone or UTC)


def clock(moment: datetime) -> str:
    """A moment on the clocks that it was read off: `2030-05-03 20:00 +09:00`, or
    `2030-05-03 11:00Z`, for people."""
    offset = f"{moment:%z}"
    named = "Z" if offset == "+0000" else f" {offset[:3]}:{offset[3:5]}"
    return f"{moment:%Y-%m-%d %H:%M}{named}"


def wall_clock(moment: datetime, timespec: str = "minutes") -> str:
    """The same without the offset, where a heading names the zone: `2030-05-03 20:00`. In the hour
    that the clocks of a zone show twice, with its name of the moment: `2030-11-03 01:30 EST`."""
    twice = moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset()
    shown = moment.replace(tzinfo=None).isoformat(sep=" ", timespec=timespec)
    return f"{shown} {moment:%Z}" if twice else shown


def plain(value: object) -> Any:
    """A value of dicts, lists, structs and named tuples with every datetime in it as an Instant,
    ready for JSON."""
    return _plain(msgspec.to_builtins(value, builtin_types=(datetime,)))


def _plain(value: object) -> object:
    match value:
        case datetime():
            return instant(value)
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value
