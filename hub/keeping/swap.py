"""Putting several files in place at once: after a kill or a power cut, all of them are the old ones or the new ones.

Each is written beside the one that it replaces. The journal, written last, is the moment from which on the new ones
count: whoever finds it finishes what it lists.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from hub.faults import OutsideError
from hub.files import UNFINISHED, sync_folder, write_beside
from hub.texts import text

JOURNAL: Final = ".restoring.json"
"""Its name in the folder of the settings."""


@dataclass(frozen=True, slots=True)
class New:
    """What a file is to be; without a mode it keeps the one that it has."""

    content: bytes
    mode: int | None


@dataclass(frozen=True, slots=True)
class _Journal:
    moves: list[tuple[str, str]]
    """From where to where."""
    removes: list[str]


def swap(folder: Path, new: Mapping[Path, New], gone: Iterable[Path]) -> None:
    """Put the new files in place and take others away; the journal is in `folder`, which must be there.

    Nobody else may do so at the same time. Raises OSError; then all is as it was.
    """
    for place in {folder, *(path.parent for path in new)}:
        for left in place.glob(UNFINISHED):
            left.unlink()
    written: list[Path] = []
    try:
        for path, file in new.items():
            if path.is_dir():
                raise IsADirectoryError(21, os.strerror(21), str(path))
            written.append(write_beside(path, file.content, file.mode))
        for place in {path.parent for path in new}:
            sync_folder(place)
        moves = [(str(source), str(path)) for source, path in zip(written, new, strict=True)]
        journal = _Journal(moves, [str(path) for path in gone])
        written.append(write_beside(folder / JOURNAL, json.dumps(asdict(journal)), 0o640))
        os.chown(written[-1], os.geteuid(), -1)
        written[-1].replace(folder / JOURNAL)
    except BaseException:
        for unfinished in written:
            unfinished.unlink(missing_ok=True)
        raise
    sync_folder(folder)
    finish(folder)


def finish(folder: Path) -> None:
    """Finish what was begun, if anything was. Raises OutsideError where this user cannot."""
    path = folder / JOURNAL
    if not path.exists():
        return
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            here = os.fstat(file.fileno())
            if here.st_nlink == 0:  # another process finished it while this one waited
                return
            if here.st_uid not in (0, os.geteuid()):  # root does not do what somebody else wrote down
                raise PermissionError(1, "it was begun by another user")
            _carry_out(_Journal(**json.load(file)))
            path.unlink()
            sync_folder(folder)
    except (OSError, ValueError, TypeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutsideError(text("restore.unfinished", "en", path=path, reason=reason)) from None


def _carry_out(journal: _Journal) -> None:
    for path in journal.removes:
        Path(path).unlink(missing_ok=True)
    for source, path in journal.moves:
        with suppress(FileNotFoundError):  # it is there already
            Path(source).replace(path)
    for place in {Path(path).parent for _, path in journal.moves}:
        sync_folder(place)
