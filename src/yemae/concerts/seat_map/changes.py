"""Changes of seats, and the notices that publish them to other processes. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

FREE = 0.0
# Later than every hold: a seat that is sold. A number that JSON can carry, unlike infinity.
SOLD = 253_402_300_800.0

# The channel of the notices.
CHANNEL = "yemae_seats"
# PostgreSQL takes texts of less than 8,000 bytes.
NOTICE_MAX_BYTES = 7_900
# Above this, notices name only the performances to read again.
NOTICES_MAX = 16


class Change(NamedTuple):
    """Seats of a performance that were held until `until_s`, sold, or freed, at `at_s`; both in
    Unix seconds of the store's clock."""

    performance_key: int
    at_s: float
    until_s: float
    numbers: Sequence[str]


# Changes, or only the key of a performance that has to be read again.
NOTICE = msgspec.json.Decoder(list[tuple[int, float, float, list[str]] | int])


def notices_of(changes: list[Change]) -> list[str]:
    """Changes as notices, each short enough; too many changes become keys of performances."""
    found: list[str] = []
    parts: list[str] = []
    size = 2
    for change in changes:
        part = msgspec.json.encode(change).decode()
        part_bytes = len(part.encode()) + 1
        if size + part_bytes > NOTICE_MAX_BYTES and parts:
            found.append(f"[{','.join(parts)}]")
            parts, size = [], 2
        parts.append(part)
        size += part_bytes
    found.append(f"[{','.join(parts)}]")
    if len(found) > NOTICES_MAX:
        return [msgspec.json.encode(sorted({c.performance_key for c in changes})).decode()]
    return found


def has_changes(notice: str) -> bool:
    """Whether a notice has the changes themselves, and not keys of performances."""
    return notice.startswith("[[")


def read_notice(text: str) -> list[Change | int]:
    """The changes of a notice, and the keys of performances to read again."""
    return [item if isinstance(item, int) else Change(*item) for item in NOTICE.decode(text)]
