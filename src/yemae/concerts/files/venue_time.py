"""The times of a concert file, read on the venue's clocks.

With a `time_zone` every time in the file gets the offset that these clocks have at that moment. An
offset may be left out; one that is written is the zone's, or `Z`. A time that the clocks skip, or
show twice without saying which, is refused.
"""

from datetime import datetime, tzinfo

from yemae.concerts.files.file_source import FileSource, shown
from yemae.concerts.limits import wrong_moment
from yemae.values.time_zones import is_known, moments_at, offset_minutes, read_off, venue_zone


def read_times(source: FileSource) -> None:
    """Replace the times of a file, in every table, by moments. Raises ConcertFileError that names
    the field."""
    time_zone = source.data.get("time_zone")
    if not isinstance(time_zone, str):
        return
    if not is_known(time_zone):
        problem = "expected a time zone of the IANA database such as Asia/Seoul"
        source.refuse("time_zone", f"{problem}, found {shown(time_zone)}")
    zone = venue_zone(time_zone, None)
    assert zone is not None, "a zone that is known"
    for name, value in source.data.items():
        source.data[name] = _read(source, name, value, zone)


def _read(source: FileSource, path: str, value: object, zone: tzinfo) -> object:
    match value:
        case datetime():
            return _moment(source, path, value, zone)
        case dict():
            return {
                name: _read(source, f"{path}.{name}", each, zone) for name, each in value.items()
            }
        case list():
            return [
                _read(source, f"{path}[{index}]", each, zone) for index, each in enumerate(value)
            ]
    return value


def _moment(source: FileSource, path: str, written: datetime, zone: tzinfo) -> datetime:
    if wrong := wrong_moment(written):
        source.refuse(path, wrong)
    if written.tzinfo is None:
        return _shown_once(source, path, written, zone)
    moment = read_off(written, zone)
    # A time in UTC says nothing about other clocks.
    if offset_minutes(written) not in (0, offset_minutes(moment)):
        problem = f"expected the offset of {zone} at that moment, {moment.isoformat()[-6:]}"
        source.refuse(path, f"{problem}, found {shown(written)}")
    return moment


def _shown_once(source: FileSource, path: str, written: datetime, zone: tzinfo) -> datetime:
    moments = moments_at(written, zone)
    if not moments:
        problem = f"expected a time that the clocks of {zone} show"
        source.refuse(path, f"{problem}, found {shown(written)}, which they skip")
    if len(moments) > 1:
        either = " or ".join(moment.isoformat() for moment in moments)
        problem = f"expected {either}, found {shown(written)}"
        source.refuse(path, f"{problem}, which the clocks of {zone} show twice")
    return moments[0]
