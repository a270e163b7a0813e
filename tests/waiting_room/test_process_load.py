"""How the load of a process stretches the intervals between polls."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from yemae.waiting_room import process_load
from yemae.waiting_room.process_load import Load


def test_a_process_that_is_not_busy_leaves_the_intervals_as_they_are() -> None:
    load = Load()
    assert load.stretch == 1
    for busy in (0.0, 0.35, 0.7):
        load.adjust(busy)
        assert load.stretch == 1


def test_above_the_goal_the_intervals_grow_by_as_much_and_below_it_they_shrink_slowly() -> None:
    load = Load()
    for busy, stretch in (
        (0.84, 1.2),
        (0.7, 1.2),
        # At most by a half in a second.
        (1.4, 1.8),
        # At most by a tenth in a second, however idle the process is.
        (0.0, 1.62),
        (0.665, 1.539),
    ):
        load.adjust(busy)
        assert load.stretch == pytest.approx(stretch, rel=1e-9)


def test_the_intervals_are_never_more_than_eight_times_as_long() -> None:
    load = Load()
    for _ in range(20):
        load.adjust(1.0)
    assert load.stretch == 8
    for _ in range(40):
        load.adjust(0.0)
    assert load.stretch == 1


class Clocks:
    """Two seconds pass between two looks, of which the process works for 1.8."""

    def __init__(self) -> None:
        self.used_s, self.at_s = 50.0, 900.0

    def process_time(self) -> float:
        """As time.process_time."""
        self.used_s += 1.8
        return self.used_s

    def monotonic(self) -> float:
        """As time.monotonic."""
        self.at_s += 2.0
        return self.at_s


async def test_the_share_of_each_second_is_taken_in_and_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process_load, "INTERVAL_S", 0.0)
    monkeypatch.setattr(process_load, "time", Clocks())
    load = Load()
    seen = [load.stretch]
    task = asyncio.create_task(load.keep_measuring())
    async with asyncio.timeout(60):
        while len(seen) < 4:
            await asyncio.sleep(0)
            if load.stretch != seen[-1]:
                seen.append(load.stretch)
                assert REGISTRY.get_sample_value("yemae_poll_stretch") == load.stretch
    task.cancel()
    assert seen == pytest.approx([(0.9 / 0.7) ** n for n in range(4)])
