"""The `[queue]` of a concert file: the queue's settings, and its lanes. Pure."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from yemae.concerts.files.file_source import FileSource
from yemae.concerts.lanes import GENERAL, LaneSettings
from yemae.concerts.limits import wrong_place_ttl
from yemae.concerts.queue_settings import QueueSettings

LANES_MAX = 3
SHARES_MAX = 90


class QueueTable(QueueSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `[queue]` may say."""

    lanes: Annotated[tuple[LaneSettings, ...], Meta(max_length=LANES_MAX)] = ()


def check(source: FileSource, queue: QueueTable) -> None:
    """Refuse a `[queue]` whose fields contradict one another."""
    if wrong := wrong_place_ttl(queue.place_ttl_s, queue.absent_after_s):
        source.refuse("queue.place_ttl_s", f"{wrong}, found {queue.place_ttl_s}")
    check_lanes(source, "queue.lanes", queue.lanes, {})


def check_lanes(
    source: FileSource, path: str, lanes: Sequence[LaneSettings], codes: dict[str, str]
) -> None:
    """Refuse lanes that contradict one another, and `codes` that were found before."""
    names: dict[str, str] = {GENERAL: "the lane of all other fans"}
    groups: dict[str, str] = {}
    shares = 0
    for index, lane in enumerate(lanes):
        own = f"{path}[{index}]"
        source.once(names, lane.name, f"{own}.name", "name of a lane")
        if not (lane.codes or lane.keep_codes) and lane.group is None:
            source.refuse(own, "expected codes or a group, found neither")
        if lane.group is not None:
            source.once(groups, lane.group, f"{own}.group", "group")
        for number, code in enumerate(lane.codes):
            source.once(codes, code, f"{own}.codes[{number}]", "code")
        shares += lane.share
        if shares > SHARES_MAX:
            source.refuse(
                f"{own}.share",
                f"expected shares of at most {SHARES_MAX} together, found {shares}",
            )
