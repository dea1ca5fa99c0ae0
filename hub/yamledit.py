"""Changing a YAML file that a person wrote: what changes is written anew, all else stays, to the last byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from hub.files import write_file
from hub.texts import Language
from hub.yamlfile import SettingsError, YamlFile


def edit_yaml(path: Path, change: Callable[[Any], None]) -> None:
    """Have `change` alter the mapping of the file, which is made where there is none. Raises SettingsError, OSError.

    The file is replaced at once: whoever reads it meanwhile reads the old one.
    """
    before = path.read_bytes() if path.is_file() else b""
    write_file(path, edited(path, before, change))


def edited(path: Path, content: bytes, change: Callable[[Any], None], language: Language = "en") -> bytes:
    """What is in the file `path`, with its mapping altered by `change`: plain dicts, lists and scalars.

    Items of a list are told apart by their `id`, or by what they are; new keys come where the mapping has them. Raises
    SettingsError for a file with faults, and for one that is written in a way (anchors) that cannot be altered so.
    """
    file = YamlFile.parse(path, content, language)
    meant = deepcopy(file.data) if file.data is not None else {}
    change(meant)
    if meant == (file.data or {}):
        return content
    after = _Source(content.decode()).with_data(file.data, meant).encode()
    if YamlFile.parse(path, after, language).data != meant:
        raise SettingsError([file.fault((), "not_rewritten")])
    return after


@dataclass(frozen=True, slots=True)
class _Part:
    """An item of a list, or a key with its value: where it begins, where its value begins and ends, and where it ends.

    `head` is where the key ends with its colon; of an item, where it begins.
    """

    name: object
    node: Node
    start: int
    head: int
    value_start: int
    value_end: int
    end: int


class _Source:
    """A file's text, in which a node is replaced by what is meant to be there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def with_data(self, data: Any, meant: Any) -> str:
        """The text as it says `meant` where it said `data`."""
        root = YAML(typ="safe", pure=True).compose(self._text)
        if root is None:  # comments alone
            before = self._text if not self._text or self._text.endswith("\n") else self._text + self._newline
            entries = (self._new_pair(key, value, 0) for key, value in meant.items())
            return before + "".join(entry + self._newline for entry in entries)
        start, end = root.start_mark.index, self._end(root, 0)
        assert isinstance(root, MappingNode)  # for whoever reads these files
        inside = self._joined(root, data, meant) if _alike(data, meant) else _flow(meant)
        after = self._text[:start] + inside + self._text[end:]
        return after if after.endswith("\n") else after + self._newline

    def _joined(self, node: MappingNode | SequenceNode, data: Any, meant: Any) -> str:
        """A list or a mapping that says `meant` where it said `data`."""
        start, end, column = node.start_mark.index, self._end(node, 0), node.start_mark.column
        new_column = None if node.flow_style else column
        bullet = "- " if isinstance(node, SequenceNode) and not node.flow_style else ""
        usual = ", " if node.flow_style else f"{self._newline}{' ' * column}{bullet}"
        parts, was, becomes = list(self._parts(node)), dict(_named(data)), dict(_named(meant))
        leads, rest = self._leads(parts, becomes, self._text[parts[-1].end : end])
        known = {part.name: part for part in parts}
        written: list[str] = []
        for name, value in becomes.items():
            lead = leads.get(name, usual)
            if not written:
                first = self._text[start : parts[0].start]
                lead = first if node.flow_style or name not in leads else lead.lstrip()
            written.append(lead)
            if name in known:
                written.append(self._part(known[name], was[name], value, new_column))
            elif isinstance(node, MappingNode):
                written.append(self._new_pair(name, value, new_column))
            else:
                written.append(_flow(value))
        return "".join(written) + rest

    def _leads(self, parts: Sequence[_Part], stay: dict[object, Any], rest: str) -> tuple[dict[object, str], str]:
        """What stands before each part but the first, and behind the last: comments above those that go stay, too."""
        leads: dict[object, str] = {}
        left = ""
        for before, part in pairwise(parts):
            lead = left + self._text[before.end : part.start]
            left = lead.rpartition(self._newline)[0] if part.name not in stay and "#" in lead else ""
            leads[part.name] = lead
        return leads, left + rest

    def _part(self, part: _Part, data: Any, meant: Any, column: int | None) -> str:
        if type(data) is type(meant) and data == meant:
            return self._text[part.start : part.end]
        head, between = self._text[part.start : part.head], self._text[part.head : part.value_start]
        tail = self._text[part.value_end : part.end]
        if isinstance(part.node, MappingNode | SequenceNode) and _alike(data, meant):
            return head + between + self._joined(part.node, data, meant) + tail
        value = self._new(meant, column)
        if self._newline in between:  # what comes in the line of the key, where it came below
            between, tail = " ", tail + between.rstrip()
        elif not between and head:
            between = " "
        return head + tail + value if value.startswith(self._newline) else head + between + value + tail

    def _parts(self, node: MappingNode | SequenceNode) -> Iterator[_Part]:
        """The parts of a list or mapping; one that has lines of its own goes on to the end of its line."""
        for item in node.value:
            key, value = item if isinstance(node, MappingNode) else (None, item)
            name = key.value if key else _node_name(value)
            start = (key or value).start_mark.index
            head = self._text.index(":", key.end_mark.index) + 1 if key else start
            value_end = self._end(value, head)
            value_start = value.start_mark.index if value_end > head else head
            end = value_end if node.flow_style else self._line_end(value_end)
            yield _Part(name, value, start, head, value_start, value_end, end)

    def _end(self, node: Node, floor: int) -> int:
        """Where what is written of the node ends; at `floor` where that is nothing."""
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, ScalarNode):
            return start + len(self._text[start:end].rstrip()) if end > start else floor
        if not isinstance(node, MappingNode | SequenceNode) or node.flow_style or not node.value:
            return int(end)
        last = node.value[-1]
        key, value = last if isinstance(node, MappingNode) else (None, last)
        floor = self._text.index(":", key.end_mark.index) + 1 if key else floor
        return self._line_end(self._end(value, floor))

    def _line_end(self, place: int) -> int:
        end = self._text.find(self._newline, place)
        return len(self._text) if end < 0 else end

    def _new_pair(self, key: object, value: Any, column: int | None) -> str:
        written = self._new(value, column)
        return f"{_flow(key)}:{'' if written.startswith(self._newline) else ' '}{written}"

    def _new(self, value: Any, column: int | None) -> str:
        """A value that was not there: entries in lines below the column, where that is one; else all in its line."""
        if column is not None and isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            return "".join(f"{self._newline}{' ' * (column + 2)}- {_flow(item)}" for item in value)
        return _flow(value)


