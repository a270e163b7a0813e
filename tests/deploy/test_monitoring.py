"""The alerts and the dashboard ask for what /metrics really prints."""

import json

import pytest

from helpers.metric_names import series
from helpers.monitoring import labels, names, panels, queries, rules, values
from helpers.pages import read
from yemae import refusals
from yemae.http.operations import OPERATIONS
from yemae.refusals import Refusal
from yemae.store import health

# What Prometheus and its node exporter make themselves.
OTHERS = {
    "up": {"job", "instance"},
    "ALERTS": {"alertname", "alertstate"},
    "node_filesystem_avail_bytes": {"fstype", "mountpoint"},
    "node_filesystem_size_bytes": {"fstype", "mountpoint"},
}
EVERY_SCRAPE = {"job", "instance"}
# A metric's own label of such a name is kept under another one.
OWN = {
    name: had | {f"exported_{each}" for each in had & EVERY_SCRAPE}
    for name, had in series().items()
}
SERIES = {**OWN, **OTHERS}


@pytest.mark.parametrize("query", queries())
def test_every_metric_of_a_query_is_printed_with_its_labels(query: str) -> None:
    assert names(query), "it names no metric"
    assert names(query) <= SERIES.keys()
    known = EVERY_SCRAPE.union(*(SERIES[name] for name in names(query)))
    assert labels(query) <= known


def test_a_metric_or_a_label_that_is_not_printed_is_found() -> None:
    assert names("rate(yemae_hold_total[1m]) > sum(other{a='b'})") == {"yemae_hold_total", "other"}
    assert not names("yemae_hold_total") <= SERIES.keys()
    assert labels('sum by (concert, verb) (x{type="a", le!~"b"})') == {
        "concert", "verb", "type", "le"
    }  # fmt: skip


def test_every_value_of_a_label_exists() -> None:
    operations = {operation.name for operation in OPERATIONS}
    slugs = {each.slug for each in vars(refusals).values() if _is_refusal(each)}
    states = {
        *(word for _, word in (*health.POSTGRES_SAYS, *health.VALKEY_SAYS)),
        *health.VALKEY_WORDS.values(),
    }
    for query in queries():
        assert values(query, "operation") <= operations
        assert values(query, "type") <= slugs
        assert values(query, "state") <= states


def _is_refusal(each: object) -> bool:
    return isinstance(each, type) and issubclass(each, Refusal) and hasattr(each, "slug")


def test_every_state_of_a_store_that_needs_a_cure_has_an_alert() -> None:
    covered = set().union(*(values(rule["expr"], "state") for rule in rules().values()))
    # `away` is what the alert of every state that is not ok says.
    assert covered == {"full", "hangs", "read-only", "replica", "too few replicas", "not saving"}


def test_every_alert_says_in_both_languages_what_to_do() -> None:
    for name, rule in rules().items():
        assert rule["labels"]["severity"] in {"page", "warn"}, name
        assert rule["annotations"].keys() == {"summary", "summary_ko"}, name


def test_panels_have_numbers_of_their_own_and_one_source() -> None:
    board = json.loads(read("deploy/monitoring/dashboard.json"))
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(set(numbers)) == len(numbers) == len({panel["title"] for panel in board["panels"]})
    sources = {panel["datasource"]["uid"] for panel in board["panels"] if panel["type"] != "row"}
    assert sources == {"prometheus"}
    assert f"uid: {sources.pop()}\n" in read("deploy/monitoring/grafana/datasources.yaml")


def test_the_dashboard_shows_the_queue_and_the_sale() -> None:
    shown = set().union(*(names(query) for each in panels().values() for query in each))
    wanted = ("yemae_queue_", "yemae_holds", "yemae_payments", "yemae_admitted", "yemae_polls")
    left_out = {name for name in series() if name.startswith(wanted)} - shown
    # Its rate is shown, as yemae_admitted_total of all servers.
    assert left_out == {"yemae_queue_admitted"}
