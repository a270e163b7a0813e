"""Each alert fires on the series that it is for, and not on those beside it (promtool)."""

import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from helpers.monitoring import ALERTS, queries, rules

STEP = "5s"
JOB = 'job="yemae"'


class Case(NamedTuple):
    """Series as promtool writes them, each with its values; and the labels of what then fires."""

    fires: dict[str, str]
    quiet: dict[str, str]
    labels: dict[str, str]
    after: str = "5m"


def steady(value: float, more: float = 0) -> str:
    """A value of each step of ten minutes, growing by `more`."""
    return f"{value}+{more}x120"


def born_late(value: float) -> str:
    """A series that is missing for the first four minutes."""
    return f"_x48 {value}+0x72"


def state(word: str, value: int, store: str = "valkey") -> dict[str, str]:
    """What a server says of the state of a store."""
    return {f'yemae_store_state{{{JOB}, store="{store}", state="{word}"}}': steady(value)}


def queue(**values: str) -> dict[str, str]:
    """The gauges of a queue that admits fans, but for those given."""
    usual = {
        "open": steady(1),
        "waiting": steady(5),
        "active": steady(3),
        "active_limit": steady(10),
        "admitted": steady(7),
    }
    return {
        f'yemae_queue_{name}{{{JOB}, concert="hall"}}': value
        for name, value in {**usual, **values}.items()
    }


def durations(metric: str, labels: str, slow: float) -> dict[str, str]:
    """A histogram in which `slow` of a hundred answers take two seconds."""
    return {
        f'{metric}{{{JOB}, {labels}, le="{bound}"}}': steady(0, count)
        for bound, count in (("0.1", 100 - slow), ("1.0", 100 - slow), ("2.5", 100), ("+Inf", 100))
    }


def requests(**by_status: float) -> dict[str, str]:
    """Holds that were answered, by status."""
    return {
        f'yemae_requests_total{{{JOB}, operation="place_order", status="{status[1:]}"}}': steady(
            0, more
        )
        for status, more in by_status.items()
    }


UP, DOWN = f'up{{{JOB}, instance="a"}}', f'up{{{JOB}, instance="b"}}'
LOSSES = f'yemae_queue_losses_total{{{JOB}, concert="hall"}}'
REFUSED = f"yemae_refusals_total{{{JOB}, type="
RUNS = f'yemae_scheduler_runs_total{{{JOB}, outcome="done"}}'
MAIL_JOB = 'exported_job="deliver_mail"'
LAST_RUN, ELSEWHERE = (
    f'yemae_jobs_last_run_timestamp_seconds{{{JOB}, instance="{node}", {MAIL_JOB}}}'
    for node in "ab"
)
FOLLOW_UPS = f'yemae_follow_up_failures_total{{{JOB}, verb="pay", step="seat map"}}'
ENDED = f'yemae_connections_ended_total{{{JOB}, instance="a"}}'
CLOCK = f'yemae_clock_offset_seconds{{{JOB}, instance="a", store="valkey"}}'
STRETCH = f'yemae_poll_stretch{{{JOB}, instance="a"}}'
OK = f'yemae_store_ok{{{JOB}, store="postgres"}}'
NOT_SELLABLE = f'yemae_checkouts_not_sellable_total{{{JOB}, provider="test"}}'
UNCLEAR = f'yemae_checkouts_unclear_total{{{JOB}, provider="test"}}'
ENDED_CHECKOUTS = f'yemae_checkouts_total{{{JOB}, provider="test", state="captured"}}'
DISPUTES = f'yemae_disputes_open{{{JOB}, instance="a"}}'
HANDED_OVER = f'yemae_checkouts_handed_over{{{JOB}, instance="a"}}'
DISK = 'node_filesystem_{}_bytes{{instance="a", mountpoint="/", fstype="ext4"}}'
AVAILABLE, SIZE = DISK.format("avail"), DISK.format("size")

