"""The requests of a simulated sale: polls by the server's pace, and the rest as it was played."""

import pytest

from simulation.sales import STEADY, concert, on_sale
from yemae.simulation import traffic
from yemae.simulation.run import run
from yemae.simulation.traffic import peak, traffic_of


def test_every_fan_joins_looks_holds_and_pays_once() -> None:
    found = traffic_of(run(on_sale(fans=800, seats=5_000, arrival="ramp", behaviour=STEADY)))
    assert sum(found.joins) == 800
    assert sum(found.looks) == 1_600
    assert sum(found.holds) == sum(found.payments) == 800


def test_far_from_the_front_a_fan_polls_once_in_the_longest_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # At one fan a second no fan of the last 10,000 comes near the front.
    sale = on_sale(
        concert(admit_per_minute=1), fans=20_000, seats=9_000, duration_s=300.0, behaviour=STEADY
    )
    monkeypatch.setattr(traffic, "POLLS_MAX", 1)
    found = traffic_of(run(sale))
    # From 0.8 to 1 of a minute; fans nearer than 5,900 places poll more often.
    steady = sum(found.polls[120:]) / len(found.polls[120:])
    assert 20_000 / 54 < steady < 20_000 / 54 + 500


def test_a_sample_stands_for_all_fans(monkeypatch: pytest.MonkeyPatch) -> None:
    course = run(on_sale(concert(admit_per_minute=60), fans=2_000, seats=9_000, duration_s=300.0))
    every = traffic_of(course)
    monkeypatch.setattr(traffic, "POLLS_MAX", 1)
    monkeypatch.setattr(traffic, "SAMPLE_MIN", 400)
    sampled = traffic_of(course)
    assert sum(sampled.polls) == pytest.approx(sum(every.polls), rel=0.1)
    assert sampled.waiting[150] == pytest.approx(every.waiting[150], rel=0.1)


def test_the_fans_who_wait_are_those_who_joined_and_have_not_left() -> None:
    found = traffic_of(run(on_sale(fans=1_200, seats=5_000, behaviour=STEADY)))
    assert found.waiting[0] == pytest.approx(1_200, abs=25)
    assert found.waiting[60] == pytest.approx(600, abs=25)
    assert found.waiting[-1] == pytest.approx(0, abs=25)


def test_a_crowd_before_the_opening_polls_seldom_and_comes_back_spread() -> None:
    sale = on_sale(
        concert(admit_per_minute=6_000), fans=5_000, seats=9_000, early_s=600.0, duration_s=620.0
    )
    found = traffic_of(run(sale))
    before = sum(found.polls[200:540]) / 340
    # Once in half a minute to a minute; and then 5,000 fans within the 2.5 s that 2,000 polls a
    # second take, not in one second.
    assert 5_000 / 60 < before < 5_000 / 30
    assert max(found.polls[600:610]) < 1.3 * 2_000


def test_the_peak_is_the_mean_of_the_busiest_five_seconds() -> None:
    assert peak([0, 10, 0, 0, 0, 0, 5, 5, 5, 5, 5, 0]) == 5
    assert peak([7]) == 7
