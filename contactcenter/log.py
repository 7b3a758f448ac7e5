"""Structured logs: JSON lines in production, readable lines on a terminal."""

import logging
import sys
from typing import Any

import structlog

REDACTED = ("password", "secret", "token", "authorization", "cookie", "jwt")


def configure(*, json: bool, level: str = "info") -> None:
    """Set up logging for the whole process; secrets are cut out by the name of their field."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact,
    ]
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=renderer)
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def get(**bound: Any) -> structlog.typing.FilteringBoundLogger:
    """A logger with these fields in every line."""
    return structlog.get_logger(**bound)


def _redact(_logger: Any, _method: str, event: Any) -> Any:
    for name in event:
        if any(word in name.lower() for word in REDACTED):
            event[name] = "[redacted]"
    return event
