"""Phases of a sale: what distinguishes one from the other phases of its concert. Pure.

The general sale is a phase too, the one that the fields at the top of a concert file describe. The
settings of a phase's queue are in queue_settings.py; who may take part, how much it sells and its
end are here.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from yemae.concerts.presale_codes import PresaleCodes
from yemae.values.text import composed


class Phase(NamedTuple):
    """A phase in the catalogue. The general sale has no name, and is for every fan."""

    name: str = ""
    # Empty: the name is shown in every language.
    name_en: str = ""
    # None: it ends with the sale of its last date.
    ends_at: datetime | None = None
    # What is kept of the codes that let fans take part: see presale_codes.py.
    code_hashes: frozenset[str] = frozenset()
    # The group in an access token that does; empty: none.
    group: str = ""
    # The maximum number of seats of each date that are held and paid in it: seats, or percent of
    # those for sale. Both None: it has no allotment.
    allotment: int | None = None
    allotment_percent: int | None = None

    @property
    def has_allotment(self) -> bool:
        """Whether it sells a part of each date only."""
        return self.allotment is not None or self.allotment_percent is not None

    def allotment_of(self, for_sale: int) -> int | None:
        """The allotment of a date with this number of seats for sale; None: all that are free."""
        if self.allotment_percent is not None:
            return for_sale * self.allotment_percent // 100
        return self.allotment

    @property
    def is_restricted(self) -> bool:
        """Whether fans need a code or a group to take part."""
        return bool(self.code_hashes or self.group)

    def has_ended(self, now: datetime) -> bool:
        """Whether nothing is sold in it any more, whatever its dates say."""
        return self.ends_at is not None and self.ends_at <= now

    def __repr__(self) -> str:
        """Without the hashes of its codes."""
        return f"Phase(name={self.name!r})"


GENERAL_PHASE = Phase()


def stored(
    phase_id: str,
    phase: Phase,
    codes: Sequence[str],
    presale_codes: PresaleCodes,
    kept_codes: Sequence[str] = (),
) -> str | None:
    """A phase as the database keeps it, its codes sealed; None: a general sale without an end.
    `kept_codes` are sealed already."""
    if phase == GENERAL_PHASE:
        return None
    kept = {
        "name": phase.name,
        "name_en": phase.name_en,
        "ends_at": None if phase.ends_at is None else phase.ends_at.astimezone(UTC),
        "code_hashes": presale_codes.seal_each(phase_id, codes, kept_codes),
        "group": phase.group,
        "allotment": phase.allotment,
        "allotment_percent": phase.allotment_percent,
    }
    return msgspec.json.encode(kept).decode()


def read(kept: Mapping[str, Any] | None) -> Phase:
    """A phase as the database keeps it."""
    if kept is None:
        return GENERAL_PHASE
    ends_at = kept["ends_at"]
    return Phase(
        kept["name"],
        kept["name_en"],
        None if ends_at is None else datetime.fromisoformat(ends_at),
        frozenset(kept["code_hashes"]),
        composed(kept["group"]),
        # A phase that an earlier version wrote has none.
        kept.get("allotment"),
        kept.get("allotment_percent"),
    )
