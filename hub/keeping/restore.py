"""`jipsa restore`: puts a backup back, all of it or nothing, after what is there was kept in a backup of its own."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from devices.genie.store import VERSIONS
from hub.config import SEARCHED, Settings, load_settings, settings_file, settings_in, with_beside
from hub.faults import OutsideError
from hub.files import make_folder
from hub.keeping.archive import Archive, Packed, unpack
from hub.keeping.backup import Place, add, collect, store_version, write_backup
from hub.keeping.inuse import alone
from hub.keeping.migrate import rewritten
from hub.keeping.swap import New, finish, swap
from hub.terminal import out
from hub.texts import text
from hub.yamlfile import SettingsError, YamlFile


class RestoreError(OutsideError):
    """Nothing was put back, and all is as it was; the text says why."""


@dataclass(slots=True)
class _Plan:
    """What is to be where."""

    new: dict[Path, New] = field(default_factory=dict)
    gone: list[Path] = field(default_factory=list)


def restore(path: Path, config: Path | None) -> int:
    """Put the backup `path` back. Raises ArchiveError, InUseError, RestoreError."""
    logging.getLogger("hub.keeping.versions").setLevel(logging.ERROR)  # older files are written anew
    main = (settings_file(config) or SEARCHED[0]).absolute()
    finish(main.parent)
    settings = with_beside(Settings(), main.parent)
    with suppress(SettingsError):  # settings that cannot be read are why somebody wants those of a backup
        settings = load_settings(main)
    place, language = Place(main, settings), settings.language
    archive = unpack(path, language)
    try:
        for folder in (main.parent, settings.state_dir):
            make_folder(folder)
        with alone(settings.state_dir, language):
            kept = settings.state_dir / "backups" / f"before-{datetime.now().astimezone():%Y-%m-%dT%H%M%S}.tar.gz"
            found = collect(place)
            plan = _planned(archive, place, found.files)
            for replaced in plan.new:
                add(found, place, replaced)
            write_backup(kept, place, found, secrets=True)
            swap(main.parent, plan.new, plan.gone)
    except OSError as error:
        raise RestoreError(text("restore.not_written", language, path=error.filename, reason=error.strerror)) from None
    out.print(text("restore.done", language, path=path, n=len(plan.new), made=archive.made.astimezone()))
    out.print(text("restore.kept", language, path=kept))
    if not archive.secrets:
        out.print(text("restore.no_secrets", language))
    return 0


def _planned(archive: Archive, place: Place, before: dict[str, Packed]) -> _Plan:
    """What is where afterwards: what the backup has, and nothing else that a backup would have."""
    plan = _Plan()
    for name, file in archive.files.items():
        path = _target(name, archive, place)
        if path in plan.new:
            raise _unfit(place, "twice", name=name)
        plan.new[path] = New(_today(name, path, file, archive, place), 0o600 if file.secret else None)
    for name, file in before.items():
        root, _, below = name.partition("/")
        path = place.roots[root] / below
        if path not in plan.new and root != "credentials" and (archive.secrets or not file.secret):
            plan.gone.append(path)
    stores = [path for path in (*plan.new, *plan.gone) if path.suffix == ".db"]
    plan.gone += [path.with_name(path.name + end) for path in stores for end in ("-wal", "-shm")]
    return plan


def _target(name: str, archive: Archive, place: Place) -> Path:
    """Where a file of the backup belongs here."""
    if name == archive.main:
        return place.main
    root, _, below = name.partition("/")
    folder = place.roots[root]
    path = folder / below
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        raise _unfit(place, "leads_away", name=name, path=path.parent.resolve())
    return path


def _today(name: str, path: Path, file: Packed, archive: Archive, place: Place) -> bytes:
    """What is in the file, as today's version has it; what cannot be read at all is as it was."""
    language = place.settings.language
    if path.suffix == ".db":
        _check_store(file.content, name, place)
    if file.kind is None:
        return file.content
    try:
        parsed = YamlFile.parse(path, file.content, language)
    except SettingsError:
        if name != archive.main:
            return file.content
        raise
    content = rewritten(path, file.content, file.kind, language)
    if name == archive.main:
        kept = settings_in(parsed).state_dir
        if kept != place.settings.state_dir:
            raise _unfit(place, "other_state", there=kept, here=place.settings.state_dir, path=path)
    return content


def _check_store(content: bytes, name: str, place: Place) -> None:
    try:
        version = store_version(content)
    except sqlite3.Error as error:
        raise _unfit(place, "broken_store", name=name, reason=error) from None
    if version > len(VERSIONS):
        raise _unfit(place, "newer_store", name=name)


def _unfit(place: Place, key: str, **values: Any) -> RestoreError:
    return RestoreError(text(f"restore.{key}", place.settings.language, **values))