def _alike(data: Any, meant: Any) -> bool:
    """Whether both are mappings, or both lists of which each item is known by its name, with something in them."""
    if type(data) is not type(meant) or not isinstance(data, dict | list) or not data or not meant:
        return False
    return all(len(dict(_named(items))) == len(items) for items in (data, meant))


def _named(data: Any) -> Iterator[tuple[object, Any]]:
    if isinstance(data, dict):
        yield from data.items()
    else:
        yield from ((item.get("id") if isinstance(item, dict) else str(item), item) for item in data)


def _node_name(node: Node) -> object:
    if isinstance(node, MappingNode):
        return next((value.value for key, value in node.value if key.value == "id"), None)
    return str(node.value)


def _flow(value: Any) -> str:
    """A value in one line."""
    yaml = YAML()
    yaml.default_flow_style = True
    yaml.width = 1 << 30
    written = StringIO()
    yaml.dump({"_": _quoted(value)}, written)  # in a list, a mapping of one key would lose its brackets
    return written.getvalue().strip().removeprefix("{_: ")[:-1]


def _quoted(value: Any) -> Any:
    """The value with quotes about texts that begin with a sign: ruamel.yaml leaves some bare that it cannot read."""
    match value:
        case dict():
            return {_quoted(key): _quoted(inner) for key, inner in value.items()}
        case list():
            return [_quoted(inner) for inner in value]
        case str() if value and not value[0].isalnum():
            return SingleQuotedScalarString(value)
        case _:
            return value
