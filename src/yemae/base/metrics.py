"""What the program counts; `/metrics` shows it. Names follow Prometheus: units last, _total for
counters. With several server processes the files under PROMETHEUS_MULTIPROC_DIR add them up.

Answers are counted in plain numbers first and added to their metrics once a second, because one
answer's counters in those files cost more than finding its operation. The library's histogram takes
one observation at a time, so that of the durations is made of two counters when it is read.

Durations are counted in the finer buckets of the history (values/durations.py); each of them lies
in one bucket of the metrics.
"""

import asyncio
from bisect import bisect_left
from collections import Counter as Plain
from collections.abc import Iterator
from functools import cache
from itertools import accumulate

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from yemae.base import tallies
from yemae.values.durations import BOUNDS_S, bucket_of

ADD_UP_S = 1.0

LATENCY_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Of each bucket of the history, the one of the metrics that it lies in.
SHOWN_IN = (*(bisect_left(LATENCY_BUCKETS_S, bound) for bound in BOUNDS_S), len(LATENCY_BUCKETS_S))
SIZE_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

REQUESTS = Counter("yemae_requests_total", "HTTP requests", ["operation", "status"])
REFUSALS = Counter("yemae_refusals_total", "Refused requests by problem type", ["type"])

BATCH_SIZE = Histogram(
    "yemae_batch_size", "Requests that shared one round trip", ["verb"], buckets=SIZE_BUCKETS
)
BATCH_WAIT = Histogram(
    "yemae_batch_wait_seconds",
    "Time that the first request of a batch waited for its start",
    ["verb"],
    buckets=LATENCY_BUCKETS_S,
)
BATCH_SPLITS = Counter(
    "yemae_batch_splits_total",
    "Batches run again one by one because of a poisoned request",
    ["verb"],
)
FOLLOW_UP_FAILURES = Counter(
    "yemae_follow_up_failures_total",
    "Steps after a commit that failed and are left to a later repair",
    ["verb", "step"],
)

HOLDS = Counter("yemae_holds_total", "Orders opened", ["concert"])
PAYMENTS = Counter("yemae_payments_total", "Orders paid", ["concert"])
ADMITTED = Counter("yemae_admitted_total", "Fans let in from the waiting room", ["concert"])
STEPPED_OVER = Counter("yemae_stepped_over_total", "Absent fans stepped over", ["concert"])
QUEUE_LOSSES = Counter(
    "yemae_queue_losses_total", "Times that Valkey had lost data of a queue", ["concert"]
)
POLLS = Counter("yemae_polls_total", "Polls by how they were answered", ["from"])
POLL_STRETCH = Gauge(
    "yemae_poll_stretch",
    "The factor by which poll intervals are stretched because this process is busy",
    multiprocess_mode="livemax",
)

STORE_OK = Gauge(
    "yemae_store_ok",
    "Whether the latest check found the store well",
    ["store"],
    multiprocess_mode="livemin",
)
STORE_STATE = Gauge(
    "yemae_store_state",
    "1 for the state that the latest check found the store in",
    ["store", "state"],
    multiprocess_mode="livemax",
)
CONNECTIONS = Gauge(
    "yemae_connections", "Connections of clients that are open", multiprocess_mode="livesum"
)
CONNECTIONS_ENDED = Counter(
    "yemae_connections_ended_total", "Connections ended because one more was too many"
)
UNTRUSTED_PROXY_REQUESTS = Counter(
    "yemae_untrusted_proxy_requests_total",
    "Sign-ins and new accounts with an X-Forwarded-For of an address that is not trusted",
)

