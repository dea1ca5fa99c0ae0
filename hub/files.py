"""Writing a file so that a power cut, a full disk or a kill leaves the old one or the new one, never half of one."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

UNFINISHED = ".*.????????.new"
"""Names of files that are not yet what they are to be; one that is older than its writer will never be."""


def write_file(path: Path, content: str | bytes, mode: int | None = None) -> None:
    """Put the file there, and its folder where there is none; text as UTF-8. It is on the disk when this returns.

    Without a `mode` it keeps the one it had. Where root writes it, it belongs to whom it belonged, or to whom its
    folder belongs. A link is followed. Raises OSError; what was there then stays as it was.
    """
    path = path.resolve()
    unfinished = write_beside(path, content, mode)
    try:
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_beside(path: Path, content: str | bytes, mode: int | None = None) -> Path:
    """Write what is to be the file `path` into another one of its folder, which has only to be renamed."""
    make_folder(path.parent)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _take_over(file.fileno(), path, mode)
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return unfinished


def make_folder(path: Path) -> None:
    """Make the folder where there is none; where root makes it, it belongs to whom the one above belongs."""
    if not path.is_dir():
        make_folder(path.parent)
        with suppress(FileExistsError):
            path.mkdir()
        _give(path, path.parent.stat())


def sync_folder(folder: Path) -> None:
    """Have the names in the folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _take_over(descriptor: int, path: Path, mode: int | None) -> None:
    """The rights and the owner that the file `path` has, or is to have."""
    before = path.stat() if path.is_file() else None
    if mode is None and before is not None:
        mode = stat.S_IMODE(before.st_mode)
    _give(descriptor, before or path.parent.stat())
    if mode is not None:
        os.fchmod(descriptor, mode)


def _give(file: int | Path, like: os.stat_result) -> None:
    if os.geteuid() == 0:
        os.chown(file, like.st_uid, like.st_gid)
