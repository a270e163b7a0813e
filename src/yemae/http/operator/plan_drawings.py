"""The plan of a concert that is being made or changed, drawn while its form changes."""

import asyncio
import gzip
from typing import Any

import msgspec

from yemae.concerts.files import hall_drawing
from yemae.concerts.files.concert_file import ConcertFileError
from yemae.concerts.files.hall_drawing import HallDrawing
from yemae.concerts.seat_blocks import Reason
from yemae.concerts.seat_map.plan import Plan
from yemae.http.contract.operation import OF_BODIES, UNSTORED, Answer, Body, Operation, Shown
from yemae.http.fan.plans import EXAMPLE_PLAN
from yemae.http.operator.concert_file_shapes import BODY_MAX_BYTES, EXAMPLE_DOCUMENT
from yemae.http.operator.roles import GATES
from yemae.http.server import conditional
from yemae.http.server.call import Call
from yemae.refusals import InvalidRequest

# A large hall is drawn again and again while it is edited.
GZIP_LEVEL = 1


class DrawPlan(Body, frozen=True):
    """The document of a concert file, as far as there is one: what it has beside its hall does not
    count."""

    document: dict[str, Any]


class DrawnPoint(msgspec.Struct, frozen=True):
    """A point, with y growing downwards."""

    x: float
    y: float


class DrawnSection(msgspec.Struct, frozen=True):
    """A section of the plan: `table` is the place of its table in the file's `sections`; `x` and
    `y` are the reference point of its layout, also where the file leaves that to the server."""

    table: int
    x: float
    y: float


class DrawnBlock(msgspec.Struct, frozen=True):
    """A block of the file, and its seats by their places in the plan order."""

    name: str
    reason: Reason
    seats: list[int]


class DrawnPlan(msgspec.Struct, frozen=True):
    """The plan as fans will see it. `origin` is where on it the file's (0, 0) is; `sections` are
    those of the plan, in its order."""

    plan: Plan
    origin: DrawnPoint
    sections: list[DrawnSection]
    blocks: list[DrawnBlock]


DRAW = msgspec.json.Decoder(DrawPlan)


async def draw(call: Call) -> Answer:
    """The plan of a concert file that is still being written, drawn as a load would draw it: of its
    hall alone, so it may have no title, date or price yet. What is wrong in the hall is refused by
    its field. Nothing is compared or written."""
    call.operator()
    body = await call.body(DRAW, BODY_MAX_BYTES)
    try:
        # Beside the event loop, which a large hall would hold up, and one after the other.
        async with call.runtime.drawing_turn:
            encoded = await asyncio.to_thread(_encoded, body.document)
    except ConcertFileError as error:
        raise InvalidRequest.of(error.path or "document", error.problem or str(error)) from None
    if conditional.accepted(call, ("gzip",)) != "gzip":
        return Answer(200, encoded, (UNSTORED,))
    packed = await asyncio.to_thread(gzip.compress, encoded, GZIP_LEVEL)
    return Answer(200, packed, (UNSTORED, (b"content-encoding", b"gzip")))


def _encoded(document: dict[str, Any]) -> bytes:
    return msgspec.json.encode(_shown(hall_drawing.draw(document)))


def _shown(drawn: HallDrawing) -> DrawnPlan:
    return DrawnPlan(
        drawn.plan,
        DrawnPoint(*drawn.origin),
        [
            DrawnSection(table, *point)
            for table, point in zip(drawn.tables, drawn.points, strict=True)
        ],
        [DrawnBlock(block.name, block.reason, seats) for block, seats in drawn.blocks],
    )


EXAMPLE_DRAWN = {
    "plan": EXAMPLE_PLAN,
    "origin": {"x": 90.0, "y": 98.0},
    "sections": [{"table": 0, "x": 0.0, "y": 0.0}, {"table": 1, "x": -12.0, "y": 22.0}],
    "blocks": [{"name": "press", "reason": "press", "seats": [0]}],
}

OPERATIONS = (
    Operation(
        "draw_concert_file",
        "POST",
        "/v1/admin/concert-files/plan",
        "admin",
        "The plan of a concert file that is being written",
        draw,
        (Shown(200, "The plan", DrawnPlan, EXAMPLE_DRAWN, headers=("Cache-Control",)),),
        (*GATES, *OF_BODIES),
        body=DrawPlan,
        body_example={"document": EXAMPLE_DOCUMENT},
        signed_in=True,
    ),
)
