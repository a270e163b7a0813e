"""Lanes: priority groups of a waiting room, each with its share of the admissions. Pure.

The general lane, which takes every other fan, gets the rest.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from yemae.concerts.limits import CODE, ShortText, Slug
from yemae.concerts.presale_codes import PresaleCodes
from yemae.values.text import composed

CODES_MAX = 10_000
GENERAL = "general"

Code = Annotated[str, Meta(pattern=CODE)]


class LaneSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A lane in a concert file: for fans with one of its codes, or with its group in the access
    token."""

    name: Slug
    share: Annotated[int, Meta(ge=1, le=90)]
    codes: Annotated[tuple[Code, ...], Meta(max_length=CODES_MAX)] = ()
    # The codes that the server has of this lane stay, beside those above.
    keep_codes: bool = False
    group: ShortText | None = None


class Lane(NamedTuple):
    """A lane in the catalogue; `share` in percent of the admissions."""

    name: str
    share: int
    # What is kept of the codes that give this lane: see presale_codes.py.
    code_hashes: frozenset[str]
    # The group in an access token that gives this lane; empty: none does.
    group: str

    def __repr__(self) -> str:
        """Without the hashes of its codes."""
        return f"Lane(name={self.name!r})"


def stored(
    concert_id: str,
    lanes: Sequence[LaneSettings],
    codes: PresaleCodes,
    before: Sequence[Mapping[str, Any]] = (),
) -> str:
    """A file's lanes as the database keeps them: the codes are sealed. `before` has the lanes as
    they are there, for those that keep their codes."""
    known = code_hashes(before)
    kept = [
        {
            "name": lane.name,
            "share": lane.share,
            "code_hashes": codes.seal_each(
                concert_id, lane.codes, known.get(lane.name, []) if lane.keep_codes else []
            ),
            "group": lane.group,
        }
        for lane in lanes
    ]
    return msgspec.json.encode(kept).decode()


def code_hashes(kept: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What is kept of the codes of each lane, by its name, in their order."""
    return {lane["name"]: lane["code_hashes"] for lane in kept}


def read(kept: Sequence[Mapping[str, Any]]) -> tuple[Lane, ...]:
    """Lanes as the database keeps them."""
    return tuple(
        Lane(
            lane["name"],
            lane["share"],
            frozenset(lane["code_hashes"]),
            composed(lane["group"] or ""),
        )
        for lane in kept
    )
