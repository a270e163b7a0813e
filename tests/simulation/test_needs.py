"""Cores, memory, nodes and cost follow from the busiest seconds and the cost of a request."""

from yemae.simulation.figures import ROWS, Cost, Figures
from yemae.simulation.needs import Needs, needs
from yemae.simulation.traffic import Traffic

FREE = dict.fromkeys(ROWS, Cost())


def traffic(
    polls: float = 0.0, looks: float = 0.0, waiting: float = 0.0, seconds: int = 20
) -> Traffic:
    def every(value: float) -> list[float]:
        return [value] * seconds

    return Traffic(
        begins_s=0.0,
        joins=every(0.0),
        polls=every(polls),
        looks=every(looks),
        holds=every(0.0),
        payments=every(0.0),
        waiting=every(waiting),
        inside=[0] * seconds,
    )


def found(of: Traffic, *, price: float | None = None, seats: int = 50, **costs: Cost) -> Needs:
    figures = Figures(FREE | costs, 200.0, "", "")
    return needs(of, figures, seats_of_a_date=seats, cores_per_node=4, price_per_core_hour=price)


def test_a_core_is_busy_for_seven_tenths() -> None:
    # 100 µs each: 7,000 a second are 0.7 of a core.
    poll = Cost(100.0, 0.0, 10.0)
    assert found(traffic(6_999), poll=poll).server_cores == 1
    assert found(traffic(7_100), poll=poll).server_cores == 2
    assert found(traffic(7_100), poll=poll).valkey_share == 0.071


def test_nodes_have_whole_numbers_of_cores_and_a_process_for_each() -> None:
    five = found(traffic(35_000), poll=Cost(100.0))
    assert (five.server_cores, five.nodes, five.node_memory_mb) == (5, 2, 4 * 256 + 115)


def test_valkey_needs_its_bytes_for_each_fan_who_waits() -> None:
    assert found(traffic(waiting=1_000_000)).valkey_memory_mb == 9 + 200


def test_a_list_costs_as_much_as_its_hall_is_large() -> None:
    small, middle, large, vast = (
        found(
            traffic(looks=10_000),
            seats=seats,
            seats_50=Cost(100.0),
            seats_15000=Cost(1_000.0),
        ).server_cores
        for seats in (50, 7_525, 15_000, 90_000)
    )
    # 1, 5.5 and 10 cores of work.
    assert (small, middle, large, vast) == (2, 8, 15, 15)


def test_the_cost_is_that_of_all_cores_for_whole_hours() -> None:
    dear = found(traffic(7_100, seconds=3_700), poll=Cost(100.0), price=0.5)
    # One node of 4, one core of PostgreSQL, one of Valkey, for two hours.
    assert (dear.hours, dear.core_hours, dear.cost) == (2, 12, 6.0)
    assert found(traffic()).cost is None
