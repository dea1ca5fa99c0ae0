"""The corpus of Korean sentences (tests/korean/corpus): what is said, and what shall come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from hub.butler.resolve import appliances
from hub.home import load_home

CORPUS = Path(__file__).parents[1] / "tests/korean/corpus"

ABOUT_TARGETS = frozenset({"name", "area", "floor", "domain", "device_class"})
"""Slots that say which devices are meant; the corpus writes them only where they say something else."""


@dataclass(frozen=True)
class Wanted:
    """One intent that a sentence asks for."""

    intent: str
    targets: tuple[str, ...] = ()
    slots: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """A sentence, the room where it is said, and what it asks for; nothing when it must not be acted on."""

    text: str
    room: str | None = None
    wanted: tuple[Wanted, ...] = ()


def corpus() -> list[Said]:
    """Every sentence that asks for something."""
    files = sorted(set(CORPUS.glob("*.yaml")) - {CORPUS / "home.yaml", CORPUS / "rejected.yaml"})
    return [
        Said(entry["say"], entry.get("room"), tuple(map(_wanted, entry.get("intents", [entry]))))
        for file in files
        for entry in YAML(typ="safe").load(file)
    ]


def _wanted(entry: dict[str, Any]) -> Wanted:
    targets = entry.get("targets", ())
    return Wanted(entry["intent"], _every_appliance() if targets == "all" else tuple(targets), entry.get("slots", {}))


@cache
def _every_appliance() -> tuple[str, ...]:
    return appliances(load_home(CORPUS / "home.yaml"))


def rejected() -> list[Said]:
    """Every sentence that must not be acted on."""
    groups = YAML(typ="safe").load(CORPUS / "rejected.yaml")
    return [Said(text) for texts in groups.values() for text in texts]
