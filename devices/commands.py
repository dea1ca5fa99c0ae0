"""What an intent means for a device: from intent and slots to the properties that shall change.

Bridges of every vendor name their properties alike (docs/contract.md), so this is written once, as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from hub.messages import About, ErrorCode, Property, Value
from hub.texts import Language, text

Changes = dict[str, Value]
Slots = Mapping[str, Value]


class CommandError(Exception):
    """A command that was not carried out: a code for machines, a sentence for the person."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


def _constant(name: str, value: Value) -> Callable[[Slots], Changes]:
    return lambda slots: {name: value}


def _slot(slot: str, name: str) -> Callable[[Slots], Changes]:
    return lambda slots: {name: slots[slot]} if slot in slots else {}


def _slots(**names: str) -> Callable[[Slots], Changes]:
    return lambda slots: {name: slots[slot] for slot, name in names.items() if slot in slots}


COMMANDS: dict[str, tuple[Callable[[Slots], Changes], ...]] = {
    # intent: what to try, in this order; the first whose properties the device has is what is meant
    "HassTurnOn": (_constant("power", True), _constant("operation", "start"), _constant("position", 100)),
    "HassTurnOff": (_constant("power", False), _constant("operation", "power_off"), _constant("operation", "stop"),
                    _constant("operation", "home"), _constant("position", 0)),
    "HassLightSet": (_slots(brightness="brightness", color="color", temperature="color_temperature"),),
    "HassClimateSetTemperature": (_slot("temperature", "target_temperature"),),
    "HassClimateSetFanMode": (_slot("fan_mode", "fan_mode"),),
    "HassFanSetSpeed": (_slot("fan_mode", "fan_mode"), _slot("percentage", "percentage")),
    "HassSetPosition": (_slot("position", "position"),),
    "HassVacuumStart": (_constant("operation", "start"),),
    "HassVacuumReturnToBase": (_constant("operation", "home"),),
    "JipsaSetMode": (_slot("mode", "mode"),),
    "JipsaStart": (_constant("operation", "start"),),
    "JipsaStop": (_constant("operation", "stop"), _constant("operation", "pause")),
    "JipsaPause": (_constant("operation", "pause"), _constant("operation", "stop")),
    "JipsaResume": (_constant("operation", "resume"), _constant("operation", "start")),
}  # fmt: skip

QUERIES = frozenset({"HassGetState", "HassClimateGetTemperature", "JipsaGetRemainingTime"})
"""Intents that change nothing: the reply carries the states that were asked about."""


def changes_for(intent: str, slots: Slots, about: About, language: Language = "ko") -> Changes:
    """The properties of the device that `intent` changes, checked against what the device says it can do.

    Raises CommandError when the device lacks the property or the value is outside its bounds.
    """
    fault = CommandError(ErrorCode.NOT_SUPPORTED, text("bridge.not_supported", language, device=about.name))
    for meaning in COMMANDS[intent]:
        changes = meaning(slots)
        if changes and changes.keys() <= about.properties.keys():
            try:
                possible = check(changes, about, language)
            except CommandError as error:
                fault = error
            else:
                return possible
    raise fault


def check(changes: Mapping[str, Value], about: About, language: Language = "ko") -> Changes:
    """The same changes, with numbers and booleans in their proper type; raises CommandError for one that cannot be."""
    return {name: _checked(name, value, about, language) for name, value in changes.items()}


def _checked(name: str, value: Value, about: About, language: Language) -> Value:
    prop = about.properties.get(name)
    if prop is None:
        raise CommandError(ErrorCode.NOT_SUPPORTED, text("bridge.not_supported", language, device=about.name))
    if not prop.writable:
        raise CommandError(
            ErrorCode.NOT_SUPPORTED, text("bridge.read_only", language, device=about.name, property=name)
        )
    if prop.type in {"number", "integer"}:
        return _number(value, prop, about.name, language)
    wrong = CommandError(
        ErrorCode.OUT_OF_RANGE, text("bridge.not_a_value", language, device=about.name, value=str(value))
    )
    if prop.type == "boolean":
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in _BOOLEANS:
            return _BOOLEANS[value.lower()]
        raise wrong
    if not isinstance(value, str) or (prop.values is not None and value not in prop.values):
        raise wrong
    return value


_BOOLEANS = {"on": True, "true": True, "off": False, "false": False}


def _number(value: Value, prop: Property, device: str, language: Language) -> Value:
    if isinstance(value, str):
        with suppress(ValueError):
            value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise CommandError(
            ErrorCode.OUT_OF_RANGE, text("bridge.not_a_value", language, device=device, value=str(value))
        )
    low, high = prop.min, prop.max
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = {"low": _spoken(low, prop), "high": _spoken(high, prop)}
        raise CommandError(ErrorCode.OUT_OF_RANGE, text("bridge.out_of_range", language, device=device, **bounds))
    step = prop.step or (1 if prop.type == "integer" else None)
    if step:
        steps = (value - (low or 0)) / step
        if abs(steps - round(steps)) > 1e-6:
            raise CommandError(
                ErrorCode.OUT_OF_RANGE, text("bridge.off_step", language, device=device, step=_spoken(step, prop))
            )
    return int(value) if float(value).is_integer() else value


def _spoken(number: float | None, prop: Property) -> str:
    if number is None:
        return "…"
    unit = {"°C": "도", "%": "%"}.get(prop.unit or "", "")
    return f"{number:g}{unit}"
