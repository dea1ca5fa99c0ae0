"""What a process of the hub logs, in the form of the place where standard error goes.

To systemd's journal as entries with fields, each with its traceback; to a terminal in colour; to everything else as
lines, or as JSON lines where they are asked for. Whatever a message holds, one record is one line or one entry.

Facts: https://systemd.io/JOURNAL_NATIVE_PROTOCOL/
"""

from __future__ import annotations

import json
import logging
import os
import socket
import struct
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from hub.printable import line, printable

JOURNAL = "/run/systemd/journal/socket"

IDENTIFIER = "jipsa"
"""What entries of the journal are found by (`journalctl -t jipsa`), in all services."""

FIELDS: Final = ("utterance", "intent", "device", "way")
"""What a record may be about: keys of a JSON line, and in the journal JIPSA_UTTERANCE and so on."""

LONGEST_TRACEBACK = 60
"""Lines; of a longer one the last are kept, which name the fault."""

PRIORITIES: Final = {"DEBUG": 7, "INFO": 6, "WARNING": 4, "ERROR": 3, "CRITICAL": 2}
"""Syslog's numbers for our levels."""

ROOMS: Final = {"butler": "butler", "speech": "voice", "wyoming": "wyoming"}
"""Packages of services, and these; those in devices/ are called as their bridge."""


class Level(StrEnum):
    """From which level on something is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Form(StrEnum):
    """How it is written: as suits the place where it goes, or as JSON lines."""

    AUTO = "auto"
    JSON = "json"


_about: ContextVar[MappingProxyType[str, str]] = ContextVar("about", default=MappingProxyType({}))
_service = IDENTIFIER


def about(**fields: str | None) -> None:
    """From now on this task, and each that it starts, logs about these (see FIELDS)."""
    _about.set(MappingProxyType({**_about.get(), **{name: value for name, value in fields.items() if value}}))


def serve_as(service: str) -> None:
    """Say which service this process is."""
    global _service
    _service = service


def in_journal() -> bool:
    """Whether standard error goes to systemd's journal."""
    try:
        found = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):  # closed, or no file at all
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def set_up(level: Level, form: Form = Form.AUTO) -> None:
    """Log from `level` on. Other libraries are heard from warnings on: at `debug` some tell tokens."""
    handler = _handler(form)
    handler.addFilter(_Fields())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for ours in ("hub", "devices"):
        logging.getLogger(ours).setLevel(level.upper())
    logging.captureWarnings(True)


def for_machines() -> bool:
    """Whether errors, too, are to be logged rather than printed, because no person reads standard error as it is."""
    return any(isinstance(handler, JournalHandler | _JsonHandler) for handler in logging.getLogger().handlers)


def _handler(form: Form) -> logging.Handler:
    if form is Form.JSON:
        return _JsonHandler()
    if in_journal():
        return JournalHandler()
    if sys.stderr.isatty():
        from rich.logging import RichHandler

        from hub.terminal import Terminal

        handler: logging.Handler = RichHandler(console=Terminal(stderr=True), show_path=False)
        handler.setFormatter(_Formatter())
        return handler
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter("{at} {levelname} {name}: "))
    return handler


class _Fields(logging.Filter):
    """Adds to a record which service it is from, when it was, and what it is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        package, room, *rest = (*record.name.split("."), "", "")
        bridge = room if package == "devices" and rest[0] else None
        record.service = bridge or (ROOMS.get(room) if package == "hub" else None) or _service
        record.at = datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")
        for name, value in _about.get().items():
            record.__dict__.setdefault(name, value)
        return True


def _message(record: logging.LogRecord) -> str:
    return line(record.getMessage())


def _traceback(record: logging.LogRecord) -> list[str]:
    """The lines of the traceback, if there is one; indented, so that none can pass for a message."""
    if not record.exc_info:
        return []
    lines = logging.Formatter().formatException(record.exc_info).split("\n")
    return [f"    {line(one)}" for one in lines[-LONGEST_TRACEBACK:]]


class _Formatter(logging.Formatter):
    """The message behind what is to stand before it, and below it the traceback."""

    def __init__(self, before: str = "") -> None:
        super().__init__()
        self._before = before

    def format(self, record: logging.LogRecord) -> str:
        before = self._before.format_map(record.__dict__)
        return "\n".join([before + _message(record), *_traceback(record)])


class _JsonHandler(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the stubs only
    """One JSON object per line: at, level, service, logger, message, then what it is about, and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "at": record.__dict__["at"],
            "level": record.levelname.lower(),
            "service": record.__dict__["service"],
            "logger": record.name,
            "message": _message(record),
            **{name: record.__dict__[name] for name in FIELDS if name in record.__dict__},
        }
        if trace := _traceback(record):
            told["traceback"] = "\n".join(trace)
        return printable(json.dumps(told, ensure_ascii=False))


class JournalHandler(logging.Handler):
    """Sends each record to systemd's journal as an entry with fields."""

    def __init__(self, path: str | Path = JOURNAL) -> None:
        super().__init__()
        self.setFormatter(_Formatter())
        self._path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)

    def emit(self, record: logging.LogRecord) -> None:
        """Send the entry; where the journal takes none, its line goes to standard error, which it reads, too."""
        try:
            text = self.format(record)
            priority = PRIORITIES.get(record.levelname, 5)
            try:
                self._socket.sendto(b"".join(_entry(record, text, priority)), self._path)
            except OSError:
                sys.stderr.write(f"<{priority}>{line(text)}\n")
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
        super().close()


def _entry(record: logging.LogRecord, text: str, priority: int) -> Iterator[bytes]:
    """The fields of an entry, as the journal's own protocol writes them."""
    fields: dict[str, object] = {
        "MESSAGE": text,
        "PRIORITY": priority,
        "SYSLOG_IDENTIFIER": IDENTIFIER,
        "CODE_FILE": record.pathname,
        "CODE_LINE": record.lineno,
        "CODE_FUNC": record.funcName,
        "LOGGER": record.name,
        "JIPSA_SERVICE": record.__dict__["service"],
        "MESSAGE_ID": record.__dict__.get("message_id"),
    }
    fields |= {f"JIPSA_{name.upper()}": record.__dict__.get(name) for name in FIELDS}
    for name, value in fields.items():
        if value is not None:
            content = (json.dumps(value) if isinstance(value, list) else str(value)).encode(errors="replace")
            yield b"%s\n%s%s\n" % (name.encode(), struct.pack("<Q", len(content)), content)
