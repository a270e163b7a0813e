"""The work of a simulation is bounded, whatever the number of fans: counted in calls, not time."""

import cProfile
import pstats

import pytest

from simulation.sales import concert, on_sale
from yemae.simulation import line, run, traffic
from yemae.simulation.figures import defaults
from yemae.simulation.forecast import Forecast, forecast


def calls_of(fans: int, seats: int) -> tuple[int, Forecast]:
    """How many functions a simulation calls."""
    wide = concert(active_limit=20_000, admit_per_minute=60_000)
    sale = on_sale(wide, fans=fans, seats=seats, arrival="ramp", arrival_s=600.0)
    profile = cProfile.Profile()
    found = profile.runcall(forecast, sale, defaults(), cores_per_node=4, price_per_core_hour=None)
    return pstats.Stats(profile).total_calls, found  # type: ignore[attr-defined]


def test_ten_million_fans_take_little_more_work_than_a_hundred_thousand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The same limits, a tenth as high, so that the profiler's own time is short.
    monkeypatch.setattr(run, "GROUPS_MAX", 2_000)
    monkeypatch.setattr(traffic, "POLLS_MAX", 20_000)
    monkeypatch.setattr(traffic, "SAMPLE_MIN", 500)
    monkeypatch.setattr(line, "ARRIVALS_MAX", 10_000)
    few, small = calls_of(100_000, 10_000)
    many, large = calls_of(10_000_000, 1_000_000)
    assert sum(small.outcomes.values()) == 100_000
    assert sum(large.outcomes.values()) == 10_000_000
    assert large.sold_out_at_s is not None
    assert many < 3 * few
