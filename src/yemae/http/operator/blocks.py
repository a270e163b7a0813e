"""A concert's seat blocks for its operators: seats that are held back from the sale.

Every call is behind the gate of roles (gate.py), which comes before anything else.
"""

from msgspec import UNSET

from yemae.back_office import seat_blocks
from yemae.back_office.seat_blocks import BlockChange, BlockState
from yemae.http.contract.operation import OF_BODIES, Answer, Operation, Parameter, Shown
from yemae.http.operator.block_shapes import (
    BLOCK,
    EXAMPLE_BLOCK,
    EXAMPLE_CHANGE,
    RELEASE,
    BlockSeats,
    ReleasedSeats,
    ReleaseSeats,
    SeatBlock,
    SeatBlocks,
    selection,
    shown,
)
from yemae.http.server.call import Call
from yemae.refusals import (
    BlockNotFound,
    ConcertNotFound,
    InvalidRequest,
    OperatorRequired,
    PerformanceNotFound,
    SeatNotFound,
    SeatsInTheWay,
    Unauthenticated,
)

PATH = "/v1/admin/concerts/{concert_id}/blocks"
PERFORMANCE = Parameter(
    "performance_id",
    "query",
    "A date of the concert: the seat numbers of this one are listed too.",
    {"type": "string", "maxLength": 63},
)


async def list_blocks(call: Call) -> Answer:
    """The blocks by name, with the number of seats that each has now of every date."""
    call.operator()
    concert_id = call.path("concert_id")
    found = await seat_blocks.list_blocks(call.runtime, concert_id, call.query(PERFORMANCE.name))
    return Answer(200, SeatBlocks([_shown(call, state) for state in found]))


async def block(call: Call) -> Answer:
    """Hold seats back: they are sold to no fan, count as taken, and are not left. All or none: a
    seat that is held, sold or in another block is refused by name, unless `skip_taken` leaves it
    out. Repeating the call changes nothing."""
    who = call.operator()
    body = await call.body(BLOCK)
    change = BlockChange(
        body.name,
        body.reason,
        body.note,
        body.color,
        body.releases_at,
        body.performances,
        selection(body, is_whole=body.all),
        body.skip_taken,
    )
    runtime = call.runtime
    state = await seat_blocks.block(runtime, runtime.plans, call.path("concert_id"), who, change)
    return Answer(200, _shown(call, state))


async def release(call: Call) -> Answer:
    """Give seats of a block to the sale, at once or at a set time."""
    who = call.operator()
    body = await call.body(RELEASE)
    runtime, concert_id, name = call.runtime, call.path("concert_id"), call.path("name")
    chosen = selection(body)
    if body.at is UNSET:
        freed, left = await seat_blocks.unblock(
            runtime,
            runtime.plans,
            concert_id,
            who,
            name,
            performances=body.performances,
            selection=chosen,
        )
        return Answer(200, ReleasedSeats(freed, None if left is None else _shown(call, left)))
    if body.performances or not chosen.is_empty():
        raise InvalidRequest.of("at", "a set time is the whole block's: leave the seats out")
    state = await seat_blocks.release_at(
        runtime, runtime.plans, concert_id, who, name, body.at or None
    )
    return Answer(200, ReleasedSeats(0, _shown(call, state)))


def _shown(call: Call, state: BlockState) -> SeatBlock:
    concert = call.runtime.catalogue.concert(call.path("concert_id"))
    return shown(state, concert.zone)


GATES = (Unauthenticated, OperatorRequired, ConcertNotFound, PerformanceNotFound)

OPERATIONS = (
    Operation(
        "list_seat_blocks",
        "GET",
        PATH,
        "admin",
        "Seats held back",
        list_blocks,
        (Shown(200, "The blocks", SeatBlocks, {"blocks": [EXAMPLE_BLOCK]}),),
        (*GATES, InvalidRequest),
        parameters=(PERFORMANCE,),
        signed_in=True,
    ),
    Operation(
        "block_seats",
        "POST",
        PATH,
        "admin",
        "Hold seats back",
        block,
        (Shown(200, "The block as it is now", SeatBlock, EXAMPLE_BLOCK),),
        (*GATES, SeatNotFound, SeatsInTheWay, *OF_BODIES),
        body=BlockSeats,
        body_example=EXAMPLE_CHANGE,
        signed_in=True,
    ),
    Operation(
        "release_seats",
        "POST",
        f"{PATH}/{{name}}/release",
        "admin",
        "Give seats back to the sale",
        release,
        (
            Shown(
                200,
                "How many were released",
                ReleasedSeats,
                {"released": 2, "block": None},
            ),
        ),
        (*GATES, BlockNotFound, SeatNotFound, SeatsInTheWay, *OF_BODIES),
        body=ReleaseSeats,
        body_example={"seats": ["1", "2"]},
        signed_in=True,
    ),
)
