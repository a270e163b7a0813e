"""Structured logs on stderr: one line for each event, JSON for machines or console for people."""

import logging
import sys

import structlog

from yemae.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Set up structlog for this process; the standard library's loggers join in from warning."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        stream=sys.stderr,
        level=max(level, logging.WARNING),
        force=True,
        format='{"logger": "%(name)s", "level": "%(levelname)s", "event": "%(message)s"}'
        if settings.log_format == "json"
        else "%(levelname)s %(name)s: %(message)s",
    )
    # A tick that is still busy when the next is due is skipped, and that is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
