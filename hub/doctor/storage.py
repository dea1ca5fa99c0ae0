"""Files: whether what has to be kept can be written, and whether secrets can be read by others."""

from __future__ import annotations

import asyncio
import errno
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from hub.bridges import thinq_token_file
from hub.config import Settings
from hub.credentials import HOMEASSISTANT_TOKEN, kept_file
from hub.doctor.findings import Case, Findings
from hub.web.access import PASSWORD

NEEDED: Final = 200
"""MB that the cache grows to: four home graphs of at most 38 MB, and 50 MB of spoken sentences."""

SECRETS: Final = ("password_file", "token_file", "key_file", "secret_file")
"""Settings that name a file with a secret."""

OTHERS: Final = 0o004
"""The right of everybody to read a file."""


async def disk(case: Case, found: Findings) -> None:
    """Whether the folders of state and cache can be written, with room for what comes into them."""
    fine = []
    for key in ("state_dir", "cache_dir"):
        folder: Path = getattr(case.settings, key)
        fine.append(await asyncio.to_thread(_written, key, folder, found))
    if all(fine):
        free = min(_free(folder) for folder in (case.settings.state_dir, case.settings.cache_dir))
        if free < NEEDED:
            found.warning("disk_short", path=case.settings.cache_dir, free=free, needed=NEEDED)
        else:
            found.ok("disk", free=f"{free / 1000:.1f}")


def _written(key: str, folder: Path, found: Findings) -> bool:
    """Whether a file can be written there, or where the folder will be made; none is left."""
    where = _there(folder)
    try:
        with tempfile.TemporaryFile(dir=where) as file:
            file.write(bytes(1 << 16))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            found.failure("disk_short", path=where, free=0, needed=NEEDED)
        elif error.errno == errno.EROFS:
            found.failure("disk_read_only", key=key, path=where)
        elif isinstance(error, PermissionError):
            found.failure("disk_denied", key=key, path=where, user=user_name())
        else:
            found.failure("disk_fault", key=key, path=where, reason=error.strerror)
        return False
    return True


def _there(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next((path for path in (folder, *folder.parents) if _exists(path)), Path("/"))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder above it is closed to us
        return False


def _free(folder: Path) -> int:
    return shutil.disk_usage(_there(folder)).free // 1_000_000


def user_name() -> str:
    """Who runs this."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


async def secrets(case: Case, found: Findings) -> None:
    """Whether everybody on this machine can read passwords, keys and tokens."""
    kept = dict(_secrets(case.settings))
    if case.file is not None and urlsplit(case.settings.broker.url).password:
        kept["broker.url"] = case.file
    there = {key: path for key, path in kept.items() if _is_file(path)}
    open_to_all = {key: path for key, path in there.items() if path.stat().st_mode & OTHERS}
    for key, path in open_to_all.items():
        found.warning("secret_open", key=key, path=path)
    if not open_to_all:
        found.ok("secrets", n=len(there))


def _is_file(path: Path) -> bool:
    with suppress(PermissionError):
        return path.is_file()
    return False  # whoever may not look into its folder does not read it there


def _secrets(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The files with secrets, by the settings that name them, or would."""
    yield from _named(settings.model_dump(), "")
    yield "thinq.token_file", thinq_token_file(settings)
    own = settings.homeassistant.token_file
    yield "homeassistant.token_file", kept_file(own, HOMEASSISTANT_TOKEN, settings.state_dir)
    yield "web", settings.state_dir / PASSWORD
    if settings.web.key is not None:
        yield "web.key", settings.web.key


def _named(section: Mapping[str, Any], above: str) -> Iterator[tuple[str, Path]]:
    for key, value in section.items():
        if isinstance(value, Mapping):
            yield from _named(value, f"{above}{key}.")
        elif key in SECRETS and value is not None:
            yield above + key, value
