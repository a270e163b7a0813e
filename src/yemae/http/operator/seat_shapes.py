"""What the calls on the seats of a date answer: structs and examples."""

import base64
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

import msgspec

from yemae.back_office.seats_now import SeatsNow, SeatState, TakenSeats
from yemae.concerts.limits import Text
from yemae.concerts.seat_blocks import Reason
from yemae.http.concert_shapes import EXAMPLE_PERFORMANCE
from yemae.http.contract.operation import Body
from yemae.http.fan.users import EXAMPLE_ID
from yemae.values.instants import Instant, instant, instant_or_none


class HeldSeats(msgspec.Struct, frozen=True):
    """The seats of a held order by their place in the plan. With `is_being_paid` a card payment of
    it is on its way, and it cannot be released."""

    order_id: UUID
    since: Instant
    until: Instant
    is_being_paid: bool
    places: list[int]


class SeatsOfBlock(msgspec.Struct, frozen=True):
    """The seats of a block by their place in the plan."""

    name: str
    reason: Reason
    note: str
    color: str | None
    releases_at: Instant | None
    places: list[int]


class SeatsOfDate(msgspec.Struct, frozen=True, kw_only=True):
    """What has the seats of a date that are not free. Places are those of the plan order, from 0,
    of all `places` that there are; `paid` and `closed` have a bit for each as Base64: place i is
    bit `i & 7` (the least significant first) of byte `i >> 3`. `closed` seats were free when their
    date was cancelled. `plan` names the plan, as in the list of dates."""

    performance_id: str
    plan: str
    places: int
    paid: str
    closed: str
    held: list[HeldSeats]
    blocked: list[SeatsOfBlock]


class FreeHold(Body, frozen=True):
    """Why the seats of a held order are given back to the sale; it is in the log."""

    reason: Text


FREE = msgspec.json.Decoder(FreeHold)


def shown(found: SeatsNow) -> SeatsOfDate:
    """The seats as they are answered."""
    places = found.plan.plan.seats_total

    def bits(state: SeatState) -> str:
        return _bitmap((row.places for row in found.taken if row.state == state), places)

    return SeatsOfDate(
        performance_id=found.performance.id,
        plan=found.plan.digest,
        places=places,
        paid=bits("paid"),
        closed=bits("closed"),
        held=[_held(row) for row in found.taken if row.state == "held"],
        blocked=[_blocked(row) for row in found.taken if row.state == "blocked"],
    )


def _held(row: TakenSeats) -> HeldSeats:
    assert row.order_id is not None, "a hold has its order"
    assert row.since is not None
    assert row.until is not None
    since, until = instant(row.since), instant(row.until)
    return HeldSeats(row.order_id, since, until, row.is_being_paid, row.places)


def _blocked(row: TakenSeats) -> SeatsOfBlock:
    assert row.block is not None, "a block has a name and a reason"
    assert row.reason is not None
    until = instant_or_none(row.releases_at)
    return SeatsOfBlock(row.block, row.reason, row.note or "", row.color, until, row.places)


def _bitmap(groups: Iterable[Sequence[int]], places: int) -> str:
    bits = bytearray((places + 7) // 8)
    for place in chain.from_iterable(groups):
        if place >= places:
            continue  # Of a file that was loaded since the plan was read.
        bits[place >> 3] |= 1 << (place & 7)
    return base64.b64encode(bits).decode()


EXAMPLE_SEATS: dict[str, Any] = {
    "performance_id": EXAMPLE_PERFORMANCE["id"],
    "plan": EXAMPLE_PERFORMANCE["plan"],
    "places": 50,
    "paid": "AwAAAAAAAA==",
    "closed": "AAAAAAAAAA==",
    "held": [
        {
            "order_id": EXAMPLE_ID,
            "since": "2026-11-22T11:04:10.000Z",
            "until": "2026-11-22T11:09:10.000Z",
            "is_being_paid": False,
            "places": [6, 7],
        }
    ],
    "blocked": [
        {
            "name": "press",
            "reason": "press",
            "note": "Reviewers, until noon of the day",
            "color": "#cc3366",
            "releases_at": None,
            "places": [48, 49],
        }
    ],
}
EXAMPLE_FREE = {"reason": "A tab was left open"}