CASES = {
    "NoServer": Case(
        {UP: steady(0), DOWN: steady(0)}, {UP: steady(1), DOWN: steady(0)}, {}
    ),
    "ServerDown": Case(
        {UP: steady(1), DOWN: steady(0)},
        {UP: steady(1), DOWN: steady(1)},
        {"job": "yemae", "instance": "b"},
    ),
    "StoreNotOk": Case({OK: steady(0)}, {OK: steady(1)}, {"store": "postgres"}),
    "StoreFull": Case(state("full", 1), state("full", 0), {"store": "valkey"}),
    "StoreHangs": Case(state("hangs", 1), state("full", 1), {"store": "valkey"}),
    "StoreTakesNoWrites": Case(
        state("read-only", 1, "postgres"),
        state("read-only", 0, "postgres"),
        {"store": "postgres", "state": "read-only"},
    ),
    "ValkeyNotSaving": Case(state("not saving", 1), state("not saving", 0), {}),
    "NoFanAdmitted": Case(queue(), queue(admitted=steady(7, 1)), {"concert": "hall"}),
    "QueueDataLost": Case({LOSSES: born_late(1)}, {LOSSES: steady(1)}, {"concert": "hall"}, "12m"),
    "InternalErrors": Case(
        {f'{REFUSED}"internal-error"}}': born_late(1)},
        {f'{REFUSED}"internal-error"}}': steady(1)},
        {},
        "6m",
    ),
    "ServerErrors": Case(
        requests(_201=98, _503=2), requests(_201=98, _404=2), {}
    ),
    "Overloaded": Case(
        {f'{REFUSED}"overloaded"}}': steady(0, 1)},
        {f'{REFUSED}"seat-taken"}}': steady(0, 1)},
        {"type": "overloaded"},
    ),
    "SlowAnswers": Case(
        durations("yemae_request_duration_seconds_bucket", 'operation="place_order"', 5),
        durations("yemae_request_duration_seconds_bucket", 'operation="place_order"', 0.5),
        {"operation": "place_order"},
    ),
    "BatchesWait": Case(
        durations("yemae_batch_wait_seconds_bucket", 'verb="pay"', 5),
        durations("yemae_batch_wait_seconds_bucket", 'verb="pay"', 0.5),
        {"verb": "pay"},
    ),
    "PollsStretched": Case(
        {STRETCH: steady(8)}, {STRETCH: steady(7.9)}, {"job": "yemae", "instance": "a"}
    ),
    "ClockOff": Case(
        {CLOCK: steady(-2.1)}, {CLOCK: steady(1.9)}, {"instance": "a", "store": "valkey"}
    ),
    "SchedulerStopped": Case(
        {UP: steady(1), RUNS: steady(3)}, {UP: steady(1), RUNS: steady(3, 1)}, {}, "8m"
    ),
    "JobsStopped": Case(
        {UP: steady(1), LAST_RUN: steady(0)}, {UP: steady(1), LAST_RUN: steady(0, 5)},
        {"exported_job": "deliver_mail"}, "9m",
    ),
    "FollowUpsFail": Case(
        {FOLLOW_UPS: steady(0, 1)}, {FOLLOW_UPS: steady(3)}, {"verb": "pay", "step": "seat map"},
        "9m",
    ),
    "CardPaymentsInDoubt": Case({HANDED_OVER: steady(1)}, {HANDED_OVER: steady(0)}, {}),
    "CardPaymentsDisputed": Case({DISPUTES: steady(1)}, {DISPUTES: steady(0)}, {}),
    "CapturedNotSellable": Case(
        {NOT_SELLABLE: born_late(1)}, {NOT_SELLABLE: steady(1)}, {"provider": "test"}, "12m"
    ),
    "ProviderSilent": Case(
        {UNCLEAR: steady(0, 2), ENDED_CHECKOUTS: steady(0, 10)},
        {UNCLEAR: steady(0, 1), ENDED_CHECKOUTS: steady(0, 20)},
        {"provider": "test"},
        "9m",
    ),
    "ConnectionsAtLimit": Case({ENDED: steady(0, 1)}, {ENDED: steady(9)}, {"instance": "a"}),
    "DiskFillsUp": Case(
        {AVAILABLE: steady(14), SIZE: steady(100)},
        {AVAILABLE: steady(16), SIZE: steady(100)},
        {"instance": "a", "mountpoint": "/", "fstype": "ext4"},
        "8m",
    ),
}  # fmt: skip

