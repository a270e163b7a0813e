"""The durations of requests are a histogram, made of counters that take many answers at once."""

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from yemae.base import metrics, tallies
from yemae.values.durations import BOUNDS_S, bucket_of

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


@given(st.floats(min_value=0, max_value=200))
def test_each_bucket_of_the_history_lies_in_one_of_the_metrics(seconds: float) -> None:
    assert set(metrics.LATENCY_BUCKETS_S) <= set(BOUNDS_S)
    shown_in = metrics.SHOWN_IN[bucket_of(seconds)]
    assert shown_in == bisect_left(metrics.LATENCY_BUCKETS_S, seconds)


def test_a_timed_call_is_counted_for_the_history_as_well() -> None:
    tallies.take()
    answers = metrics.Answers("test_timed", "poll")
    for seconds in (0.0003, 0.0003, 0.04):
        answers.count(200, seconds)
    assert tallies.take() == {}
    answers.add_up()
    assert tallies.take() == {
        tallies.LATENCIES: {f"poll {bucket_of(0.0003)}": 2, f"poll {bucket_of(0.04)}": 1}
    }
    answers.add_up()
    assert tallies.take() == {}
