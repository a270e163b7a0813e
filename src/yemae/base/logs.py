"""Structured logs on stderr: one line for each event, JSON for machines or console for people.

Always holds: what the standard library's loggers say (drivers, the scheduler, the web server) goes
the same way, so that in JSON every line is one object with `timestamp`, `level` and `event`. A
warning that clients can cause is throttled: each kind has a maximum of lines for each minute. A
name in a line cannot control a terminal.
"""

import logging
import sys
import time
from collections import Counter
from typing import Protocol

import structlog

from yemae.settings import Settings
from yemae.values.text import printable

# How many warnings of one kind are written in a minute. Errors are always written: each is a fault.
WARNINGS_MAX = 30
KINDS_MAX = 1_000
MINUTE_S = 60.0


class Logger(Protocol):
    """A logger as modules without `Any` use it: structlog's own type is Any."""

    def warning(self, event: str, **fields: object) -> object:
        """Write an event that is no fault of ours."""

    def error(self, event: str, **fields: object) -> object:
        """Write a fault."""


def logger(name: str) -> Logger:
    """The logger of a module."""
    found: Logger = structlog.get_logger(name)
    return found


def configure_logs(settings: Settings) -> None:
    """Set up structlog for this process; the standard library's loggers join in from warning."""
    level = logging.getLevelNamesMapping()[settings.logs.log_level.upper()]
    warnings = Warnings()
    steps: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    renderers = _renderers(settings)
    structlog.configure(
        processors=[warnings.of_ours, *steps, *renderers],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *steps],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    handler.addFilter(warnings.of_others)
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)


class Warnings:
    """Throttles the warnings of one kind; the first of the next minute says how many were left
    out."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._ends_at = 0.0
        self._left_out = 0

    def of_ours(
        self, _: object, method: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        """A step of structlog's. Raises DropEvent for a warning too many."""
        if method == "warning":
            left_out = self._count(str(event["event"]))
            if left_out is None:
                raise structlog.DropEvent
            if left_out:
                event["left_out"] = left_out
        return event

    def of_others(self, record: logging.LogRecord) -> bool:
        """A filter of the standard library's: whether the line is written."""
        # What the arguments fill in may be anything; the text around them is the kind.
        return record.levelno > logging.WARNING or (
            self._count(f"{record.name}: {record.msg}") is not None
        )

    def _count(self, kind: str) -> int | None:
        """How many warnings were left out before this one, or None to leave it out, too."""
        now = time.monotonic()
        if now >= self._ends_at:
            self._counts.clear()
            self._ends_at = now + MINUTE_S
        if len(self._counts) >= KINDS_MAX and kind not in self._counts:
            kind = ""
        self._counts[kind] += 1
        if self._counts[kind] > WARNINGS_MAX:
            self._left_out += 1
            return None
        left_out, self._left_out = self._left_out, 0
        return left_out


def _harmless(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Texts without what steers a terminal; what is no text is written as its repr anyway."""
    return {
        name: printable(value, lines=name in ("exception", "stack"))
        if isinstance(value, str)
        else value
        for name, value in event.items()
    }


def writes_json(settings: Settings) -> bool:
    """Whether logs are for machines."""
    return settings.logs.log_format == "json" or (
        settings.logs.log_format == "auto" and not sys.stderr.isatty()
    )


def _renderers(settings: Settings) -> list[structlog.typing.Processor]:
    """What makes a line of an event."""
    terminal = sys.stderr.isatty()
    if not writes_json(settings):
        # Plain, because a traceback that shows the values of variables would show secrets.
        console = structlog.dev.ConsoleRenderer(
            colors=terminal, exception_formatter=structlog.dev.plain_traceback
        )
        return [_harmless, console]
    return [structlog.processors.JSONRenderer()]
