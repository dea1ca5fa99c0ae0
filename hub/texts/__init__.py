"""Every sentence that a person reads or hears, in Korean and English: the tables are the YAML files of this folder.

A file holds groups, a group keys, a key its sentence in each language (`group.key`). In Korean, `{device:을/를}` is the
value followed by the particle that fits its last sound.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

from ruamel.yaml import YAML

from hub.korean.josa import fill

Language = Literal["ko", "en"]


@cache
def table() -> dict[str, dict[str, dict[Language, str]]]:
    """All sentences: group → key → language → sentence."""
    return {group: sentences(group) for group in _files()}


@cache
def sentences(group: str) -> dict[str, dict[Language, str]]:
    """The sentences of one group: key → language → sentence. A service reads only the groups that it needs."""
    path = _files().get(group)
    return {} if path is None else _read(path)[group]


@cache
def _files() -> dict[str, Path]:
    """In which file each group is, as the beginnings of lines tell."""
    files = sorted(Path(__file__).parent.glob("*.yaml"))
    return {
        group: file
        for file in files
        for group in re.findall(r"^(\w+):", file.read_text(encoding="utf-8"), re.MULTILINE)
    }


@cache
def _read(path: Path) -> dict[str, dict[str, dict[Language, str]]]:
    found: dict[str, dict[str, dict[Language, str]]] = YAML(typ="safe").load(path)
    return found


def has_text(key: str) -> bool:
    """Whether there is a sentence `key`."""
    group, _, name = key.partition(".")
    return name in sentences(group)


def text(key: str, language: Language = "ko", /, **values: object) -> str:
    """The sentence `key` (`group.name`) with its values filled in; Korean particles follow the values' last sounds."""
    group, _, name = key.partition(".")
    return fill(sentences(group)[name][language], **values)
