"""The `[queue]` of a concert file: how the waiting room lets fans in, and its lanes.

Pure. Lanes are priority groups: each gets its share of admissions, and the rest is the general
lane's.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.concerts.files.file_source import FileSource
from yemae.concerts.limits import (
    AbsentAfter,
    ActiveLimit,
    AdmitPerMinute,
    Code,
    EntryTtl,
    JoinsPerAddress,
    PlaceTtl,
    QueueingMethod,
    Share,
    ShortText,
    Slug,
    wrong_place_ttl,
)

LANES_MAX = 3
CODES_MAX = 10_000
SHARES_MAX = 90
# The lane of everybody else.
GENERAL = "general"


class LaneSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A priority group: whoever has one of its codes, or its group in the access token."""

    name: Slug
    share: Share
    codes: Annotated[tuple[Code, ...], Meta(max_length=CODES_MAX)] = ()
    group: ShortText | None = None


class QueueSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How fast the waiting room lets fans in, in which order, and for how long."""

    active_limit: ActiveLimit
    admit_per_minute: AdmitPerMinute
    entry_ttl_s: EntryTtl = 600
    absent_after_s: AbsentAfter = 45
    place_ttl_s: PlaceTtl = 3_600
    queueing_method: QueueingMethod = "fifo"
    joins_per_address_per_minute: JoinsPerAddress = 0
    proof_of_work: bool = False
    lanes: Annotated[tuple[LaneSettings, ...], Meta(max_length=LANES_MAX)] = ()


def check(source: FileSource, queue: QueueSettings) -> None:
    """Refuse a `[queue]` whose fields contradict one another."""
    if wrong := wrong_place_ttl(queue.place_ttl_s, queue.absent_after_s):
        source.refuse("queue.place_ttl_s", f"{wrong}, found {queue.place_ttl_s}")
    names: dict[str, str] = {GENERAL: "everybody else's lane"}
    groups: dict[str, str] = {}
    codes: dict[str, str] = {}
    shares = 0
    for index, lane in enumerate(queue.lanes):
        path = f"queue.lanes[{index}]"
        source.once(names, lane.name, f"{path}.name", "name of a lane")
        if not lane.codes and lane.group is None:
            source.refuse(path, "expected codes or a group, found neither")
        if lane.group is not None:
            source.once(groups, lane.group, f"{path}.group", "group")
        for number, code in enumerate(lane.codes):
            source.once(codes, code, f"{path}.codes[{number}]", "code")
        shares += lane.share
        if shares > SHARES_MAX:
            source.refuse(
                f"{path}.share",
                f"expected shares of at most {SHARES_MAX} together, found {shares}",
            )
