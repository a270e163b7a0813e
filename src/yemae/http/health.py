"""For operators: is it alive, is it ready, are its stores well, what does it count. All of it is
answered from memory."""

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from prometheus_client import REGISTRY as PROCESS_REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from yemae.base import metrics
from yemae.base.shared_folder import SHARED_FOLDER
from yemae.concerts.catalogue import Concert
from yemae.http.contract.operation import Answer, Operation, Shown
from yemae.http.server.call import Call
from yemae.refusals import NotFound, StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale.policy import is_admitting
from yemae.store.health import AWAY, HANGS, OK, STARTING
from yemae.waiting_room.snapshot import Snapshot

LIVE = b'{"status":"alive"}'
# How many queues a scrape reads at the same time.
READS = 8
# What a store cannot be used for anything in.
USELESS = frozenset((STARTING, AWAY, HANGS))

CLOCK_OFF = "clock off"


class Health(msgspec.Struct, frozen=True):
    """Whether the process answers."""

    status: str


class StoresBody(msgspec.Struct, frozen=True):
    """What the last check of each store found, at most a few seconds ago: `ok`, `starting`, `away`,
    `hangs` (it does not answer, or its commits wait in vain for a standby), `full`; of PostgreSQL
    `read-only`; of Valkey `replica`, `not saving` or `too few replicas`. The status is `clock off`
    when this node's clock differs from a store's by more than the limit."""

    status: str
    postgres: str
    valkey: str


class ShownQueue(NamedTuple):
    """What /metrics says of the queue of one concert."""

    concert: str
    waiting: int
    absent: int
    active: int
    active_limit: int
    admitted: int
    open: bool


def queue_of(concert: Concert, now: datetime, snapshot: Snapshot) -> ShownQueue:
    """The numbers and the state of a queue."""
    return ShownQueue(
        concert.id,
        snapshot.waiting,
        snapshot.absent,
        snapshot.active,
        concert.active_limit,
        snapshot.admitted,
        is_admitting(concert, now, snapshot),
    )


async def livez(_: Call) -> Answer:
    """This process answers."""
    return Answer(200, LIVE)


async def readyz(call: Call) -> Answer:
    """This process can serve something: for balancers. One store that is away is no reason to take
    a node out, because all nodes share it: the others would be taken out as well."""
    health = call.runtime.health
    return _stores(call, "ready", "not ready", is_good={health.postgres, health.valkey} - USELESS)


async def healthz(call: Call) -> Answer:
    """Both stores do all that a sale needs: for people and alerts."""
    health = call.runtime.health
    return _stores(call, "ok", "degraded", is_good={health.postgres, health.valkey} == {OK})


def _stores(call: Call, good: str, bad: str, *, is_good: object) -> Answer:
    health = call.runtime.health
    if call.runtime.clock.is_too_far_off:
        is_good, bad = False, CLOCK_OFF
    said = StoresBody(good if is_good else bad, health.postgres, health.valkey)
    return Answer(200, said) if is_good else Answer(503, said, ((b"retry-after", b"1"),))


async def show_metrics(call: Call) -> Answer:
    """Prometheus text: counters of all server processes, gauges from the stores; made once a
    second for all who ask. Only for the clients that YEMAE_METRICS names."""
    readers = call.runtime.settings.logs.metrics
    if readers != "all" and not (call.is_direct() if readers == "direct" else call.is_local()):
        raise NotFound
    text = await call.runtime.metrics.get(partial(_scrape, call.runtime))
    return Answer(200, text, ((b"content-type", CONTENT_TYPE_LATEST.encode()),))


async def _scrape(runtime: Runtime) -> bytes:
    queues: list[ShownQueue] = []
    waiting = iter(list(runtime.catalogue.queues.values()))

    async def read() -> None:
        for concert in waiting:
            snapshot = await runtime.board.glance(concert.id)
            queues.append(queue_of(concert, runtime.now(), snapshot))

    try:
        async with asyncio.TaskGroup() as readers:
            for _ in range(READS):
                readers.create_task(read())
    except* StoreUnavailable:
        pass  # The gauges are left out while Valkey is away; the counters still count.
    metrics.add_up()
    # Adding up the files of all processes takes a while, and fans must not wait for it.
    return await asyncio.to_thread(_metrics_text, queues)


def _metrics_text(queues: Sequence[ShownQueue]) -> bytes:
    source: Collector = PROCESS_REGISTRY
    if SHARED_FOLDER in os.environ:
        source = multiprocess.MultiProcessCollector(None)  # type: ignore[no-untyped-call]
    shown = CollectorRegistry()
    shown.register(metrics.RequestDurations(source))
    shown.register(QueueGauges(queues))
    return generate_latest(shown)


class QueueGauges(Collector):
    """Each concert's queue as of now."""

    def __init__(self, queues: Sequence[ShownQueue]) -> None:
        self._queues = queues

    def collect(self) -> list[GaugeMetricFamily]:
        """One gauge for each number."""
        gauges = []
        for name, help_text in (
            ("waiting", "Fans in line who were seen lately"),
            ("absent", "Fans in line who were stepped over"),
            ("active", "Fans inside"),
            ("active_limit", "Fans who may be inside"),
            ("admitted", "Fans let in since the queue began"),
            ("open", "Whether fans are admitted, as far as the limits allow"),
        ):
            gauge = GaugeMetricFamily(f"yemae_queue_{name}", help_text, labels=["concert"])
            for queue in self._queues:
                gauge.add_metric([queue.concert], getattr(queue, name))
            gauges.append(gauge)
        return gauges


OPERATIONS = (
    Operation(
        "livez",
        "GET",
        "/livez",
        "operations",
        "Is the process alive",
        livez,
        answers=(Shown(200, "It is", Health, {"status": "alive"}),),
    ),
    Operation(
        "readyz",
        "GET",
        "/readyz",
        "operations",
        "Can this process serve anything",
        readyz,
        answers=(
            Shown(
                200, "It can", StoresBody, {"status": "ready", "postgres": "ok", "valkey": "away"}
            ),
            Shown(
                503,
                "It cannot",
                StoresBody,
                {"status": "not ready", "postgres": "away", "valkey": "away"},
                headers=("Retry-After",),
            ),
        ),
    ),
    Operation(
        "healthz",
        "GET",
        "/healthz",
        "operations",
        "Do both stores do all that a sale needs",
        healthz,
        answers=(
            Shown(200, "They do", StoresBody, {"status": "ok", "postgres": "ok", "valkey": "ok"}),
            Shown(
                503,
                "One does not",
                StoresBody,
                {"status": "degraded", "postgres": "ok", "valkey": "full"},
                headers=("Retry-After",),
            ),
        ),
    ),
    Operation(
        "metrics",
        "GET",
        "/metrics",
        "operations",
        "Prometheus metrics",
        show_metrics,
        answers=(
            Shown(
                200, "Counters and gauges", str, "yemae_queue_waiting 0\n", media_type="text/plain"
            ),
        ),
        problems=(NotFound,),
    ),
)
