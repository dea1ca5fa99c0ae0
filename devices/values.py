"""What a property can be set to: values checked against what the device says of itself, and faults as sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

from hub.korean.times import say_duration
from hub.messages import About, ErrorCode, Property
from hub.payloads import Value
from hub.texts import Language, text

Changes = dict[str, Value]
Slots = Mapping[str, Value]


class CommandError(Exception):
    """A command that was not carried out: a code for machines, a sentence for the person."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


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
    wrong = not_a_value(value, about.name, language)
    if prop.type == "boolean":
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in _BOOLEANS:
            return _BOOLEANS[value.lower()]
        raise wrong
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or _UNFIT.search(value):
        raise wrong
    if prop.type == "time" and value != NO_TIME and not _TIME.fullmatch(value):
        raise wrong
    if prop.values is not None and value not in prop.values:
        sentence = text("bridge.no_such_value", language, device=about.name, value=_shown(value))
        raise CommandError(ErrorCode.OUT_OF_RANGE, sentence)
    return value


NO_TIME = "none"
"""What a property that is a time of day is set to where there shall be none."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What no text has that a device takes: control characters, and what turns the line round."""

MOST_EXACT = 2**53
"""Every whole number below it is a number of its own wherever it is read; nothing at home counts as far."""

LONGEST_TEXT = 500
"""Characters of a text that a device takes."""

LONGEST_SHOWN = 50
"""Characters that are told of a value that a device does not take."""

_BOOLEANS = {"on": True, "true": True, "off": False, "false": False}


def _number(value: Value, prop: Property, device: str, language: Language) -> Value:
    if isinstance(value, str) and value.isascii() and "_" not in value:
        with suppress(ValueError):
            value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < MOST_EXACT:
        raise not_a_value(value, device, language)
    low, high = prop.min, prop.max
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = {"low": spoken(low, prop, language), "high": spoken(high, prop, language)}
        raise CommandError(ErrorCode.OUT_OF_RANGE, text("bridge.out_of_range", language, device=device, **bounds))
    step = step_of(prop)
    if step:
        steps = (value - (low or 0)) / step
        if abs(steps - round(steps)) > 1e-6:
            raise off_step(step, prop, device, language)
    return int(value) if float(value).is_integer() else value


def step_of(prop: Property) -> float | None:
    """The distance between two values of a number; None where it can be any."""
    return prop.step or (1 if prop.type == "integer" else None)


def not_a_value(value: Value, device: str, language: Language) -> CommandError:
    """The fault of a value that the device does not know."""
    shown = _shown(value)
    return CommandError(ErrorCode.OUT_OF_RANGE, text("bridge.not_a_value", language, device=device, value=shown))


def _shown(value: Value) -> str:
    said = str(value)
    return said if len(said) <= LONGEST_SHOWN else said[: LONGEST_SHOWN - 1] + "…"


def off_step(step: float, prop: Property, device: str, language: Language) -> CommandError:
    """The fault of a number between two steps."""
    amount = spoken(step, prop, language)
    return CommandError(ErrorCode.OUT_OF_RANGE, text("bridge.off_step", language, device=device, step=amount))


_UNITS: Mapping[str, tuple[str, str]] = {
    # unit: after the number in Korean, in English
    "°C": ("도", " °C"),
    "%": ("%", "%"),
    "K": ("켈빈", " K"),
    "h": ("시간", " h"),
    "min": ("분", " min"),
    "s": ("초", " s"),
}

_SECONDS = {"min": 60, "s": 1}


def spoken(number: float | None, prop: Property, language: Language) -> str:
    """A number of a property with its unit, as people say it: 26도, 영하 18도, 50%, 3시간."""
    if number is None:
        return "…"
    size = _SECONDS.get(prop.unit or "")
    if language == "ko" and size and number > 0:
        return say_duration(round(number * size))
    unit = _UNITS.get(prop.unit or "", ("", ""))[0 if language == "ko" else 1]
    if language == "ko" and prop.unit == "°C" and number < 0:
        return f"영하 {-number:g}{unit}"
    return f"{number:g}{unit}"
