"""For operators: is it alive, is it ready, what does it count."""

import asyncio
import os

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from prometheus_client import REGISTRY as PROCESS_REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from yemae import metrics
from yemae.http.call import Call
from yemae.http.contract import Answer, Operation, Shown
from yemae.refusals import StoreUnavailable
from yemae.waiting_room.snapshot import Snapshot

# One scrape at a time in each process.
SCRAPES = asyncio.Semaphore(1)
LIVE = b'{"status":"alive"}'


class Health(msgspec.Struct, frozen=True):
    """Whether the server works, and what it lacks."""

    status: str


class Readiness(msgspec.Struct, frozen=True):
    """`ready`, or `not ready` with the stores that are away."""

    status: str
    postgres: str
    valkey: str


async def livez(_: Call) -> Answer:
    """This process answers."""
    return Answer(200, LIVE)


async def readyz(call: Call) -> Answer:
    """Both stores answer. Migrations were checked before the server started."""
    postgres = valkey = "ok"
    try:
        async with call.house.postgres.transaction() as tx:
            await tx.fetch(b"select version_num from alembic_version")
    except StoreUnavailable:
        postgres = "away"
    try:
        await call.house.valkey.ping()
    except StoreUnavailable:
        valkey = "away"
    ready = (postgres, valkey) == ("ok", "ok")
    return Answer(
        200 if ready else 503,
        Readiness("ready" if ready else "not ready", postgres, valkey),
        () if ready else ((b"retry-after", b"1"),),
    )


async def show_metrics(call: Call) -> Answer:
    """Prometheus text: counters of all server processes, gauges from the stores."""
    snapshots = {}
    for concert_id in call.house.catalogue.concerts:
        try:
            snapshots[concert_id] = await call.house.board.snapshot(concert_id)
        except StoreUnavailable:
            break  # The gauges are left out while Valkey is away; the counters still count.
    metrics.add_up()
    # Adding up the files of all processes takes a while, and fans must not wait for it.
    async with SCRAPES:
        text = await asyncio.to_thread(_metrics_text, snapshots)
    return Answer(200, text, ((b"content-type", CONTENT_TYPE_LATEST.encode()),))


def _metrics_text(snapshots: dict[str, Snapshot]) -> bytes:
    registry: CollectorRegistry = PROCESS_REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    queues = CollectorRegistry()
    queues.register(QueueGauges(snapshots))
    return generate_latest(registry) + generate_latest(queues)


class QueueGauges(Collector):
    """Each concert's queue as of now."""

    def __init__(self, snapshots: dict[str, Snapshot]) -> None:
        self._snapshots = snapshots

    def collect(self) -> list[GaugeMetricFamily]:
        """One gauge for each number."""
        gauges = []
        for name, help_text in (
            ("waiting", "Fans in line who were seen lately"),
            ("absent", "Fans in line who were stepped over"),
            ("active", "Fans inside"),
            ("admitted", "Fans let in since the queue began"),
        ):
            gauge = GaugeMetricFamily(f"yemae_queue_{name}", help_text, labels=["concert"])
            for concert_id, snapshot in self._snapshots.items():
                gauge.add_metric([concert_id], getattr(snapshot, name))
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
        "Are the stores reachable",
        readyz,
        answers=(
            Shown(
                200, "They are", Readiness, {"status": "ready", "postgres": "ok", "valkey": "ok"}
            ),
            Shown(
                503,
                "One is away",
                Readiness,
                {"status": "not ready", "postgres": "ok", "valkey": "away"},
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
    ),
)
