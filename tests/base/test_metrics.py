"""The durations of requests are a histogram, made of counters that take many answers at once."""

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from yemae.base import metrics

NAME = "yemae_request_duration_seconds"


def test_durations_are_shown_as_the_histogram_of_what_was_counted() -> None:
    answers = metrics.Answers("test_durations")
    for seconds in (0.0005, 0.001, 0.003, 20.0):
        answers.count(200, seconds)
    answers.add_up()
    answers.count(503, 0.002)
    answers.add_up()
    shown = CollectorRegistry()
    shown.register(metrics.RequestDurations(REGISTRY))
    families = {
        each.name: each for each in text_string_to_metric_families(generate_latest(shown).decode())
    }
    own = [each for each in families[NAME].samples if each.labels["operation"] == "test_durations"]
    assert families[NAME].type == "histogram"
    buckets = [each.value for each in own if each.name == f"{NAME}_bucket"]
    assert buckets == [2, 3, *(4 for _ in metrics.LATENCY_BUCKETS_S[2:]), 5]
    values = {each.name: each.value for each in own}
    assert values[f"{NAME}_count"] == 5
    assert abs(values[f"{NAME}_sum"] - 20.0065) < 1e-9
    assert not [
        name for name in families if name.startswith("yemae_request_duration_") and name != NAME
    ]
