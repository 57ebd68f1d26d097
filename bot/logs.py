"""Logs: fixed event texts with fields, for people or as JSON. Secrets, phones and bodies are never handed to them."""

import logging
import sys

import structlog


def set_up_logs(format_: str, *, level: str = "info") -> None:
    """`format_`: console or json. Libraries that use the standard logging speak from WARNING on."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    # It quotes requests that it cannot read, and those may be a callback; what our own handlers raise, we log.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        exception_formatter=structlog.dev.plain_traceback,  # where `rich` is installed the default prints all locals
    )
    if format_ == "json":
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if format_ == "json" else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
