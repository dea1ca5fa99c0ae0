"""What an appliance is doing: ThinQ states in our property names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from devices.thinq.descriptors import Row
from devices.thinq.profile import Capability, Profile, at_location, flatten
from hub.messages import Value


def merge(known: Mapping[str, Any], partial: Any, location: str | None) -> dict[str, Any]:
    """What is known of a state (by path) together with what a possibly partial ThinQ state adds to it.

    Items about another location, and anything that is not a state, change nothing.
    """
    part = at_location(partial, location)
    return {**known, **flatten(part)} if part is not None else dict(known)


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
    special = row.by_mode.get(mode) if isinstance(mode, str) else None
    sources = [path for path in capability.read if path == special or path not in row.by_mode.values()]
    value = next((raw[path] for path in sources if raw.get(path) is not None), None)
    if row.hours is not None:
        return _minutes(raw.get(row.hours), value)
    if value is None:
        return row.absent
    return _typed(value, capability, row)


def _typed(value: Any, capability: Capability, row: Row) -> Value:
    if row.type in {"number", "integer"}:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        return int(value) if row.type == "integer" or float(value).is_integer() else value
    if isinstance(value, bool):
        return value if row.type == "boolean" else None
    if not isinstance(value, str):
        return None
    ours = capability.ours(value)
    return ours if row.type != "boolean" or isinstance(ours, bool) else None


def _minutes(hours: Any, minutes: Any) -> int | None:
    counted = [number for number in (hours, minutes) if isinstance(number, int)]
    if not counted:
        return None
    return (60 * hours if isinstance(hours, int) else 0) + (minutes if isinstance(minutes, int) else 0)
