"""What a simulated sale needs: processor cores, memory, nodes, money. Pure.

Cores follow from the busiest seconds and from what each request cost in the bench. A server process
is kept at the share of a core at which it does not ask fans to poll more seldom.
"""

import math

import msgspec

from yemae.simulation.figures import Cost, Figures
from yemae.simulation.traffic import Traffic, peak
from yemae.waiting_room.process_load import BUSY_GOAL

# docs/operations.md, Scaling: a server process, the supervisor of a node, and Valkey without fans.
PROCESS_MB = 256
SUPERVISOR_MB = 115
VALKEY_MB = 9
# The halls of the rows seats_50 and seats_15000.
SMALL_SEATS, LARGE_SEATS = 50, 15_000


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What to provide. `server_cores` and `postgres_cores` are whole cores for the busiest seconds;
    `valkey_share` is the part of the one core that a concert can use in Valkey."""

    server_cores: int
    postgres_cores: int
    valkey_share: float
    nodes: int
    cores_per_node: int
    node_memory_mb: int
    valkey_memory_mb: int
    hours: int
    core_hours: int
    price_per_core_hour: float | None
    cost: float | None


def needs(
    traffic: Traffic,
    figures: Figures,
    *,
    seats_of_a_date: int,
    cores_per_node: int,
    price_per_core_hour: float | None,
) -> Needs:
    """What the traffic needs. PostgreSQL has its own cores, and Valkey one."""
    busy = _busy(traffic, figures, seats_of_a_date)
    server_cores, postgres_cores = (
        max(1, math.ceil(peak(used) / 1e6 / BUSY_GOAL)) for used in (busy[0], busy[1])
    )
    nodes = -(-server_cores // cores_per_node)
    valkey_bytes = max(traffic.waiting, default=0.0) * figures.bytes_per_fan
    hours = max(1, math.ceil(len(traffic.joins) / 3600))
    core_hours = hours * (nodes * cores_per_node + postgres_cores + 1)
    return Needs(
        server_cores=server_cores,
        postgres_cores=postgres_cores,
        valkey_share=round(peak(busy[2]) / 1e6, 3),
        nodes=nodes,
        cores_per_node=cores_per_node,
        node_memory_mb=cores_per_node * PROCESS_MB + SUPERVISOR_MB,
        valkey_memory_mb=VALKEY_MB + math.ceil(valkey_bytes / 1e6),
        hours=hours,
        core_hours=core_hours,
        price_per_core_hour=price_per_core_hour,
        cost=None if price_per_core_hour is None else round(core_hours * price_per_core_hour, 2),
    )


def _busy(traffic: Traffic, figures: Figures, seats: int) -> list[list[float]]:
    """Microseconds of processor time in each second: of the server, PostgreSQL and Valkey."""
    costs = figures.costs
    purchase = _sum(costs["top_up"], costs["pay"])
    parts = (
        (traffic.joins, costs["join"]),
        (traffic.polls, costs["poll"]),
        (traffic.looks, _list_cost(costs, seats)),
        (traffic.holds, costs["hold_distinct"]),
        (traffic.payments, purchase),
    )
    return [
        [
            sum(count * price for count, price in zip(counts, prices, strict=True))
            for counts in zip(*(values for values, _ in parts), strict=True)
        ]
        for prices in zip(*(msgspec.structs.astuple(cost) for _, cost in parts), strict=True)
    ]


def _list_cost(costs: dict[str, Cost], seats: int) -> Cost:
    """Of a list of dates or of seats: in between the two halls that the bench has."""
    part = min(1.0, max(0.0, (seats - SMALL_SEATS) / (LARGE_SEATS - SMALL_SEATS)))
    pairs = zip(
        msgspec.structs.astuple(costs["seats_50"]),
        msgspec.structs.astuple(costs["seats_15000"]),
        strict=True,
    )
    return Cost(*(small + part * (large - small) for small, large in pairs))


def _sum(one: Cost, other: Cost) -> Cost:
    pairs = zip(msgspec.structs.astuple(one), msgspec.structs.astuple(other), strict=True)
    return Cost(*(first + second for first, second in pairs))
