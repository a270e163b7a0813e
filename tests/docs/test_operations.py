"""docs/operations.md lists every number that /metrics shows."""

import re

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from helpers.pages import read
from yemae.base import metrics
from yemae.http.health import QueueGauges


def shown() -> set[str]:
    counted = [
        next(iter(metric.describe()))
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
    ]
    names = {f"{each.name}_total" if each.type == "counter" else each.name for each in counted}
    made = (QueueGauges({}), metrics.RequestDurations(CollectorRegistry()))
    return names | {family.name for each in made for family in each.collect()}


def test_the_page_lists_every_metric() -> None:
    section = read("docs/operations.md").partition("## Metrics\n")[2].partition("\n## ")[0]
    table = "\n".join(line for line in section.splitlines() if line.startswith("| `"))
    first_cells = "\n".join(line.split("|")[1] for line in table.splitlines())
    assert set(re.findall(r"yemae_\w+", first_cells)) == shown()
