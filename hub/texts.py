"""Every sentence that a person reads or hears, in Korean and English: the table is texts.yaml beside this file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from ruamel.yaml import YAML

from hub.korean.josa import fill

Language = Literal["ko", "en"]

_TABLE = Path(__file__).with_name("texts.yaml")


@cache
def _table() -> dict[str, dict[Language, str]]:
    groups = YAML(typ="safe").load(_TABLE)
    return {f"{group}.{key}": forms for group, entries in groups.items() for key, forms in entries.items()}


def has_text(key: str) -> bool:
    """Whether there is a sentence `key`."""
    return key in _table()


def text(key: str, language: Language = "ko", /, **values: object) -> str:
    """The sentence `key` (`group.name`) with its values filled in; Korean particles follow the values' last sounds."""
    return fill(_table()[key][language], **values)
