"""What an appliance is doing: ThinQ states in our property names."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from devices.thinq.profile import Capability, Profile
from devices.thinq.rows import Row
from devices.thinq.sections import flatten
from hub.payloads import Value


def merge(known: Mapping[str, Any], partial: Any, sections: Collection[str]) -> dict[str, Any]:
    """What is known of an appliance (by path) together with what a possibly partial ThinQ state adds to it.

    `sections` are those of its profile. Anything that is not a state changes nothing.
    """
    return {**known, **flatten(partial, sections)}


def translate(profile: Profile, raw: Mapping[str, Any]) -> dict[str, Value]:
    """A state by path as `{our property: our value}`, for every property that can be read; None says unknown."""
    ours: dict[str, Value] = {}
    for name, capability in profile.capabilities.items():
        if not capability.read:
            continue
        if ours.get("status") in capability.row.unless:
            ours[name] = None
        else:
            ours[name] = _value(capability, raw, ours.get("mode"))
    return ours


def _value(capability: Capability, raw: Mapping[str, Any], mode: Value) -> Value:
    row = capability.row
    if row.parts:
        return _counted(row, raw)
    special = row.by_mode.get(mode) if isinstance(mode, str) else None
    sources = [path for path in capability.read if path == special or path not in row.by_mode.values()]
    value = next((raw[path] for path in sources if raw.get(path) is not None), None)
    return row.absent if value is None else _typed(value, capability, row)


def _typed(value: Any, capability: Capability, row: Row) -> Value:
    if isinstance(value, bool):
        return value if row.type == "boolean" else None
    if isinstance(value, int | float):
        return _number(value, row)
    if not isinstance(value, str) or row.type in {"number", "integer"}:
        return None
    if row.type == "string":
        return value
    ours = capability.ours(value)
    return ours if row.type != "boolean" or isinstance(ours, bool) else None


def _number(value: float, row: Row) -> Value:
    if not math.isfinite(value) or row.type == "boolean":
        return None
    if row.type in {"number", "integer"}:
        return int(value) if row.type == "integer" or float(value).is_integer() else value
    return f"{value:g}"  # some enums hold a number now and then


def _counted(row: Row, raw: Mapping[str, Any]) -> Value:
    """Hours, minutes and seconds as one number, or as a time of day; what is below zero is not set."""
    known = [(raw.get(path), size) for path, size in row.parts.items()]
    numbers = [value * size for value, size in known if isinstance(value, int) and not isinstance(value, bool)]
    if not numbers or any(number < 0 for number in numbers):
        return row.absent
    total = sum(numbers)
    if row.type != "time":
        return total
    return f"{total // 60:02}:{total % 60:02}" if total < 24 * 60 else None
