"""What properties, values and sections of appliances are called by people; the Korean is in words.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from hub.texts import Language

_TABLE = Path(__file__).with_name("words.yaml")


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    table: Mapping[str, Mapping[str, str]] = YAML(typ="safe").load(_TABLE)
    return table


def noun(name: str, korean: str, language: Language) -> str:
    """What a property is called; its name says it in English."""
    return korean if language == "ko" else _plain(name)


def label(name: str, value: str, language: Language) -> str | None:
    """What a value of the property `name` is called, where somebody has said so: cool is 냉방."""
    if language == "en":
        return _plain(value)
    return _table()["values"].get(f"{name}.{value}") or _table()["values"].get(value)


def section_noun(section: str, language: Language) -> str:
    """What a part of an appliance is called: UPPER is 위칸."""
    return _table()["sections"].get(section, section) if language == "ko" else _plain(section.lower())


def _plain(name: str) -> str:
    return name.replace("_", " ")
