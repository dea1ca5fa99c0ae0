"""`jipsa backup`: all that a household wrote and that Jipsa keeps of it, in one file; what can be made again is not."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from hub.config import Settings, load_settings, settings_file
from hub.faults import OutsideError
from hub.files import write_file
from hub.keeping.archive import GIVEN, LARGEST, MOST, TOKENS, Archive, Packed, is_too_deep, pack
from hub.keeping.inuse import shared
from hub.keeping.migrate import all_settings, written_files
from hub.keeping.versions import Kind, version_of
from hub.terminal import out
from hub.texts import text
from hub.yamlfile import SettingsError, YamlFile

CREDENTIALS: Final = Path("/etc/credstore")
"""Where systemd takes credentials from."""

PASSING: Final = ("-wal", "-shm", ".broken", ".new", ".gz", ".sqlite", "-sessions.json", "remote-nonces")
"""How names of files end that are no state of their own."""


class BackupError(OutsideError):
    """There is no backup; the text says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files of a household are: those of the settings file `main`, which need not be there."""

    main: Path
    settings: Settings

    @property
    def roots(self) -> dict[str, Path]:
        """The folders of all that is in a backup."""
        return {"settings": self.main.parent, "state": self.settings.state_dir, "credentials": CREDENTIALS}

    def name(self, path: Path) -> str | None:
        """What a file is called in a backup; None for one that is elsewhere, or hidden."""
        if path == self.main:
            return f"settings/{path.name.lstrip('.')}"
        for root, folder in sorted(self.roots.items(), key=lambda entry: -len(entry[1].parts)):
            if path.is_relative_to(folder):
                parts = path.relative_to(folder).parts
                hidden = any(part.startswith(".") for part in parts)
                return None if hidden or is_too_deep(root, parts) else "/".join((root, *parts))
        return None


@dataclass(slots=True)
class Found:
    """The files of a household by their names in a backup, and what is to be told of them."""

    files: dict[str, Packed] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    told: dict[Path, str] = field(default_factory=dict)


def backup(path: Path | None, config: Path | None, *, secrets: bool) -> int:
    """Write a backup to `path`, or else into this folder under a name with the time. Raises BackupError."""
    logging.getLogger("hub.keeping.versions").setLevel(logging.ERROR)  # an older file is kept as it is
    settings, main = load_settings(config), settings_file(config)
    language = settings.language
    place = Place((main or Path("jipsa.yaml")).absolute(), settings)
    try:
        with shared(settings.state_dir, language) if settings.state_dir.exists() else nullcontext():
            found = collect(place)
    except OSError as error:
        raise BackupError(text("backup.unreadable", language, path=error.filename, reason=error.strerror)) from None
    if not secrets:
        found.files = {name: file for name, file in found.files.items() if not file.secret}
    path = path or Path(f"jipsa-{datetime.now().astimezone():%Y-%m-%dT%H%M%S}.tar.gz")
    write_backup(path, place, found, secrets=secrets)
    out.print(text("backup.done", language, path=path, n=len(found.files)))
    for sentence in found.told.values():
        out.print(sentence)
    out.print(text("backup.secrets" if secrets else "backup.no_secrets", language, path=path))
    return 0


def write_backup(path: Path, place: Place, found: Found, *, secrets: bool) -> None:
    """Write what was found into a file that nobody else can read. Raises BackupError."""
    language = place.settings.language
    if len(found.files) > MOST or sum(len(file.content) for file in found.files.values()) > LARGEST // 2:
        raise BackupError(text("archive.too_large", language, path=path, megabytes=LARGEST >> 21, most=MOST))
    main = place.name(place.main)
    made = datetime.now(UTC).replace(microsecond=0)
    archive = Archive(found.files, main if main in found.files else None, secrets, made, version("jipsa"))
    try:
        write_file(path, pack(archive, found.versions), 0o600)
    except OSError as error:
        raise BackupError(text("backup.not_written", language, path=path, reason=error.strerror)) from None


def collect(place: Place) -> Found:
    """All files of a household. Raises BackupError for one that cannot be read."""
    found = Found()
    main = place.main if place.main.is_file() else None
    if main is not None:
        add(found, place, main, kind="settings")
    for path, kind in written_files(place.settings, main):
        add(found, place, path, kind=kind)
    for settings in (place.settings, *all_settings(place.settings, main).values()):
        for path, secret in sorted(_named(settings)):
            add(found, place, path, secret=secret)
    for path in sorted(place.settings.state_dir.glob("*")):
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(PASSING):
            add(found, place, path, secret=path.name.endswith("-password"))
    for token in sorted(TOKENS):
        add(found, place, place.settings.state_dir / token, secret=True)
    if os.geteuid() == 0:
        for path in (CREDENTIALS / name for name in sorted(GIVEN)):
            if path.is_file():
                add(found, place, path, secret=True)
    return found


def _named(settings: Settings) -> Iterator[tuple[Path, bool]]:
    """The files that settings name beside those that have versions, and whether each is secret."""
    if settings.sentences is not None:
        yield from ((path, False) for path in settings.sentences.glob("*.yaml"))
    yield from ((Path(calendar.source), False) for calendar in settings.genie.calendars if "://" not in calendar.source)
    yield from ((path, True) for path in _secrets(settings))


def _secrets(section: BaseModel) -> Iterator[Path]:
    """The files of keys such as password_file and token_file."""
    for name, value in section:
        if isinstance(value, BaseModel):
            yield from _secrets(value)
        elif isinstance(value, Path) and name.endswith("_file"):
            yield value


def add(found: Found, place: Place, path: Path, *, kind: Kind | None = None, secret: bool = False) -> None:
    """Add a file that is there to those found. Raises BackupError where it cannot be read."""
    path = Path(os.path.normpath(path))
    name, language = place.name(path), place.settings.language
    if not path.is_file():
        return
    if name is None:
        found.told[path] = text("backup.elsewhere", language, path=path)
        return
    if name in found.files:
        found.files[name] = replace(found.files[name], secret=found.files[name].secret or secret)
        return
    try:
        content = stored(path) if path.suffix == ".db" else path.read_bytes()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise BackupError(text("backup.unreadable", language, path=path, reason=error)) from None
        content, name = path.read_bytes(), f"{name}.broken"  # as the assistant calls it when it puts it aside
        found.told[path] = text("backup.broken", language, path=path, name=name, reason=error)
    if kind is not None:
        found.versions[name] = _version(path, content)
    found.files[name] = Packed(content, kind, secret)


def stored(path: Path) -> bytes:
    """The SQLite file as it is at this moment, whoever writes to it meanwhile. Raises sqlite3.Error."""
    with closing(sqlite3.connect(path)) as file, closing(sqlite3.connect(":memory:")) as copy:
        file.backup(copy)
        content = copy.serialize()
    # It has no log (WAL) beside it, and says so: https://www.sqlite.org/fileformat2.html#file_format_version_numbers
    content = content[:18] + b"\x01\x01" + content[20:]
    store_version(content)
    return content


def store_version(content: bytes) -> int:
    """The version that a SQLite file without a log has; raises sqlite3.Error where it is not whole."""
    with closing(sqlite3.connect(":memory:")) as file:
        file.deserialize(content)
        if (state := file.execute("PRAGMA quick_check(1)").fetchone()) != ("ok",):
            raise sqlite3.DatabaseError(str(state))
        (version,) = file.execute("PRAGMA user_version").fetchone()
        return int(version)


def _version(path: Path, content: bytes) -> int:
    try:
        return version_of(YamlFile.parse(path, content))
    except SettingsError:
        return 1
