"""How a log line is made: one path for our own events and for those of every library, ending in one JSON object."""

import json
import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from app.core import clock
from app.core.logs.masking import failure, masked

OURS = ("app", "workflows", "config")


class Lines(logging.StreamHandler[TextIO]):
    """Writes to the stream given, or to whatever standard error is at that moment."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self.given = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self.stream = self.given or sys.stderr
        super().emit(record)


def get(name: str) -> Any:
    """The logger of a module: log.info("import_accepted", batch=ref, rows=1200). Events are words, not sentences."""
    return structlog.stdlib.get_logger(name)


def configure(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every log line of this process, ours and the libraries', through the filter; once per process.

    level: of our own lines; libraries stay at INFO or above, SQL statements are never written.
    """
    structlog.configure(
        processors=[structlog.stdlib.add_logger_name, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = Lines(stream)
    handler.setFormatter(_formatter())
    handler.addFilter(_quiet_libraries)
    root = logging.getLogger()
    root.handlers[:] = [*(h for h in root.handlers if type(h) not in (logging.StreamHandler, Lines)), handler]
    root.setLevel(level)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    for name in ("werkzeug", "gunicorn.error", "gunicorn.access", "rq.worker"):
        library = logging.getLogger(name)
        library.handlers[:], library.propagate = [], True


def _formatter() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.add_log_level],
        processors=[
            structlog.contextvars.merge_contextvars,
            _stamp,
            _failure_without_message,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _mask,
            _as_json,
        ],
    )


def _quiet_libraries(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.INFO or record.name.partition(".")[0] in OURS


def _stamp(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    event["level"] = record.levelname.lower() if record else method
    event["at"] = clock.machine_now().isoformat(timespec="milliseconds")
    return event


def _failure_without_message(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    record, given = event.get("_record"), event.pop("exc_info", None)
    found = given or (record.exc_info if record else None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if found and found[1] is not None:
        event["failure"] = failure(found[1], found[2])
    event.pop("stack_info", None)
    return event


def _mask(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    cleaned = {key: masked(key, value) for key, value in event.items()}
    return {key: value for key, value in cleaned.items() if value is not None}


def _as_json(logger: WrappedLogger, method: str, event: EventDict) -> str:
    first = {key: event.pop(key) for key in ("at", "level", "logger", "event") if key in event}
    return json.dumps({**first, **event}, ensure_ascii=False, default=str)
