"""How the load of a process stretches the intervals between polls."""

import pytest

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
