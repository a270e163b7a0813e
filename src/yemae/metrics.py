"""What the program counts; `/metrics` shows it. Names follow Prometheus: units last, _total for
counters. With several server processes the files under PROMETHEUS_MULTIPROC_DIR add them up."""

from prometheus_client import Counter, Gauge, Histogram

LATENCY_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZE_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

REQUESTS = Counter("yemae_requests_total", "HTTP requests", ["operation", "status"])
LATENCY = Histogram(
    "yemae_request_duration_seconds",
    "Time from the request to its answer",
    ["operation"],
    buckets=LATENCY_BUCKETS_S,
)
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

HOLDS = Counter("yemae_holds_total", "Orders opened", ["concert"])
PAYMENTS = Counter("yemae_payments_total", "Orders paid", ["concert"])
ADMITTED = Counter("yemae_admitted_total", "Fans let in from the waiting room", ["concert"])
STEPPED_OVER = Counter("yemae_stepped_over_total", "Absent fans stepped over", ["concert"])
POLLS = Counter("yemae_polls_total", "Polls by how they were answered", ["from"])
POLL_STRETCH = Gauge(
    "yemae_poll_stretch",
    "How much longer fans are told to wait because this process is busy",
    multiprocess_mode="livemax",
)

SCHEDULER_RUNS = Counter(
    "yemae_scheduler_runs_total", "Runs of the :00 job by this node", ["outcome"]
)
EXPIRED_ORDERS = Counter("yemae_orders_expired_total", "Orders that the :00 job expired")
EXPIRED_PASSES = Counter("yemae_passes_expired_total", "Entry tokens that ran out")
