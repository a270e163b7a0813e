"""docs/operations.md lists every number that /metrics shows."""

import re

from helpers.metric_names import shown
from helpers.pages import read


def test_the_page_lists_every_metric() -> None:
    section = read("docs/operations.md").partition("## Metrics\n")[2].partition("\n## ")[0]
    table = "\n".join(line for line in section.splitlines() if line.startswith("| `"))
    first_cells = "\n".join(line.split("|")[1] for line in table.splitlines())
    assert set(re.findall(r"yemae_\w+", first_cells)) == {metric.name for metric in shown()}
