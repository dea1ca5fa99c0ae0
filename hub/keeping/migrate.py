"""`jipsa migrate`: writes files of an older version anew; all that is not a renamed key stays, to the last byte."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node

from hub.config import Settings, load_settings, settings_file, settings_in
from hub.faults import OutsideError
from hub.files import write_file
from hub.keeping.versions import Keys, Kind, newest, renamed, steps_from, version_of
from hub.terminal import out
from hub.texts import Language, text
from hub.yamlfile import SettingsError, YamlFile


class MigrationError(OutsideError):
    """A file cannot be written anew; the text says why."""


def migrate(config: Path | None, *, check: bool) -> int:
    """Write the settings and the files that they name as today's version has them, each with a copy beside it.

    With `check` only say what would be done; the result is the exit code: 1 where there would be something. Raises
    SettingsError for files with faults, MigrationError.
    """
    logging.getLogger("hub.keeping.versions").setLevel(logging.ERROR)  # what it would tell is told here
    settings, main = load_settings(config), settings_file(config)
    language = settings.language
    old = [found for path, kind in written_files(settings, main) if (found := _older(path, kind, language))]
    for path, kind, before, after in old:
        version = version_of(YamlFile.parse(path, before))
        values = {"path": path, "version": version, "newest": newest(kind)}
        if check:
            out.print(text("migrate.would", language, **values))
            continue
        copy = path.with_name(f"{path.name}.v{version}-{datetime.now().astimezone():%Y-%m-%dT%H%M%S}")
        try:
            write_file(copy, before, path.stat().st_mode & 0o777)
            write_file(path, after)
        except OSError as error:
            raise MigrationError(text("migrate.not_written", language, reason=error.strerror, **values)) from None
        out.print(text("migrate.done", language, copy=copy, **values))
    if not old:
        out.print(text("migrate.nothing", language))
    return 1 if check and old else 0


def written_files(settings: Settings, main: Path | None) -> Iterator[tuple[Path, Kind]]:
    """The files that a person writes, with their kind, as far as they are there: all settings, and the homes and
    routines that these name.
    """
    known = all_settings(settings, main)
    named: dict[Path, Kind] = {}
    for found in known.values():
        named |= {found.home: "home"} if found.home else {}
        named |= {found.routines: "routines"} if found.routines else {}
    yield from ((path, "settings") for path in known if path.absolute() not in named)
    yield from ((path, kind) for path, kind in named.items() if path.is_file())


def all_settings(settings: Settings, main: Path | None) -> dict[Path, Settings]:
    """The settings of the file `main`, and those of further satellites, which are beside it (docs/install.md)."""
    beside = sorted(main.parent.glob("*.yaml")) if main is not None else []
    others = {path: found for path in beside if path != main and (found := _settings(path)) is not None}
    return {main: settings, **others} if main is not None else {}


def _settings(path: Path) -> Settings | None:
    try:
        file = YamlFile.read(path)
        return settings_in(file) if file.data else None
    except SettingsError:
        return None


def _older(path: Path, kind: Kind, language: Language) -> tuple[Path, Kind, bytes, bytes] | None:
    """The file as it is and as it is to be, where that is another."""
    try:
        before = path.read_bytes()
    except OSError as error:
        raise MigrationError(f"{path}: {error.strerror}") from None
    after = rewritten(path, before, kind, language)
    return (path, kind, before, after) if after != before else None


def rewritten(path: Path, content: bytes, kind: Kind, language: Language = "en") -> bytes:
    """What is in the file `path`, as today's version has it. Raises SettingsError."""
    file = YamlFile.parse(path, content, language)
    today, _ = renamed(file, kind)
    version = version_of(file)
    if version == newest(kind) or not isinstance(file.data, dict):
        return content
    source = content.decode()
    for keys, name in steps_from(version, kind):
        if (entry := _entry(_compose(source), keys)) is not None:
            source = _put(source, entry[0], name)
    source = _stamped(source, newest(kind))
    if YamlFile.parse(path, source.encode(), language).data != today.data:
        raise SettingsError([file.fault((), "not_rewritten")])
    return source.encode()


def _stamped(source: str, version: int) -> str:
    root = _compose(source)
    if (entry := _entry(root, ("version",))) is not None:
        return _put(source, entry[1], str(version))
    start: int = root.start_mark.index
    if root.flow_style:
        return f"{source[: start + 1]}version: {version}, {source[start + 1 :]}"
    newline = "\r\n" if "\r\n" in source else "\n"
    return f"{source[:start]}version: {version}{newline}{' ' * root.start_mark.column}{source[start:]}"


def _put(source: str, node: Node, new: str) -> str:
    """The source with something else in place of a node."""
    return source[: node.start_mark.index] + new + source[node.end_mark.index :]


def _compose(source: str) -> MappingNode:
    root = YAML(typ="safe", pure=True).compose(source)
    assert isinstance(root, MappingNode)
    return root


def _entry(node: Node, keys: Keys) -> tuple[Node, Node] | None:
    """The nodes of the key at `keys` and of its value."""
    for key, value in node.value if isinstance(node, MappingNode) else ():
        if key.value == keys[0]:
            return (key, value) if len(keys) == 1 else _entry(value, keys[1:])
    return None