# What else keeps an alert quiet.
ALSO_QUIET = {
    "NoFanAdmitted, before the sale": ("NoFanAdmitted", queue(open=steady(0))),
    "NoFanAdmitted, an empty line": ("NoFanAdmitted", queue(waiting=steady(0))),
    "NoFanAdmitted, no room": ("NoFanAdmitted", queue(active=steady(10))),
    "ServerErrors, a node that drains": (
        "ServerErrors",
        {
            f'yemae_requests_total{{{JOB}, operation="readyz", status="503"}}': steady(0, 9),
            **requests(_201=98),
        },
    ),
    "SchedulerStopped, without servers": ("SchedulerStopped", {UP: steady(0)}),
    "JobsStopped, without servers": ("JobsStopped", {UP: steady(0), LAST_RUN: steady(0)}),
    "JobsStopped, another node's process works": (
        "JobsStopped",
        {UP: steady(1), LAST_RUN: steady(0), ELSEWHERE: steady(0, 5)},
    ),
}


def test_every_alert_has_a_case() -> None:
    assert CASES.keys() == rules().keys()


def _test(series: dict[str, str], name: str, after: str, alerts: list[Any]) -> dict[str, Any]:
    return {
        "interval": STEP,
        "input_series": [{"series": each, "values": text} for each, text in series.items()],
        "alert_rule_test": [{"eval_time": after, "alertname": name, "exp_alerts": alerts}],
    }


def _alert(name: str, labels: dict[str, str]) -> dict[str, Any]:
    rule = rules()[name]
    annotations = {key: _filled_in(text, labels) for key, text in rule["annotations"].items()}
    return {"exp_labels": {**labels, **rule["labels"]}, "exp_annotations": annotations}


def _filled_in(text: str, labels: dict[str, str]) -> str:
    for label, value in labels.items():
        text = text.replace(f"{{{{ $labels.{label} }}}}", value)
    return text


def _promtool(*arguments: str) -> None:
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _run(folder: Path, *tests: dict[str, Any]) -> None:
    path = folder / "tests.yaml"
    whole = {"rule_files": [str(ALERTS)], "evaluation_interval": STEP, "tests": list(tests)}
    path.write_text(yaml.safe_dump(whole, allow_unicode=True))
    _promtool("test", "rules", str(path))


@pytest.mark.deployment
@pytest.mark.parametrize("name", CASES)
def test_an_alert_fires_on_its_series_and_on_no_other(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    _run(
        tmp_path,
        _test(case.fires, name, case.after, [_alert(name, case.labels)]),
        _test(case.quiet, name, case.after, []),
    )


@pytest.mark.deployment
@pytest.mark.parametrize("case", ALSO_QUIET)
def test_an_alert_stays_quiet(case: str, tmp_path: Path) -> None:
    name, series = ALSO_QUIET[case]
    _run(tmp_path, _test(series, name, "8m", []))


@pytest.mark.deployment
def test_prometheus_takes_its_configuration_and_every_query(tmp_path: Path) -> None:
    _promtool("check", "config", str(ALERTS.with_name("prometheus.yaml")))
    recorded = [{"record": f"query_{n}", "expr": query} for n, query in enumerate(queries())]
    path = tmp_path / "queries.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": recorded}]}))
    _promtool("check", "rules", str(path))
