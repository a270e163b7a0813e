"""Seat blocks as tests make them: by an operator of the usual concert."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import UNSET, UnsetType

from helpers.concerts import FIRST, HALL
from yemae.back_office import seat_blocks
from yemae.back_office.seat_blocks import BlockChange, BlockState
from yemae.concerts.seat_map.selection import Selection
from yemae.runtime import Runtime

OPERATOR = "op"


async def change(runtime: Runtime, wanted: BlockChange, concert_id: str = HALL) -> int:
    """Change a block as the operator. Returns how many seats it has then."""
    state = await seat_blocks.block(runtime, runtime.plans, concert_id, OPERATOR, wanted)
    return state.total


async def block(
    runtime: Runtime,
    *seats: str,
    name: str = "press",
    performances: Sequence[str] = (FIRST,),
    releases_at: datetime | UnsetType | None = UNSET,
    skips_taken: bool = False,
) -> BlockState:
    """Block seats of the first date, or of others, for the press."""
    change = BlockChange(
        name,
        "press",
        releases_at=releases_at,
        performances=performances,
        selection=Selection(seats=seats),
        skips_taken=skips_taken,
    )
    return await seat_blocks.block(runtime, runtime.plans, HALL, OPERATOR, change)


async def unblock(runtime: Runtime, *seats: str, name: str = "press") -> int:
    """Release a block, or some of its seats. Returns how many they were."""
    released, _ = await seat_blocks.unblock(
        runtime, runtime.plans, HALL, OPERATOR, name, selection=Selection(seats=seats)
    )
    return released


async def blocked(runtime: Runtime, performance: str = FIRST) -> dict[str, list[str]]:
    """The seats of each block on one date."""
    return {
        state.block.name: [
            number
            for each in state.seats
            if each.performance_id == performance
            for number in each.numbers or ()
        ]
        for state in await seat_blocks.list_blocks(runtime, HALL, performance)
    }
