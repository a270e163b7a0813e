"""The report of a simulation: what the tables and the JSON show. Pure."""

import msgspec

from yemae.concerts.queue_settings import QueueSettings
from yemae.rehearsal.scenario import Scenario
from yemae.simulation.figures import Figures
from yemae.simulation.needs import Needs, needs
from yemae.simulation.run import Course, OnSale, run, size_of_groups
from yemae.simulation.traffic import Traffic, peak, traffic_of

# A chart has no more pixels than this.
POINTS_MAX = 600
# The rehearsal's outcomes; `failed` and `refused` do not happen in a simulation.
OUTCOMES = (
    "bought", "no_seat", "held_only", "gave_up", "walked_away", "too_late", "unfinished",
)  # fmt: skip


class Waits(msgspec.Struct, frozen=True):
    """How long the fans who came in waited since they joined, or since the opening: until the poll
    with the entry token, in seconds."""

    count: int
    p50_s: float
    p90_s: float
    p99_s: float
    max_s: float


class Peaks(msgspec.Struct, frozen=True):
    """The busiest five seconds: requests per second; and the most fans who waited and were
    inside."""

    joins_per_s: float
    polls_per_s: float
    lists_per_s: float
    holds_per_s: float
    payments_per_s: float
    waiting: int
    inside: int


class Point(msgspec.Struct, frozen=True):
    """A part of the sale, which begins at `at_s`: means per second, and fans."""

    at_s: float
    joins_per_s: float
    polls_per_s: float
    holds_per_s: float
    payments_per_s: float
    waiting: int
    inside: int


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What a sale will be like. Moments are seconds from the opening; null where it does not
    happen within `scenario.duration_s`."""

    concert_id: str
    queue: QueueSettings
    scenario: Scenario
    seats: int
    early_s: float
    # The number of fans that were simulated as one.
    fans_of_a_group: int
    seats_sold: int
    sold_out_at_s: float | None
    # When the last fan who came in did.
    last_admitted_at_s: float | None
    ended_at_s: float
    waits: Waits
    outcomes: dict[str, int]
    peaks: Peaks
    requests: dict[str, int]
    needs: Needs
    figures: Figures
    series: list[Point]


def forecast(
    on_sale: OnSale,
    figures: Figures,
    *,
    cores_per_node: int,
    price_per_core_hour: float | None,
) -> Forecast:
    """Simulate a sale, and report."""
    course = run(on_sale)
    traffic = traffic_of(course)
    concert, hall = on_sale.concert, course.hall
    fields = QueueSettings.__struct_fields__
    return Forecast(
        concert_id=concert.id,
        queue=QueueSettings(**{name: getattr(concert, name) for name in fields}),
        scenario=on_sale.scenario,
        seats=on_sale.seats,
        early_s=on_sale.early_s,
        fans_of_a_group=size_of_groups(on_sale),
        seats_sold=on_sale.seats - hall.unsold,
        sold_out_at_s=None if hall.sold_out_s is None else round(hall.sold_out_s, 2),
        last_admitted_at_s=round(course.admitted_s[-1], 2) if course.admitted_s else None,
        ended_at_s=round(course.ends_s, 2),
        waits=_waits(course),
        outcomes={name: course.outcomes[name] for name in OUTCOMES},
        peaks=_peaks(traffic),
        requests={
            "joins": round(sum(traffic.joins)),
            "polls": round(sum(traffic.polls)),
            "lists": round(sum(traffic.looks)),
            "holds": round(sum(traffic.holds)),
            "payments": round(sum(traffic.payments)),
        },
        needs=needs(
            traffic,
            figures,
            seats_of_a_date=on_sale.seats // max(1, len(concert.performances)),
            cores_per_node=cores_per_node,
            price_per_core_hour=price_per_core_hour,
        ),
        figures=figures,
        series=_series(traffic),
    )


def _waits(course: Course) -> Waits:
    waits = course.waits()
    total = sum(fans for _, fans in waits)

    def quantile_s(share: float) -> float:
        passed = 0
        for wait_s, fans in waits:
            passed += fans
            if passed >= share * total:
                return round(wait_s, 2)
        return 0.0

    return Waits(total, *map(quantile_s, (0.5, 0.9, 0.99, 1.0)))


def _peaks(traffic: Traffic) -> Peaks:
    return Peaks(
        joins_per_s=round(peak(traffic.joins), 1),
        polls_per_s=round(peak(traffic.polls), 1),
        lists_per_s=round(peak(traffic.looks), 1),
        holds_per_s=round(peak(traffic.holds), 1),
        payments_per_s=round(peak(traffic.payments), 1),
        waiting=round(max(traffic.waiting)),
        inside=max(traffic.inside),
    )


def _series(traffic: Traffic) -> list[Point]:
    """At most POINTS_MAX parts of equal length, in whole seconds."""
    seconds = len(traffic.joins)
    step = -(-seconds // POINTS_MAX)

    def mean(values: list[float], first: int) -> float:
        part = values[first : first + step]
        return round(sum(part) / len(part), 1)

    return [
        Point(
            at_s=round(traffic.begins_s + first, 2),
            joins_per_s=mean(traffic.joins, first),
            polls_per_s=mean(traffic.polls, first),
            holds_per_s=mean(traffic.holds, first),
            payments_per_s=mean(traffic.payments, first),
            waiting=round(traffic.waiting[first]),
            inside=traffic.inside[first],
        )
        for first in range(0, seconds, step)
    ]
