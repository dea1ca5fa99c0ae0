"""Who uses the state folder: services share it, and whoever puts other state there has it alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from hub.faults import OutsideError
from hub.texts import Language, text

_held: list[int] = []


class InUseError(OutsideError):
    """Somebody else uses the folder; the text says what to do."""


def share(folder: Path, language: Language) -> None:
    """Use the folder until this process ends. Raises InUseError while somebody has it alone.

    Where there is none and none can be made, nothing can be kept in it either.
    """
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        _held.append(_locked(folder, fcntl.LOCK_SH, text("restore.going_on", language, folder=folder)))


def shared(folder: Path, language: Language) -> AbstractContextManager[None]:
    """Use the folder, which must be there. Raises InUseError while somebody has it alone."""
    return _locked_for_now(folder, fcntl.LOCK_SH, text("restore.going_on", language, folder=folder))


def alone(folder: Path, language: Language) -> AbstractContextManager[None]:
    """Have the folder alone, which must be there. Raises InUseError while a service uses it."""
    return _locked_for_now(folder, fcntl.LOCK_EX, text("restore.in_use", language, folder=folder))


@contextmanager
def _locked_for_now(folder: Path, manner: int, otherwise: str) -> Iterator[None]:
    descriptor = _locked(folder, manner, otherwise)
    try:
        yield
    finally:
        os.close(descriptor)


def _locked(folder: Path, manner: int, otherwise: str) -> int:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, manner | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InUseError(otherwise) from None
    return descriptor
