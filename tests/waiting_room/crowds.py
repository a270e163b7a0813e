"""Queues of many fans, and what is true of them by the line itself."""

import random

from waiting_room.room import PACE, WAIT_S, Room
from yemae.waiting_room import admission, queue_numbers
from yemae.waiting_room.admission import Admission, Doors
from yemae.waiting_room.losses import Recovery
from yemae.waiting_room.places import Joining

STEP = 25
PATIENT = PACE._replace(absent_after_ms=600_000)
RULES = Recovery("generation", True, WAIT_S * 1000, 600, 3_600, 0, 60_000)
DOORS = Doors(10_000, 10**7, 600, 3_600, "open", 0)


async def crowd(room: Room, count: int) -> dict[str, int]:
    """`count` fans in line, of whom a third have drawn numbers. User → number."""
    await room.recover(has_begun=False)
    chance = random.Random(count)  # noqa: S311 - a reproducible story
    drawn = [chance.randrange(queue_numbers.DRAWN) if n % 3 else None for n in range(count)]
    fans = [Joining(f"fan-{n}", drawn_number=number) for n, number in enumerate(drawn)]
    opens_at_ms = await room.now_ms() + 30_000
    standings = await room.arrive(*fans, pace=PATIENT, opens_at_ms=opens_at_ms)
    room.travel(31)
    return {fan.user_id: at.number for fan, at in zip(fans, standings, strict=True)}


async def tick(room: Room) -> Admission:
    """One call, which repairs nothing."""
    return await admission.admit(room.valkey, room.concert_id, DOORS, step=STEP)


async def let_in(room: Room, count: int) -> None:
    for _ in range(count // 20):
        await room.admit(active_limit=count, admit_per_minute=10**7, step=STEP)


def counted(room: Room) -> dict[str, int]:
    """Block → fans, as Valkey keeps it."""
    found = room.store.hgetall(room.keys()["blocks"])
    return {block: int(count) for block, count in found.items() if not block.startswith("\0")}


def truly_counted(room: Room) -> dict[str, int]:
    """The same, from the line itself."""
    found: dict[str, int] = {}
    for _, score in room.store.zrange(room.keys()["line"], 0, -1, withscores=True):
        lane, number = divmod(int(score), queue_numbers.LANE)
        block = str(queue_numbers.block_of(lane, number))
        found[block] = found.get(block, 0) + 1
    return found
