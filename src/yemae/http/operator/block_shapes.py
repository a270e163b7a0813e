"""What the calls on seat blocks take and answer: structs, their decoders and examples."""

from datetime import tzinfo
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from yemae.back_office.seat_blocks import BlockState
from yemae.concerts.limits import SEAT_NUMBER_MAX_CHARS, Moment, ShortText, Slug
from yemae.concerts.seat_blocks import Color, Note, Reason
from yemae.concerts.seat_map.selection import Selection
from yemae.http.contract.operation import Body
from yemae.http.fan.users import EXAMPLE_ID
from yemae.values.instants import Instant, LocalTime, instant, instant_or_none, local_time

# More than a body has room for.
NAMES_MAX = 5_000

Dates = Annotated[tuple[Slug, ...], Meta(max_length=NAMES_MAX)]
Sections = Annotated[tuple[ShortText, ...], Meta(max_length=NAMES_MAX)]
RowName = Annotated[str, Meta(max_length=80)]
Rows = Annotated[tuple[RowName, ...], Meta(max_length=NAMES_MAX)]
SeatName = Annotated[str, Meta(max_length=SEAT_NUMBER_MAX_CHARS)]
Seats = Annotated[tuple[SeatName, ...], Meta(max_length=NAMES_MAX)]


class SeatsOfDates(Body, frozen=True, kw_only=True):
    """Which seats: of these `performances`, everything that is in one of these `sections`, `rows`
    (`SECTION:ROW`) and `seats`."""

    performances: Dates = ()
    sections: Sections = ()
    rows: Rows = ()
    seats: Seats = ()


class BlockSeats(SeatsOfDates, frozen=True, kw_only=True):
    """Seats to block, and what is said of their block: a new one, or the one of this name. Without
    `name` it is named after its reason; without `performances` they are all dates that have not
    begun. What is left out of `note`, `color` and `releases_at` stays. `all` is every seat, and
    `skip_taken` leaves out the seats that are held, sold or in another block."""

    name: Slug | None = None
    reason: Reason | None = None
    note: Note | UnsetType = UNSET
    color: Color | UnsetType | None = UNSET
    releases_at: Moment | UnsetType | None = UNSET
    all: bool = False
    skip_taken: bool = False


class ReleaseSeats(SeatsOfDates, frozen=True, kw_only=True):
    """Which seats of the block to release; without any, the whole block. With `at` the whole block
    is released at that time, and with `at: null` it has no such time any more."""

    at: Moment | UnsetType | None = UNSET


class BlockedDate(msgspec.Struct, frozen=True):
    """How many seats a block has of a performance now; `numbers` only of the performance that was
    asked for."""

    performance_id: str
    seats: int
    numbers: list[str] | None = None


class SeatBlock(msgspec.Struct, frozen=True):
    """Seats that are held back. From `releases_at` on they are free; `in_file` says whether the
    concert file has the block. A block that was released has no seats."""

    name: str
    reason: Reason
    note: str
    color: str | None
    releases_at: Instant | None
    releases_at_local: LocalTime | None
    in_file: bool
    seats: int
    performances: list[BlockedDate]
    changed_at: Instant
    changed_by: str


class SeatBlocks(msgspec.Struct, frozen=True):
    """The blocks of a concert, by name."""

    blocks: list[SeatBlock]


class ReleasedSeats(msgspec.Struct, frozen=True):
    """How many seats were released at once, and the block as it is then; null when it is gone."""

    released: int
    block: SeatBlock | None


BLOCK = msgspec.json.Decoder(BlockSeats)
RELEASE = msgspec.json.Decoder(ReleaseSeats)


def selection(body: SeatsOfDates, *, is_whole: bool = False) -> Selection:
    """The seats that a body names."""
    return Selection(body.sections, body.rows, body.seats, is_whole)


def shown(state: BlockState, zone: tzinfo | None) -> SeatBlock:
    """A block as it is answered, on the clocks of its venue."""
    block = state.block
    assert block.changed_at is not None, "a block that was read has its time"
    return SeatBlock(
        block.name,
        block.reason,
        block.note,
        block.color,
        instant_or_none(block.releases_at),
        local_time(block.releases_at, zone),
        block.file is not None,
        state.total,
        [BlockedDate(each.performance_id, each.seats, each.numbers) for each in state.seats],
        instant(block.changed_at),
        block.changed_by,
    )


EXAMPLE_BLOCK: dict[str, Any] = {
    "name": "press",
    "reason": "press",
    "note": "Reviewers, until noon of the day",
    "color": "#cc3366",
    "releases_at": "2030-05-03T03:00:00.000Z",
    "releases_at_local": "2030-05-03T12:00:00.000+09:00",
    "in_file": False,
    "seats": 2,
    "performances": [
        {"performance_id": "small-hall-2030-05-03", "seats": 2, "numbers": ["1", "2"]}
    ],
    "changed_at": "2026-11-20T02:00:00.000Z",
    "changed_by": EXAMPLE_ID,
}
EXAMPLE_CHANGE = {
    "reason": "press",
    "note": "Reviewers, until noon of the day",
    "color": "#cc3366",
    "releases_at": "2030-05-03T03:00:00.000Z",
    "performances": ["small-hall-2030-05-03"],
    "seats": ["1", "2"],
}
