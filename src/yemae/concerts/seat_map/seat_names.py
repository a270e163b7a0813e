"""The name of a seat in words of a fan's language, as the fan's page says it. Pure.

`web/src/fan/tickets/seat-name.ts` and the seat map's words are the same rules in the browser.
"""

import re

from yemae.concerts.seat_map.plans import SeatWords

# A section that is called by a letter or a number needs the word "section" to be understood.
BARE = re.compile(r"[A-Za-z]{1,2}|[A-Za-z-]*[0-9][A-Za-z0-9-]*")


def seat_name(number: str, where: SeatWords, language: str) -> str:
    """`2층 F1구역 H열 10번`, `2F, Section F1, row H, seat 10`."""
    return _korean(number, where) if language == "ko" else _english(number, where)


def _korean(number: str, where: SeatWords) -> str:
    label = where.label or number
    parts = [f"입장번호 {label}번" if _is_spot(where) else f"{label}번"]
    if where.row:
        parts.insert(0, where.row if where.row.endswith("열") else f"{where.row}열")
    if section := where.section:
        parts.insert(0, f"{section}구역" if BARE.fullmatch(section) else section)
    if where.floor and where.floor not in (where.section or ""):
        parts.insert(0, where.floor)
    return " ".join(parts)


def _english(number: str, where: SeatWords) -> str:
    label = where.label or number
    section, floor = where.section_en or where.section, where.floor_en or where.floor
    parts = [f"entry number {label}" if _is_spot(where) else f"seat {label}"]
    if where.row:
        parts.insert(0, f"row {where.row}")
    if section:
        parts.insert(0, f"Section {section}" if BARE.fullmatch(section) else section)
    if floor and floor not in (section or ""):
        parts.insert(0, floor)
    return ", ".join(parts)


def _is_spot(where: SeatWords) -> bool:
    """A spot of an area has an entry number and no row."""
    return where.section is not None and where.row is None and where.label is not None
