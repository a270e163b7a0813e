"""The alerts and the dashboard of deploy/monitoring, and the queries in them."""

import json
import re
from functools import cache
from typing import Any

import yaml

from helpers.pages import ROOT, read

ALERTS = ROOT / "deploy" / "monitoring" / "alerts.yaml"
NAME = re.compile(r"\byemae_\w+|\b[a-z_]+(?=[{\[])|\bALERTS\b")
MATCHER = re.compile(r"(\w+)\s*[!=]~?\s*\"([^\"]*)\"")
GROUPING = re.compile(r"\bby \(([\w, ]*)\)")


@cache
def rules() -> dict[str, dict[str, Any]]:
    """Each alert by its name."""
    (group,) = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


def panels() -> dict[str, list[str]]:
    """The queries of each panel by its title, as Prometheus gets them."""
    board = json.loads(read("deploy/monitoring/dashboard.json"))
    return {
        panel["title"]: [_filled_in(target["expr"]) for target in panel["targets"]]
        for panel in board["panels"]
        if panel["type"] != "row"
    }


def _filled_in(query: str) -> str:
    return query.replace("$__rate_interval", "1m").replace("$concert", ".*")


def queries() -> list[str]:
    """Every query of an alert or a panel."""
    of_panels = [query for each in panels().values() for query in each]
    return [*(rule["expr"] for rule in rules().values()), *of_panels]


def names(query: str) -> set[str]:
    """The series that a query reads."""
    return set(NAME.findall(_without_comments(query)))


def labels(query: str) -> set[str]:
    """The labels that a query selects or groups by."""
    grouped = ",".join(GROUPING.findall(query))
    selected = {label for label, _ in MATCHER.findall(query)}
    return selected | {label.strip() for label in grouped.split(",") if label.strip()}


def values(query: str, label: str) -> set[str]:
    """What a query compares a label with."""
    return {
        value
        for name, text in MATCHER.findall(query)
        if name == label
        for value in text.split("|")
        if value.replace("_", "").replace("-", "").replace(" ", "").isalpha()
    }


def _without_comments(query: str) -> str:
    return "\n".join(line for line in query.splitlines() if not line.lstrip().startswith("#"))
