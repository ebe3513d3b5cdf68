"""One JSON line an event on standard output, of ours and of the libraries."""

import logging
import sys
from typing import Any

import orjson
import structlog

# A traceback names its lines, never its variables: they may hold a password, a key or a card's number.
_TRACEBACKS = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)


def configure_logs(level: str, *, service: str) -> None:
    """From now on; `level` is debug, info, warning or error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_TRACEBACKS),
        _named(service),
    ]
    number = getattr(logging, level.upper())
    structlog.configure(
        processors=[step for step in shared if not isinstance(step, structlog.stdlib.ExtraAdder)]
        + [structlog.processors.JSONRenderer(serializer=_dumps)],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_dumps),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=number, force=True)
    for name in ("procrastinate", "alembic", "psycopg.pool", "uvicorn.access"):
        logging.getLogger(name).setLevel(max(number, logging.WARNING))


def _named(service: str) -> Any:
    def add(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        event.setdefault("service", service)
        return event

    return add


def _dumps(event: dict[str, Any], **_options: Any) -> str:
    return orjson.dumps(event, default=str).decode()
