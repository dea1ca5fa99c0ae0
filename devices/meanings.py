"""The words of the command table: each makes a meaning, which turns an intent that meets a device into changes.

A meaning returns no changes where it does not fit the device or the slots, and raises CommandError where it fits but
cannot be. What it returns is checked by whoever asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from devices.moments import duration, moment, seconds_until
from devices.values import Changes, CommandError, Slots, step_of
from hub.messages import About, ErrorCode, Property
from hub.payloads import Value
from hub.texts import Language, text


@dataclass(frozen=True, slots=True)
class Situation:
    """One intent as it meets one device: what was said, what the device can do, how it is, and the time at home."""

    slots: Slots
    about: About
    state: Mapping[str, Value]
    now: datetime
    language: Language = "ko"

    def writable(self, name: str) -> Property | None:
        """The property `name`, where the device has it and lets it be set."""
        prop = self.about.properties.get(name)
        return prop if prop is not None and prop.writable else None

    def error(self, code: ErrorCode, key: str, **values: object) -> CommandError:
        """A CommandError with the sentence `bridge.<key>` about this device."""
        return CommandError(code, text(f"bridge.{key}", self.language, device=self.about.name, **values))


Meaning = Callable[[Situation], Changes]


def constant(name: str, value: Value) -> Meaning:
    """Set `name` to `value`, whatever was said."""
    return lambda situation: {name: value}


def only(types: frozenset[str], meaning: Meaning) -> Meaning:
    """The meaning for devices of these types; none for others, where the same property means something else."""
    return lambda situation: meaning(situation) if situation.about.type in types else {}


def slot(slot: str, name: str) -> Meaning:
    """Set `name` to what the slot holds."""
    return slots(**{slot: name})


def slots(**names: str) -> Meaning:
    """Set several properties (slot: property), as far as their slots are there."""
    return lambda situation: {name: situation.slots[slot] for slot, name in names.items() if slot in situation.slots}


def start(situation: Situation) -> Changes:
    """Start; with a duration in the slots for so long, and never without an end, or a heat, that was asked for."""
    seconds = duration(situation.slots)
    lasting: Changes = {} if seconds is None else {"run_seconds": seconds}
    return {"operation": "start", **lasting, **slot("temperature", "target_temperature")(situation)}


def temperature_name(situation: Situation) -> str:
    """The property that a temperature is about: that of the compartment, or else of the device (of its fridge)."""
    compartment = situation.slots.get("compartment")
    if compartment is not None:
        return f"{compartment}_temperature"
    return next((name for name in _TEMPERATURES if name in situation.about.properties), _TEMPERATURES[0])


_TEMPERATURES = ("target_temperature", "fridge_temperature")


def temperature(situation: Situation) -> Changes:
    """Set the temperature of the device or of one compartment."""
    return slot("temperature", temperature_name(situation))(situation)


def temperature_range(situation: Situation) -> Changes:
    """Keep between two temperatures, whichever of them was said first."""
    low, high = (situation.slots.get(slot) for slot in ("temperature_low", "temperature_high"))
    if low is None or high is None:
        return {}
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        low, high = high, low
    return {"target_temperature_low": low, "target_temperature_high": high}


def preheat(situation: Situation) -> Changes:
    """Heat up, to a temperature where one was said."""
    return {"operation": "preheat", **slot("temperature", "target_temperature")(situation)}


def swing(situation: Situation) -> Changes:
    """Turn the wind: one property with both directions. A device that knows one direction only takes it for both."""
    wanted, prop = situation.slots.get("swing"), situation.writable("swing")
    if wanted is None or prop is None:
        return {}
    ways = [value for value in prop.values or () if value != "off"]
    return {"swing": ways[0] if wanted == "both" and "both" not in ways and len(ways) == 1 else wanted}


def swing_parts(situation: Situation) -> Changes:
    """Turn the wind: a property for each direction."""
    wanted = situation.slots.get("swing")
    if wanted == "both" or wanted == "off":
        return {name: wanted == "both" for name in _SWINGS if situation.writable(name)}
    return {f"swing_{wanted}": True} if wanted is not None else {}


_SWINGS = ("swing_vertical", "swing_horizontal")


def feature(situation: Situation) -> Changes:
    """Switch what has a property of its own beside `power`: 급속 냉동, 절전, 조명."""
    said, state = str(situation.slots.get("feature")), situation.slots.get("state")
    for name in (said, *_OTHER_NAMES.get(said, ())):
        prop = situation.writable(name)
        if state is None or prop is None:
            continue
        if prop.type == "boolean":
            return {name: state}
        if prop.type in {"integer", "number"} and prop.max is not None:
            return {name: prop.max if state == "on" else prop.min or 0}
    return {}


_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "display": ("display_light",),
    "express_freeze": ("rapid_freeze",),
    "light": ("lamp", "brightness"),
}


def mode_of_its_own(situation: Situation) -> Changes:
    """A mode that is a switch of its own: 취침 모드 of a humidifier."""
    name = str(situation.slots.get("mode"))
    prop = situation.writable(name)
    return {name: True} if prop is not None and prop.type == "boolean" else {}


def blow(on: bool) -> Meaning:
    """Turn on or off what has no power switch but steps of wind: a hood."""

    def meaning(situation: Situation) -> Changes:
        prop = situation.writable("fan_step")
        return {} if prop is None or prop.min != 0 else {"fan_step": (prop.step or 1) if on else 0}

    return meaning


def burner(situation: Situation) -> Changes:
    """Set how hot one burner is, and for how long: `burner` is the first part of the properties' names."""
    slots, name = situation.slots, situation.slots.get("burner")
    minutes = duration(slots)
    changes: Changes = {f"{name}_power_level": slots["power_level"]} if "power_level" in slots else {}
    return changes if minutes is None else {**changes, f"{name}_minutes": round(minutes / 60)}


def delay(name: str, minutes: int) -> Meaning:
    """Start or end later: `name` counts in units of so many `minutes`.

    A time of the clock, which rarely lies whole units away, goes to the nearest step that the device can take.
    """

    def meaning(situation: Situation) -> Changes:
        prop = situation.writable(name)
        if prop is None:
            return {}
        count = _seconds_ahead(situation) / 60 / minutes
        if situation.slots.get("time") is not None:
            base, step = prop.min or 0, step_of(prop) or 1
            count = base + round((count - base) / step) * step
        return {name: round(count, 6)}

    return meaning


def _seconds_ahead(situation: Situation) -> float:
    try:
        then = moment(situation.slots, situation.now)
    except ValueError:
        raise situation.error(ErrorCode.BAD_PAYLOAD, "no_time") from None
    seconds = duration(situation.slots) if then is None else seconds_until(then, situation.now)
    if seconds is None:
        raise situation.error(ErrorCode.BAD_PAYLOAD, "no_time")
    if seconds <= 0:
        raise situation.error(ErrorCode.OUT_OF_RANGE, "past")
    return seconds


DELAYS = ("start_in_minutes", "end_in_minutes", "delay_start_hours", "delay_end_hours")


def no_delay(situation: Situation) -> Changes:
    """Take back a delay, where the device lets it be set to nothing."""
    found = {name: prop for name in DELAYS if (prop := situation.writable(name)) is not None}
    return {name: 0 for name, prop in found.items() if (prop.min or 0) <= 0}
