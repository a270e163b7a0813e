"""Logs: in JSON every line of every logger is one object, with any text in it."""

import io
import json
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator

import pytest
import structlog

from yemae.base import logs
from yemae.base.logs import WARNINGS_MAX, configure_logs
from yemae.settings import Settings
from yemae.values.text import UNSAFE

NASTY = 'it said "no"\nand {"level": "fine"} \\ 예매 \x1b[31m'


class Terminal(io.StringIO):
    """A stream that a person reads."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """These tests set up the logs of their process, which is everybody's."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def written(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, stream: io.StringIO | None = None
) -> list[str]:
    """The lines that come of our own events and of those of the standard library's loggers."""
    stream = io.StringIO() if stream is None else stream
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logs(settings)
    ours, theirs = structlog.get_logger(), logging.getLogger("psycopg.pool")
    ours.info(NASTY, concert="small-hall", odd=object())
    theirs.warning("error connecting: %s", NASTY)
    theirs.info("not worth a line")
    try:
        raise ValueError(NASTY)
    except ValueError:
        ours.exception("a fault of ours")
        logging.getLogger("uvicorn.error").exception("a fault of theirs")
    return stream.getvalue().splitlines()


def test_every_line_of_json_is_an_object_with_time_level_and_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [
        json.loads(line) for line in written(monkeypatch, Settings().replace(log_format="json"))
    ]
    assert [(line["level"], line["event"]) for line in lines] == [
        ("info", NASTY),
        ("warning", f"error connecting: {NASTY}"),
        ("error", "a fault of ours"),
        ("error", "a fault of theirs"),
    ]
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert [line.get("logger") for line in lines] == [None, "psycopg.pool", None, "uvicorn.error"]
    assert all(NASTY in line["exception"] for line in lines[2:])


def test_a_context_such_as_the_request_reaches_the_lines_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        lines = written(monkeypatch, Settings().replace(log_format="json"))
    assert {json.loads(line)["request_id"] for line in lines} == {"r-1"}


def test_auto_is_json_for_a_file_and_console_for_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Settings().logs.log_format == "auto"
    assert all(line.startswith("{") for line in written(monkeypatch, Settings()))
    seen = written(monkeypatch, Settings(), Terminal())
    assert "small-hall" in "".join(seen)
    assert not any(line.startswith('{"') for line in seen)


def test_a_terminal_can_have_json_and_a_file_console(monkeypatch: pytest.MonkeyPatch) -> None:
    as_json = written(monkeypatch, Settings().replace(log_format="json"), Terminal())
    assert all(json.loads(line)["level"] for line in as_json)
    plain = "\n".join(written(monkeypatch, Settings().replace(log_format="console")))
    assert "[warning  ] error connecting: " in plain
    assert "\x1b[0m" not in plain


def test_a_terminal_is_not_steered_by_what_a_line_says(monkeypatch: pytest.MonkeyPatch) -> None:
    nasty = "\x1b[2J\x9b31m\u202e"
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logs(Settings().replace(log_format="console"))
    structlog.get_logger().info(nasty, name=nasty, odd=[nasty])
    logging.getLogger("theirs").warning("%s", nasty)
    try:
        raise ValueError(nasty)
    except ValueError:
        structlog.get_logger().exception("fault")
    assert not UNSAFE.search(stream.getvalue().replace("\n", ""))


def test_a_kind_of_warning_has_a_limited_number_of_lines_a_minute_and_counts_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    now = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    configure_logs(Settings().replace(log_format="json"))
    ours, theirs = structlog.get_logger(), logging.getLogger("uvicorn.error")
    for number in range(5 * WARNINGS_MAX):
        ours.warning("a store is away", number=number)
        theirs.warning("Invalid HTTP request: %s", number)
        ours.error("a fault", number=number)
    ours.warning("something else")
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    counts = Counter(re.sub(r"\d+", "N", event["event"]) for event in events)
    assert counts == {
        "a store is away": WARNINGS_MAX,
        "Invalid HTTP request: N": WARNINGS_MAX,
        "a fault": 5 * WARNINGS_MAX,
        "something else": 1,
    }
    assert events[-1]["left_out"] == 8 * WARNINGS_MAX
    now += 61
    ours.warning("a store is away")
    assert json.loads(stream.getvalue().splitlines()[-1])["event"] == "a store is away"
    for kind in range(logs.KINDS_MAX + 10 * WARNINGS_MAX):
        ours.warning(f"kind {kind}")
    assert len(stream.getvalue().splitlines()) < logs.KINDS_MAX + 10 * WARNINGS_MAX
