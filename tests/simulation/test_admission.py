"""The admissions of a simulation are those of admit.lua, fan by fan."""

import math
import random
from typing import Any

import pytest

from waiting_room.conftest import room
from waiting_room.room import Room
from yemae.simulation.admission import Admissions
from yemae.waiting_room.admission import Doors
from yemae.waiting_room.pace import Pace
from yemae.waiting_room.places import Joining
from yemae.waiting_room.queue_numbers import LANE

__all__ = ["room"]

HOUR_MS = 3_600_000
PATIENT = Pace(HOUR_MS, 100, 0, 100)
SOON_ABSENT = PATIENT._replace(absent_after_ms=3_000)
TICKS = 40


class Twin:
    """A waiting room in Valkey, and the simulation's decisions about the same fans."""

    def __init__(self, room: Room, doors: Doors) -> None:
        self.room = room
        self.doors = doors
        self.admissions = Admissions(doors)
        self.keys = room.keys()

    async def tick(self) -> tuple[set[str], set[str]]:
        """One tick of both: who came in there, and here."""
        room, doors = self.room, self.doors
        inside, line = await room.inside(), self.line()
        now_ms = await room.now_ms()
        there = await room.admit(
            active_limit=doors.active_limit,
            admit_per_minute=doors.admit_per_minute,
            shares=doors.shares,
            opens_at_ms=doors.opens_at_ms,
            step=10_000,
        )
        if there.admitted:
            # The script's own time. Where no fan came in, none may come in a little earlier.
            now_ms = int(room.store.hget(self.keys["meta"], "bucket_at"))
        here: set[str] = set()

        def look(lane: int) -> int:
            while line[lane] and line[lane][0][1] < now_ms:
                del line[lane][0]
            return min(1, len(line[lane]))

        looks = [lambda lane=lane: look(lane) for lane in range(len(doors.shares))]
        self.admissions.tick(
            now_ms, len(inside), looks, lambda lane: here.add(line[lane].pop(0)[0])
        )
        return await room.inside() - inside, here

    def line(self) -> list[list[tuple[str, float]]]:
        """Of each lane its fans in order, with the time until which each counts as present."""
        store: Any = self.room.store
        seen = dict(store.zrange(self.keys["seen"], 0, -1, withscores=True))
        lanes: list[list[tuple[str, float]]] = [[] for _ in self.doors.shares]
        for user, score in store.zrange(self.keys["line"], 0, -1, withscores=True):
            lanes[int(score) // LANE].append((user, seen.get(user, -math.inf)))
        return lanes

    def agree(self) -> None:
        """Compare what both keep of the rate; the next tick begins with the store's digits, so that
        both round alike."""
        kept = self.room.store.hgetall(self.keys["meta"])
        ours = self.admissions
        if "bucket" in kept:
            filled, filled_at_ms = float(kept["bucket"]), float(kept["bucket_at"])
            assert ours._fill(filled_at_ms) == pytest.approx(filled, abs=1e-6)
            ours._filled, ours._filled_at_ms = filled, filled_at_ms
        for lane, credit in enumerate(ours._credits):
            assert credit == pytest.approx(float(kept.get(f"lane_credit_{lane}", 0)), abs=1e-6)


@pytest.mark.parametrize("shares", [(100,), (70, 30), (50, 30, 20)], ids=str)
@pytest.mark.parametrize(("active_limit", "per_minute"), [(40, 7_919), (1_000, 151), (1_000, 20)])
async def test_the_same_fans_come_in_as_by_the_script_in_valkey(
    room: Room, shares: tuple[int, ...], active_limit: int, per_minute: int
) -> None:
    lot = random.Random(f"{shares} {active_limit} {per_minute}")  # noqa: S311
    opens_at_ms = await room.now_ms() + 2_000
    twin = Twin(room, Doors(active_limit, per_minute, 3_600, 3_600, "open", opens_at_ms, shares))
    came_in = 0
    for tick in range(TICKS):
        for pace in (PATIENT, SOON_ABSENT):
            fans = [
                Joining(f"fan-{tick}-{pace.absent_after_ms}-{n}", lot.randrange(len(shares)))
                for n in range(lot.randrange(8))
            ]
            if fans:
                await room.arrive(*fans, pace=pace)
        for user in lot.sample(sorted(await room.inside()), k=0 if tick % 4 else came_in // 8):
            if room.is_in("active", user):
                await room.revoke(user)
                came_in -= 1
        room.travel(lot.choice((0.25, 0.25, 1, 4)))
        there, here = await twin.tick()
        assert here == there
        came_in += len(there)
        twin.agree()
    assert came_in > 5


async def test_before_the_opening_no_fan_comes_in(room: Room) -> None:
    opens_at_ms = await room.now_ms() + HOUR_MS
    await room.arrive(Joining("early"), pace=PATIENT)
    twin = Twin(room, Doors(10, 600, 600, 3_600, "open", opens_at_ms))
    assert await twin.tick() == (set(), set())


def test_a_paused_queue_admits_no_fan_and_one_without_a_line_all() -> None:
    for door, admitted in (("shut", 0), ("all", 50)):
        doors = Doors(1, 1, 600, 3_600, door, 0)  # type: ignore[arg-type]
        waiting = [50]

        def enter(_: int, waiting: list[int] = waiting) -> None:
            waiting[0] -= 1

        def look(waiting: list[int] = waiting) -> int:
            return min(1, waiting[0])

        assert Admissions(doors).tick(1_000, 5, [look], enter) == admitted
