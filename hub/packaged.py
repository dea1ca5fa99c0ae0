"""Bridges that come as packages of others: found by their entry point, made of their section of the settings.

A package names its subclass of `devices.bridge.Bridge` in the group `jipsa.bridges`; the keyword parameters of that
class are the keys of `bridges.<name>` in the settings. docs/write-a-bridge.md builds one.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint, entry_points
from typing import Any, get_type_hints

from pydantic import ConfigDict, ValidationError, create_model

from devices.bridge import Bridge
from hub.config import Settings
from hub.faults import OutsideError
from hub.home import Home
from hub.payloads import first_fault
from hub.texts import Language, text

GROUP = "jipsa.bridges"


class PackageError(OutsideError):
    """A package's bridge cannot be made; the text says why."""


def installed() -> dict[str, EntryPoint]:
    """The bridges of all packages, by name; none of them is imported yet."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def load(name: str, language: Language) -> type[Bridge]:
    """The class of a bridge, imported. Raises PackageError."""
    entry = installed().get(name)
    if entry is None:
        known = ", ".join(sorted(installed())) or "-"
        raise PackageError(text("packaged.unknown", language, name=name, known=known))
    try:
        found = entry.load()
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise PackageError(text("packaged.broken", language, name=name, place=entry.value, reason=reason)) from error
    if not (isinstance(found, type) and issubclass(found, Bridge) and getattr(found, "name", None) == name):
        raise PackageError(text("packaged.no_bridge", language, name=name, place=entry.value))
    return found


def options(kind: type[Bridge], given: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """What a bridge is made of, checked against the types of its keyword parameters. Raises PackageError."""
    hints = get_type_hints(kind.__init__)
    taken = {
        name: (hints.get(name, Any), ... if parameter.default is parameter.empty else parameter.default)
        for name, parameter in inspect.signature(kind).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    manner = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    model = create_model("Options", __config__=manner, **taken)  # type: ignore[call-overload]
    try:
        checked = model.model_validate({key: value for key, value in given.items() if key != "enabled"})
    except ValidationError as error:
        raise PackageError(text("packaged.bad_settings", language, name=kind.name, fault=first_fault(error))) from None
    return {name: getattr(checked, name) for name in taken}


@asynccontextmanager
async def make(name: str, settings: Settings, _: Home) -> AsyncIterator[Bridge]:
    """A bridge of a package, as `bridges.<name>` of the settings says. Raises PackageError."""
    kind = load(name, settings.language)
    own = options(kind, settings.bridges.get(name, {}), settings.language)
    yield kind(settings.broker.address(), settings.language, **own)


def wanted(settings: Settings) -> list[str]:
    """The names of the packages' bridges that the settings have, and do not switch off."""
    return [name for name, own in settings.bridges.items() if own.get("enabled", True)]