CLOCK_OFFSET = Gauge(
    "yemae_clock_offset_seconds",
    "How far the clock of this node is ahead of a store's",
    ["store"],
    multiprocess_mode="livemostrecent",
)
CHECKOUTS = Counter(
    "yemae_checkouts_total", "Card payments that came to an end", ["provider", "state"]
)
CHECKOUTS_UNCLEAR = Counter(
    "yemae_checkouts_unclear_total", "Times that a provider did not say what it did", ["provider"]
)
CHECKOUTS_NOT_SELLABLE = Counter(
    "yemae_checkouts_not_sellable_total",
    "Captured card payments whose order could not be sold, and that are given back",
    ["provider"],
)
CHECKOUTS_IN_DOUBT = Gauge(
    "yemae_checkouts_in_doubt",
    "Card payments that wait for an answer of their provider",
    multiprocess_mode="livemostrecent",
)
CHECKOUTS_HANDED_OVER = Gauge(
    "yemae_checkouts_handed_over",
    "Card payments in doubt past their cap, which an operator has to look at",
    multiprocess_mode="livemostrecent",
)
JOBS_LAST_RUN = Gauge(
    "yemae_jobs_last_run_timestamp_seconds",
    "When the jobs process of this node last ran a job to its end, in Unix seconds",
    ["job"],
    multiprocess_mode="livemostrecent",
)
MESSAGES = Counter(
    "yemae_messages_total",
    "Messages to fans that were sent or given up, by kind",
    ["kind", "state"],
)
WEBHOOKS = Counter(
    "yemae_webhooks_total",
    "Requests to endpoints of webhooks, by what became of them",
    ["state"],
)
REFUNDS = Counter(
    "yemae_refunds_total",
    "Refunds to cards that came to an end, and those made in the provider's dashboard (elsewhere)",
    ["provider", "state"],
)
REFUNDS_WAITING = Gauge(
    "yemae_refunds_waiting",
    "Refunds to cards that were declined, or are open for too long: an operator has to look",
    multiprocess_mode="livemostrecent",
)
DISPUTES_OPEN = Gauge(
    "yemae_disputes_open",
    "Card payments that their cardholders dispute, and that are not decided",
    multiprocess_mode="livemostrecent",
)
SCHEDULER_RUNS = Counter(
    "yemae_scheduler_runs_total", "Runs of the :00 job by this node", ["outcome"]
)
EXPIRED_ORDERS = Counter("yemae_orders_expired_total", "Orders that the :00 job expired")
EXPIRED_PASSES = Counter("yemae_passes_expired_total", "Entry tokens that ran out")


class RequestDurations(Collector):
    """All that `source` has, with the histogram of the durations in place of its two counters."""

    bucket = Counter("yemae_request_duration_bucket", "Not cumulated", ["operation", "le"])
    seconds = Counter("yemae_request_duration_sum", "Seconds", ["operation"])
    bounds = (*map(str, LATENCY_BUCKETS_S), "+Inf")

    def __init__(self, source: Collector) -> None:
        self._source = source

    def collect(self) -> Iterator[Metric]:
        """Every family of metrics."""
        counts: dict[str, Plain[str]] = {}
        sums: dict[str, float] = {}
        for family in self._source.collect():
            totals = (each for each in family.samples if each.name.endswith("_total"))
            if family.name == "yemae_request_duration_bucket":
                for each in totals:
                    of_operation = counts.setdefault(each.labels["operation"], Plain())
                    of_operation[each.labels["le"]] = int(each.value)
            elif family.name == "yemae_request_duration_sum":
                sums = {each.labels["operation"]: each.value for each in totals}
            else:
                yield family
        yield self._histogram(counts, sums)

    def _histogram(self, counts: dict[str, Plain[str]], sums: dict[str, float]) -> Metric:
        family = HistogramMetricFamily(
            "yemae_request_duration_seconds",
            "Time from the request to its answer",
            labels=["operation"],
        )
        for operation, count in counts.items():
            up_to = accumulate(count[bound] for bound in self.bounds)
            family.add_metric(
                [operation], list(zip(self.bounds, up_to, strict=True)), sums.get(operation, 0.0)
            )
        return family


class Answers:
    """How often an operation answered with which status, and in what time; with a name, the history
    has its times by it."""

    def __init__(self, operation: str, timed_as: str | None = None) -> None:
        self._operation = operation
        self._timed_as = timed_as
        self._statuses: Plain[int] = Plain()
        self._buckets: Plain[int] = Plain()
        self._seconds = 0.0

    def count(self, status: int, seconds: float) -> None:
        """Note one answer."""
        self._statuses[status] += 1
        self._buckets[bucket_of(seconds)] += 1
        self._seconds += seconds

    def add_up(self) -> None:
        """Add what was noted to the metrics, and to what is sent to the history."""
        for status, number in self._statuses.items():
            REQUESTS.labels(self._operation, str(status)).inc(number)
        for bucket, number in self._buckets.items():
            bound = RequestDurations.bounds[SHOWN_IN[bucket]]
            RequestDurations.bucket.labels(self._operation, bound).inc(number)
            if self._timed_as is not None:
                tallies.count(tallies.LATENCIES, f"{self._timed_as} {bucket}", number)
        if self._buckets:
            RequestDurations.seconds.labels(self._operation).inc(self._seconds)
        self._statuses.clear()
        self._buckets.clear()
        self._seconds = 0.0


_answers: list[Answers] = []


@cache
def answers_of(operation: str, timed_as: str | None) -> Answers:
    """Where the answers of an operation are counted in this process."""
    _answers.append(Answers(operation, timed_as))
    return _answers[-1]


def add_up() -> None:
    """Bring the metrics of this process up to date."""
    for answers in _answers:
        answers.add_up()


async def keep_adding_up() -> None:
    """Bring them up to date now and then; runs until it is cancelled."""
    try:
        while True:
            await asyncio.sleep(ADD_UP_S)
            add_up()
    finally:
        add_up()
