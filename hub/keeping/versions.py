"""Versions of the files that a person writes: a file of an older one is read as if it were written today."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Annotated, Final, Literal

from pydantic import Field

from hub.texts import text
from hub.yamlfile import SettingsError, YamlFile

log = logging.getLogger(__name__)

Kind = Literal["settings", "home", "routines"]
"""Of files; sentences/ is in Home Assistant's format, which has no versions."""

Keys = tuple[str, ...]

STEPS: Final[Mapping[Kind, tuple[Mapping[Keys, str], ...]]] = {
    "settings": (
        {
            ("homeassistant", "prefix"): "discovery_prefix",  # of what it is one
            ("wyoming", "announce"): "zeroconf",  # elsewhere `announce` is said aloud
            ("genie", "weather", "provider"): "kind",  # as for the agent
        },
    ),
    "home": (),
    "routines": (),
}
"""What keys are called in the next version, step by step; the first step leads from version 1 to 2."""

Version = Annotated[int, Field(strict=True, ge=1)]
"""The key `version` of a file; one without it is of version 1."""


def newest(kind: Kind) -> int:
    """The version that this Jipsa writes."""
    return len(STEPS[kind]) + 1


def version_of(file: YamlFile) -> int:
    """The version of a file that was read; 1 where none is given, or none that could be."""
    given = file.data.get("version") if isinstance(file.data, dict) else None
    return given if isinstance(given, int) and not isinstance(given, bool) and given >= 1 else 1


def current(file: YamlFile, kind: Kind) -> YamlFile:
    """The file as today's version has it, which is told once where it differs; its lines and faults stay those of what
    is written. Raises SettingsError for a file of a version that is not known yet.
    """
    today, changes = renamed(file, kind)
    if changes:
        own = file.data.get("language") if kind == "settings" and isinstance(file.data, dict) else file.language
        _tell(text("versions.older", "en" if own == "en" else "ko", path=file.path, changes=", ".join(changes)))
    return today


def renamed(file: YamlFile, kind: Kind) -> tuple[YamlFile, list[str]]:
    """The file as today's version has it, and what is called otherwise there: `a.old → a.new`. Raises SettingsError."""
    version = version_of(file)
    if not isinstance(file.data, dict):
        return file, []
    if version > newest(kind):
        raise SettingsError([file.fault(("version",), "newer_version", got=version, known=newest(kind))])
    if faults := [
        file.fault(keys, "former_name", suggestion=name, version=version)
        for keys, name in steps_before(version, kind)
        if keys in file
    ]:
        raise SettingsError(faults)
    today, changes = file, []
    for keys, name in steps_from(version, kind):
        if keys in today:
            changes.append(f"{'.'.join(keys)} → {'.'.join((*keys[:-1], name))}")
            today = today.renamed(keys, name)
    assert isinstance(today.data, dict)
    number = today.data.get("version", version)  # what is no version is a fault that the model finds
    if type(number) is int and number == version:
        number = newest(kind)
    return replace(today, data={**today.data, "version": number}), changes


def steps_from(version: int, kind: Kind) -> list[tuple[Keys, str]]:
    """What is to be renamed in a file of this version, in this order."""
    return [step for steps in STEPS[kind][version - 1 :] for step in steps.items()]


def steps_before(version: int, kind: Kind) -> list[tuple[Keys, str]]:
    """What was renamed before this version."""
    return [step for steps in STEPS[kind][: version - 1] for step in steps.items()]


@cache
def _tell(sentence: str) -> None:
    log.warning("%s", sentence)
