"""A copy of an operator's concert file for a rehearsal, with its clock shifted. Pure.

Every time of the file moves by the same span, so that the sale opens when the rehearsal wants it
and all else keeps its distance, such as the dates. Only a prequeue has begun when the first fans
come. The limit of joins from one address, which all simulated fans share, is lifted, and a hidden
or archived concert is sold; everything else stays as the operator wrote it.
"""

import json
import tomllib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

Table = dict[str, Any]
# What fans do not see in a rehearsal, what may name other files, and what keeps fans away.
LEFT_OUT = ("details", "poster", "hidden", "archived")


class FanLane(NamedTuple):
    """How simulated fans get a lane: with one of its codes or, without codes, by its group."""

    # Of all fans.
    share: float
    codes: tuple[str, ...]
    group: str


class OwnFile(NamedTuple):
    """An operator's file, and what simulated fans have to know of it."""

    text: str
    concert_id: str
    title: str
    currency: str
    seat_limit: int
    sale_opens_at: datetime
    # The first date, on the clocks of the venue.
    first_performance_at: datetime
    proof_of_work: bool
    # All other fans are in the general lane.
    lanes: tuple[FanLane, ...]
    # Those of the file, or those to try instead.
    active_limit: int
    admit_per_minute: int
    # Seconds before the opening at which the first fans come.
    early_s: float


def shifted(own: OwnFile, first_fans_at: datetime) -> str:
    """The file's copy, whose sale opens `early_s` seconds after the first fans come."""
    opens_at = first_fans_at + timedelta(seconds=own.early_s)
    data = tomllib.loads(own.text)
    zone = ZoneInfo(data["time_zone"]) if "time_zone" in data else None
    data = _moved(data, opens_at - own.sale_opens_at, zone)
    for name in LEFT_OUT:
        data.pop(name, None)
    if "prequeue_opens_at" in data:
        # Joining has begun when the first fans come.
        earlier = first_fans_at - timedelta(seconds=1)
        data["prequeue_opens_at"] = earlier.astimezone(data["sale_opens_at"].tzinfo)
    data["queue"] |= {
        "joins_per_address_per_minute": 0,
        "active_limit": own.active_limit,
        "admit_per_minute": own.admit_per_minute,
    }
    return toml(data)


def toml(table: Table) -> str:
    """A table as TOML: each of its fields on a line, what is inside them inline."""
    return "".join(f"{_key(name)} = {_inline(value)}\n" for name, value in table.items())


def _moved(value: Any, by: timedelta, zone: ZoneInfo | None) -> Any:
    """The same value with every time in it moved, on the clocks of the venue."""
    match value:
        case datetime():
            moment = value if value.tzinfo is not None else value.replace(tzinfo=zone)
            return (moment.astimezone(UTC) + by).astimezone(zone or moment.tzinfo)
        case list():
            return [_moved(each, by, zone) for each in value]
        case dict():
            return {name: _moved(each, by, zone) for name, each in value.items()}
    return value


def _inline(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case datetime() | date() | time():
            return value.isoformat()
        case str():
            return _text(value)
        case list():
            return f"[{', '.join(_inline(each) for each in value)}]"
    return f"{{ {', '.join(f'{_key(name)} = {_inline(each)}' for name, each in value.items())} }}"


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").isalnum() else _text(name)


def _text(value: str) -> str:
    # JSON writes a text as TOML reads it, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def lane_of(lanes: Sequence[FanLane], lot: float) -> FanLane | None:
    """The lane of a fan whose lot is from 0 to 1; None: the general one."""
    for lane in lanes:
        if lot < lane.share:
            return lane
        lot -= lane.share
    return None
