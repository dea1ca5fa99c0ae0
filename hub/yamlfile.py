"""Reading a YAML file that a person wrote, so that every fault names its line.

`YamlFile.read` parses (ruamel.yaml, YAML 1.2) and `YamlFile.validate` checks against a pydantic model; both raise
SettingsError with all faults they found. Positions stay available for the checks that come after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from hub.faults import OutsideError
from hub.payloads import Value
from hub.texts import Language, text
from hub.yamlfaults import explained, shown

LARGEST_FILE = 1 << 20
"""Bytes; a home of a thousand devices takes a tenth of it."""

MOST_VALUES = 50_000
"""Values in one file, counted after aliases are followed: what stops an alias bomb."""

DEEPEST = 20
"""Levels of lists and mappings."""

MOST_LINES = 50
"""Faults that are written out; who has more mends those first."""

Key = str | int
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file: where, what, and what was probably meant (`what` says that in words, too)."""

    file: Path
    line: int | None
    path: str
    what: str
    suggestion: str | None = None

    def __str__(self) -> str:
        file = self.file
        with suppress(ValueError):
            here = Path.cwd()
            file = file.relative_to(here) if here != Path("/") else file
        place = str(file) if self.line is None else f"{file}:{self.line}"
        return ": ".join(part for part in (place, self.path, self.what) if part)


class SettingsError(OutsideError):
    """A file that cannot be used as it is; `faults` says why, and as text one line each (the first fifty)."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [str(fault) for fault in self.faults[:MOST_LINES]]
        if len(self.faults) > MOST_LINES:
            lines.append(f"… +{len(self.faults) - MOST_LINES}")
        super().__init__("\n".join(lines))
        self._lines = tuple(lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """One for each fault."""
        return self._lines


def fault_in(key: str, suggestion: str | None = None, **values: object) -> PydanticCustomError:
    """What a validator raises: the sentence `config.<key>` of hub/texts/config.yaml with its values."""
    return PydanticCustomError("jipsa_fault", "{key}", {"key": key, "suggestion": suggestion, "values": values})


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A parsed file: its data, and the line that each key and list item stands on (counted from 1)."""

    path: Path
    data: Value
    language: Language = "en"
    _lines: Mapping[tuple[Key, ...], int] = field(default_factory=dict, repr=False)
    _former: Mapping[tuple[Key, ...], Key] = field(default_factory=dict, repr=False)
    """What keys that were renamed are called in the file."""

    @classmethod
    def read(cls, path: Path, language: Language = "en") -> YamlFile:
        """Parse the file; raises SettingsError. `language` is that of the faults."""
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
        except FileNotFoundError:
            raise _single(path, None, text("config.missing_file", language)) from None
        except OSError as error:
            raise _single(path, None, text("config.unreadable", language, reason=error.strerror)) from None
        return cls.parse(path, content, language)

    @classmethod
    def parse(cls, path: Path, content: bytes, language: Language = "en") -> YamlFile:
        """Parse what is, or could be, in the file; raises SettingsError."""
        if len(content) > LARGEST_FILE:
            raise _single(path, None, text("config.too_large", language, kilobytes=LARGEST_FILE >> 10))
        try:
            source = content.decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise _single(path, line, text("config.not_utf8", language)) from None
        yaml = YAML(typ="safe", pure=True)
        try:
            root = yaml.compose(source)
        except RecursionError:
            raise _single(path, None, text("config.too_deep", language, levels=DEEPEST)) from None
        except (YAMLError, ValueError) as error:
            raise _single(path, *_syntax_fault(error, language)) from None
        reader = _Reader(yaml, path, language)
        data = None if root is None else reader.value(root, ())
        if reader.faults:
            raise SettingsError(reader.faults)
        return cls(path, data, language, reader.lines)

    def line_of(self, *keys: Key) -> int | None:
        """The line of `keys`, or of the nearest level above that stands in the file; None for an empty file."""
        keys = self._written(keys)
        while keys and keys not in self._lines:
            keys = keys[:-1]
        return self._lines.get(keys)

    def __contains__(self, keys: tuple[str, ...]) -> bool:
        """Whether there is a key at `keys`."""
        data = self.data
        for key in keys:
            if not isinstance(data, dict) or key not in data:
                return False
            data = data[key]
        return True

    def renamed(self, keys: tuple[str, ...], name: str) -> YamlFile:
        """The file as if the key at `keys` was called `name`; lines and faults stay those of what is written.

        Raises SettingsError where there is one of that name, too.
        """
        new = (*keys[:-1], name)
        if new in self:
            raise SettingsError([self.fault(keys, "both_names", name=name, line=self.line_of(*new))])
        depth = len(keys)
        former = {(*new, *at[depth:]) if at[:depth] == keys else at: key for at, key in self._former.items()}
        return replace(self, data=_renamed(self.data, keys, name), _former={new: keys[-1], **former})

    def fault(self, keys: tuple[Key, ...], key: str, suggestion: str | None = None, **values: object) -> Fault:
        """A fault at `keys` with the sentence `config.<key>`."""
        what = text(f"config.{key}", self.language, **values)
        if suggestion is not None:
            what += text("config.did_you_mean", self.language, suggestion=suggestion)
        return Fault(self.path, self.line_of(*keys), _dotted(self._written(keys)), what, suggestion)

    def validate(self, model: type[M], *keys: Key) -> M:
        """What stands at `keys` (the whole file without any) as `model`; nothing there is an empty mapping.

        Raises SettingsError with every fault.
        """
        data = self._at(keys)
        data = {} if data is None else data
        if not isinstance(data, dict):
            raise SettingsError([self.fault(keys, "wrong_root", got=shown(data, self.language))])
        try:
            return model.model_validate(data, context={"folder": self.path.parent})
        except ValidationError as error:
            faults = [explained(self, data, detail, model, keys) for detail in error.errors(include_url=False)]
            raise SettingsError(sorted(faults, key=lambda fault: fault.line or 0)) from None

    def _written(self, keys: tuple[Key, ...]) -> tuple[Key, ...]:
        """The keys as they are called in the file."""
        return tuple(self._former.get(keys[: place + 1], key) for place, key in enumerate(keys))

    def _at(self, keys: tuple[Key, ...]) -> Any:
        data: Any = self.data
        for key in keys:
            data = data[key]
        return data


