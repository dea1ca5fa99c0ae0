"""Watching the home file, and that of the settings: whoever edits them need not start anything again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

from hub.home import Home, load_home
from hub.texts import Language
from hub.yamlfile import SettingsError

log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds between two looks at the file."""


T = TypeVar("T")


def home_changes(path: Path | None, language: Language) -> AsyncIterator[Home]:
    """The home each time that its file has changed. What is wrong in the file is logged, and nothing changes."""
    return changes(path, lambda file: load_home(file, language))


async def changes(path: Path | None, read: Callable[[Path], T]) -> AsyncIterator[T]:
    """What is read of the file each time that it has changed; while `read` raises SettingsError, nothing changes."""
    seen = _stamp(path)
    while path is not None:
        await asyncio.sleep(LOOK)
        stamp = _stamp(path)
        if stamp is None or stamp == seen:
            continue
        seen = stamp
        try:
            yield await asyncio.to_thread(read, path)
            log.info("%s has changed", path)
        except SettingsError as error:
            log.error("%s has changed, but all stays as it was: %s", path, error)


def _stamp(path: Path | None) -> tuple[int, int] | None:
    """When the file was written, and its size; None while it is not there, as editors have it for a moment."""
    try:
        return (path.stat().st_mtime_ns, path.stat().st_size) if path else None
    except OSError:
        return None
