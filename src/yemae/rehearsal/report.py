"""The report of a rehearsal: what the tables, the JSON and the page show. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from yemae.reconcile.report import Check
from yemae.rehearsal.advice import Advice, advise
from yemae.rehearsal.fairness import Fairness, fairness
from yemae.rehearsal.histogram import Histogram, middle_s
from yemae.rehearsal.run import Moment, Ran
from yemae.rehearsal.scenario import Scenario
from yemae.rehearsal.sold import GradeSold
from yemae.rehearsal.tally import CALLS, NO_ANSWER, OUTCOMES, Sale, Tally, is_fault
from yemae.values.instants import Instant, LocalTime

EXAMPLES = 5
# A chart has no more pixels than this.
POINTS_MAX = 600


class Latency(msgspec.Struct, frozen=True):
    """The latency of one call, in milliseconds."""

    call: str
    count: int
    per_s: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float


class WaitDistribution(msgspec.Struct, frozen=True):
    """How long admitted fans waited since they joined, in seconds, with a histogram."""

    count: int
    p50_s: float
    p90_s: float
    p99_s: float
    max_s: float
    steps: list[tuple[float, int]]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A rehearsal and what it proved.

    `problems` are sentences; without any, every check passed. `reconcile_note` says why the stores
    were not checked, when they were not.
    """

    version: str
    machine: str
    url: str
    concert_id: str
    began_at: Instant
    # On the venue's clocks; null where their offset from UTC is not known.
    began_at_local: LocalTime | None = None
    scenario: Scenario
    was_stopped: bool
    seconds: float
    fans_done: int
    journeys_per_s: float
    bought_per_s: float
    requests: int
    requests_per_s: float
    seats_sold: int
    seats_held: int
    # In minor units of the currency.
    money: int
    currency: str = "KRW"
    calls: list[Latency]
    time_in_queue: WaitDistribution
    # How long requests waited for a connection of the client, and its processor time: whether the
    # client, not the server, was the bottleneck.
    client_wait_p99_ms: float
    client_cpu_share: float
    statuses: dict[str, int]
    refusals: dict[str, int]
    outcomes: dict[str, int]
    fairness: Fairness
    checks: list[Check]
    reconcile_note: str
    problems: list[str]
    series: list[Moment]
    # Fans who were admitted and found no seat left.
    inside_in_vain: int = 0
    # By date and grade, in plan order; empty where the stores were not read.
    sold: list[GradeSold] = []
    # The limits of the queue that was rehearsed, and those that follow from what was measured.
    limits: dict[str, int] = {}
    advice: Advice | None = None

    @property
    def holds(self) -> bool:
        """Whether every check passed."""
        return not self.problems

    @property
    def says_little(self) -> bool:
        """Whether nothing was sold, so that the checks prove little."""
        return self.holds and not self.seats_sold

    @property
    def faults(self) -> int:
        """Requests that were not answered, or with a 5xx other than 503."""
        return sum(count for status, count in self.statuses.items() if is_fault(int(status)))


def report(
    ran: Ran,
    scenario: Scenario,
    *,
    reconciled: Sequence[Check],
    reconcile_note: str,
    sold: Sequence[GradeSold] = (),
    **where: Any,
) -> Report:
    """The report of a rehearsal. `where` are version, machine, url, concert_id, currency, began_at,
    began_at_local and limits."""
    tally, seconds = ran.tally, max(ran.seconds, 1e-9)
    checks = [*answered_checks(tally), *reconciled]
    done = sum(tally.outcomes.values()) - tally.outcomes.get("unfinished", 0)
    bought = tally.outcomes.get("bought", 0)
    return Report(
        **where,
        scenario=scenario,
        was_stopped=ran.was_stopped,
        seconds=round(seconds, 2),
        fans_done=done,
        journeys_per_s=round(done / seconds, 1),
        bought_per_s=round(bought / seconds, 1),
        requests=tally.requests,
        requests_per_s=round(tally.requests / seconds, 1),
        seats_sold=tally.seats_sold,
        seats_held=tally.seats_held,
        money=sum(sale.amount for sale in tally.sales),
        calls=[_latency(call, tally.calls[call], seconds) for call in CALLS if call in tally.calls],
        time_in_queue=_time_in_queue(tally.in_queue),
        client_wait_p99_ms=_ms(tally.for_connection.percentile_s(0.99)),
        client_cpu_share=round(tally.cpu_s / seconds / scenario.processes, 2),
        statuses={str(status): tally.statuses[status] for status in sorted(tally.statuses)},
        refusals=dict(Counter(tally.refusals).most_common()),
        outcomes={name: tally.outcomes.get(name, 0) for name in OUTCOMES},
        fairness=fairness(tally.admissions),
        checks=checks,
        reconcile_note=reconcile_note,
        problems=list(_problems(tally, checks)),
        series=thinned(ran.series),
        inside_in_vain=tally.inside_in_vain,
        sold=list(sold),
        advice=advise(tally, ran.series, sum(each.seats for each in sold)),
    )


def answered_checks(tally: Tally) -> list[Check]:
    """What the answers prove without the stores."""
    owners: dict[tuple[str, str], Sale] = {}
    twice = []
    for sale in tally.sales:
        for number in sale.seats:
            other = owners.setdefault((sale.performance_id, number), sale)
            if other.order_id != sale.order_id:
                twice.append(
                    f"seat {number} of {sale.performance_id} was sold with {other.order_id} "
                    f"and with {sale.order_id}"
                )
    return [
        _check("seat_answered_once", "No seat was confirmed to two fans.",
               tally.seats_sold, twice),
        _check("payment_answered_right", "A payment debited the total of its order.",
               len(tally.sales), [f"order {order_id}" for order_id in tally.wrong_balances]),
    ]  # fmt: skip


def thinned(series: Sequence[Moment]) -> list[Moment]:
    """At most POINTS_MAX of the moments, evenly spaced, including the last one."""
    step = -(-len(series) // POINTS_MAX) or 1
    return list(series[::-1][::step])[::-1]


def _check(name: str, says: str, looked_at: int, violations: Sequence[str]) -> Check:
    return Check(
        name=name,
        says=says,
        looked_at=looked_at,
        violations=len(violations),
        examples=tuple(violations[:EXAMPLES]),
    )


def _problems(tally: Tally, checks: Sequence[Check]) -> Iterator[str]:
    for status, count in sorted(tally.statuses.items()):
        if status == NO_ANSWER:
            yield f"{count:,} requests were not answered."
        elif is_fault(status):
            yield f"{count:,} requests were answered with {status}."
    if malformed := tally.outcomes.get("failed", 0):
        yield f"{malformed:,} fans gave up after a 5xx, a malformed answer or no answer."
    for check in checks:
        if check.violations:
            yield f"Violated {check.violations:,} times: {check.says}"


def _latency(call: str, histogram: Histogram, seconds: float) -> Latency:
    return Latency(
        call,
        histogram.total,
        round(histogram.total / seconds, 1),
        _ms(histogram.percentile_s(0.5)),
        _ms(histogram.percentile_s(0.9)),
        _ms(histogram.percentile_s(0.99)),
        _ms(histogram.longest_s),
    )


def _time_in_queue(histogram: Histogram) -> WaitDistribution:
    return WaitDistribution(
        histogram.total,
        round(histogram.percentile_s(0.5), 2),
        round(histogram.percentile_s(0.9), 2),
        round(histogram.percentile_s(0.99), 2),
        round(histogram.longest_s, 2),
        [(round(middle_s(step), 3), histogram.counts[step]) for step in sorted(histogram.counts)],
    )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
