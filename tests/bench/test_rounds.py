"""Rows are measured in rounds, each beside its yardstick of the same round."""

from collections.abc import Awaitable, Callable

import pytest

from bench.rounds import Probe, chosen, measure
from bench.timed import Shot


def rates(*values: float) -> Callable[[], Awaitable[Shot]]:
    left = iter(values)

    async def next_shot() -> Shot:
        return Shot(rate=next(left), ok=10, answers=11, p50_ms=1.0, p99_ms=2.0, server_s=0.011)

    return next_shot


async def test_a_ratio_is_the_median_of_the_rounds_and_not_of_the_medians() -> None:
    probes = [
        Probe("slow", "the yardstick", rates(100.0, 50.0, 10.0)),
        Probe("fast", "a row", rates(100.0, 100.0, 40.0), "slow", 1.5),
    ]
    slow, fast = await measure(probes, 3)
    assert (slow.rate, slow.ratio, slow.reached) == (50.0, None, None)
    assert (fast.rate, fast.beside, fast.yardstick, fast.ratio) == (100.0, "slow", 50.0, 2.0)
    assert fast.reached
    assert (fast.ok, fast.answers, fast.server_us) == (30, 33, 1000.0)


async def test_an_aim_without_a_yardstick_is_a_rate() -> None:
    (row,) = await measure([Probe("seats", "a row", rates(150.0), aim=200)], 1)
    assert row.reached is False


def test_a_row_brings_its_yardsticks_along_unless_it_is_to_be_alone() -> None:
    none = rates()
    first, other = Probe("first", "", none), Probe("other", "", none)
    second, third = Probe("second", "", none, "first"), Probe("third", "", none, "second")
    probes = [first, other, second, third]
    assert chosen(probes, []) == probes
    assert chosen(probes, ["third"]) == [first, second, third]
    assert chosen(probes, ["third"], alone=True) == [third]
    with pytest.raises(ValueError, match="no such row: fourth"):
        chosen(probes, ["fourth"])