def _renamed(data: Any, keys: tuple[str, ...], name: str) -> Any:
    first, *below = keys
    if below:
        return {**data, first: _renamed(data[first], tuple(below), name)}
    return {name if key == first else key: value for key, value in data.items()}


def _single(path: Path, line: int | None, what: str) -> SettingsError:
    return SettingsError([Fault(path, line, "", what)])


def _syntax_fault(error: Exception, language: Language) -> tuple[int | None, str]:
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        return (mark.line + 1 if mark else None), text("config.syntax", language, reason=reason)
    return None, text("config.syntax", language, reason=str(error).partition("\n")[0])


def _dotted(keys: tuple[Key, ...]) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


class _Reader:
    """Turns YAML nodes into plain values, noting lines and faults."""

    def __init__(self, yaml: YAML, path: Path, language: Language) -> None:
        self.lines: dict[tuple[Key, ...], int] = {}
        self.faults: list[Fault] = []
        self._yaml = yaml
        self._path = path
        self._language: Language = language

    def value(self, node: Node, keys: tuple[Key, ...]) -> Value:
        """The value of `node`, which stands at `keys`."""
        line = node.start_mark.line + 1
        self.lines.setdefault(keys, line)  # a mapping's value stands where its key does
        if len(self.lines) > MOST_VALUES:
            raise _single(self._path, line, text("config.too_many", self._language, values=MOST_VALUES))
        if len(keys) > DEEPEST:
            raise _single(self._path, line, text("config.too_deep", self._language, levels=DEEPEST))
        if isinstance(node, MappingNode) and node.tag == "tag:yaml.org,2002:map":
            return self._mapping(node, keys)
        if isinstance(node, SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
            return [self.value(item, (*keys, index)) for index, item in enumerate(node.value)]
        if isinstance(node, ScalarNode):
            return self._scalar(node, keys)
        self._fault(line, keys, "bad_tag", tag=node.tag)
        return None

    def _mapping(self, node: MappingNode, keys: tuple[Key, ...]) -> Value:
        result: dict[str, Value] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self._fault(line, keys, "bad_key")
                continue
            key = key_node.value
            here = (*keys, key)
            if key in result:
                self._fault(line, here, "duplicate_key", first=self.lines[here])
                continue
            self.lines[here] = line
            result[key] = self.value(value_node, here)
        return result

    def _scalar(self, node: ScalarNode, keys: tuple[Key, ...]) -> Value:
        match str(node.tag).removeprefix("tag:yaml.org,2002:"):
            case "null" | "bool" | "int" | "float":
                try:
                    plain: Value = self._yaml.constructor.construct_object(node)
                except (ValueError, KeyError, OverflowError):
                    self._fault(node.start_mark.line + 1, keys, "bad_scalar", value=str(node.value)[:60])
                    return None
                return plain
            case "str" | "timestamp" | "merge":
                return str(node.value)
            case _:
                self._fault(node.start_mark.line + 1, keys, "bad_tag", tag=node.tag)
                return None

    def _fault(self, line: int, keys: tuple[Key, ...], key: str, **values: object) -> None:
        what = text(f"config.{key}", self._language, **values)
        self.faults.append(Fault(self._path, line, _dotted(keys), what))
