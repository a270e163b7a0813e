"""Structured logs on stderr: one line for each event, JSON for machines or console for people.

Always holds: what the standard library's loggers say (drivers, the scheduler, the web server) goes
the same way, so that in JSON every line is one object with `timestamp`, `level` and `event`.
"""

import logging
import sys

import structlog

from yemae.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Set up structlog for this process; the standard library's loggers join in from warning."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    steps: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    renderer = _renderer(settings)
    structlog.configure(
        processors=[*steps, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *steps],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    # A tick that is still busy when the next is due is skipped, and that is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _renderer(settings: Settings) -> structlog.typing.Processor:
    """What makes a line of an event."""
    terminal = sys.stderr.isatty()
    if settings.log_format == "console" or (settings.log_format == "auto" and terminal):
        # Plain, because a traceback that shows the values of variables would show secrets.
        return structlog.dev.ConsoleRenderer(
            colors=terminal, exception_formatter=structlog.dev.plain_traceback
        )
    return structlog.processors.JSONRenderer()
