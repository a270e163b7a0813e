"""What /metrics can print: the name of each metric and its labels."""

from typing import NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from yemae.base import metrics
from yemae.http.health import QueueGauges


class Shown(NamedTuple):
    """One metric."""

    name: str
    kind: str
    labels: frozenset[str]


def shown() -> list[Shown]:
    """Every metric, as operators know it: a counter with `_total`, a histogram without ending."""
    counted = [
        Shown(family.name, family.type, frozenset(metric._labelnames))
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
        for family in metric.describe()
    ]
    made = [
        Shown(family.name, family.type, frozenset(getattr(family, "_labelnames", ())))
        for collector in (QueueGauges([]), metrics.RequestDurations(CollectorRegistry()))
        for family in collector.collect()
    ]
    return [
        each._replace(name=f"{each.name}_total") if each.kind == "counter" else each
        for each in (*counted, *made)
    ]


def series() -> dict[str, frozenset[str]]:
    """The labels of each series that a query can name."""
    found: dict[str, frozenset[str]] = {}
    for name, kind, labels in shown():
        if kind == "histogram":
            found |= {f"{name}_sum": labels, f"{name}_count": labels}
            found[f"{name}_bucket"] = labels | {"le"}
        else:
            found[name] = labels
    return found
