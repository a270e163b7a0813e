"""`[[areas]]` of a concert file: parts of the hall without seats, such as standing."""

import re
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from yemae.concerts.files.file_source import FileSource, shown
from yemae.concerts.files.seat_rows import IS_SEAT_NUMBER
from yemae.concerts.limits import SEAT_NUMBER_MAX_CHARS, ShortText
from yemae.concerts.seat_map.areas import AreaLayout, AreaOf, EntryNumbers

AREAS_MAX = 100
CAPACITY_MAX = 50_000
ENTRY_MAX = 99_999
PLACEHOLDER = re.compile(r"\{(?:area|entry)\}")


class AreaTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of `[[areas]]`."""

    name: ShortText
    grade: str
    capacity: Annotated[int, Meta(ge=1, le=CAPACITY_MAX)]
    floor: ShortText | None = None
    layout: AreaLayout = AreaLayout()
    numbering: str = "{area}-{entry}"
    first_entry: Annotated[int, Meta(ge=1, le=ENTRY_MAX)] = 1
    name_en: ShortText | UnsetType = UNSET
    floor_en: ShortText | UnsetType = UNSET


def area_of(source: FileSource, path: str, area: AreaTable) -> AreaOf:
    """The area, with its entry numbers checked. Raises ConcertFileError."""
    if wrong := area.layout.wrong:
        source.refuse(f"{path}.layout", wrong)
    last = area.first_entry + area.capacity - 1
    if last > ENTRY_MAX:
        problem = f"expected entry numbers up to {ENTRY_MAX}, found {last}"
        source.refuse(f"{path}.first_entry", problem)
    entries = _entries(source, f"{path}.numbering", area, last)
    longest = f"{entries.before}{last}{entries.after}"
    if not IS_SEAT_NUMBER.match(longest):
        limit = f"1 to {SEAT_NUMBER_MAX_CHARS} visible characters without spaces"
        problem = f"expected entry numbers of {limit}, found {shown(longest)}"
        source.refuse(f"{path}.numbering", problem)
    return AreaOf(
        area.name,
        area.grade,
        area.floor,
        area.layout,
        area.capacity,
        entries,
        area.name_en,
        area.floor_en,
    )


def _entries(source: FileSource, path: str, area: AreaTable, last: int) -> EntryNumbers:
    """The numbering in its two parts; `{area}` is the name of the area without its spaces."""
    numbering = area.numbering
    if numbering.count("{entry}") != 1 or re.search(r"[{}]", PLACEHOLDER.sub("", numbering)):
        expected = "expected {entry} once and, if wanted, {area} among other characters"
        source.refuse(path, f"{expected}, found {shown(numbering)}")
    name = "".join(area.name.split())
    before, after = (part.replace("{area}", name) for part in numbering.split("{entry}"))
    return EntryNumbers(before, after, area.first_entry, last)
