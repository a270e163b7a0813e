"""Time zones: the rules of a place from the IANA database, or one offset from UTC. Pure but for the
database, which the system has or the package `tzdata`.

Rules change, so a name that another machine knows may be unknown here: then the offset that stands
beside it is used. A time that clocks show is 0, 1 or 2 moments: they skip an hour when summer time
begins, and show one twice when it ends.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

# `Asia/Seoul`, or `UTC`. The database has other names too, such as `ROK` and `localtime`, which
# browsers need not know.
TIME_ZONE = re.compile(r"UTC|[A-Z]\w+(?:/[\w+-]+)+", re.ASCII)
ZONES_KEPT_MAX = 1024


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if TIME_ZONE.fullmatch(name))


def is_known(name: str) -> bool:
    """Whether the database of this machine has the rules of a zone. The first call reads all of its
    names, which takes a while."""
    return name in _names()


# Asked for with each order that is shown.
@lru_cache(maxsize=ZONES_KEPT_MAX)
def venue_zone(time_zone: str | None, utc_offset_minutes: int | None) -> tzinfo | None:
    """The zone of a venue's clocks: by its name, or with this one offset; None when neither is
    known."""
    if time_zone is not None:
        try:
            return ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, OSError, ValueError):
            pass
    if utc_offset_minutes is None:
        return None
    return timezone(timedelta(minutes=utc_offset_minutes)) if utc_offset_minutes else UTC


def zone_name(zone: tzinfo) -> str:
    """A zone for people: `Asia/Seoul`, `UTC+09:00`, or `UTC`."""
    return str(zone) if isinstance(zone, ZoneInfo) else str(zone.tzname(None))


def offset_minutes(moment: datetime) -> int:
    """How far the clocks that an aware `moment` was read off are before UTC's."""
    offset = moment.utcoffset()
    assert offset is not None, "a time without an offset"
    return int(offset.total_seconds()) // 60


def read_off(moment: datetime, zone: tzinfo) -> datetime:
    """The same moment as these clocks show it, with the one offset that they have then: Python
    compares two times of one zone by what its clocks show, which is wrong where they are set
    back."""
    shown = moment.astimezone(zone)
    return shown.replace(tzinfo=timezone(timedelta(minutes=offset_minutes(shown))), fold=0)


def moments_at(wall_time: datetime, zone: tzinfo) -> list[datetime]:
    """When clocks of this zone show `wall_time`, which has no zone: never, once, or twice. By time,
    each with its offset."""
    found = []
    for fold in (0, 1):
        moment = read_off(wall_time.replace(tzinfo=zone, fold=fold).astimezone(UTC), zone)
        if moment.replace(tzinfo=None) == wall_time and moment not in found:
            found.append(moment)
    return found
