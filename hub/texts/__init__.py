"""Every sentence that a person reads or hears, in Korean and English: the tables are the YAML files of this folder.

A file holds groups, a group keys, a key its sentence in each language (`group.key`). In Korean, `{device:을/를}` is the
value followed by the particle that fits its last sound.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from ruamel.yaml import YAML

from hub.korean.josa import fill

Language = Literal["ko", "en"]


@cache
def table() -> dict[str, dict[str, dict[Language, str]]]:
    """The sentences: group → key → language → sentence."""
    found: dict[str, dict[str, dict[Language, str]]] = {}
    for file in sorted(Path(__file__).parent.glob("*.yaml")):
        found |= YAML(typ="safe").load(file)
    return found


@cache
def _sentences() -> dict[str, dict[Language, str]]:
    return {f"{group}.{key}": forms for group, entries in table().items() for key, forms in entries.items()}


def has_text(key: str) -> bool:
    """Whether there is a sentence `key`."""
    return key in _sentences()


def text(key: str, language: Language = "ko", /, **values: object) -> str:
    """The sentence `key` (`group.name`) with its values filled in; Korean particles follow the values' last sounds."""
    return fill(_sentences()[key][language], **values)
