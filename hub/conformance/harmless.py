"""What may be set on somebody's devices to see whether a bridge does it: nothing that opens, heats, starts or wakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hub.conformance.subject import Subject
from hub.conformance.verdict import UnseenError
from hub.messages import About, Property
from hub.payloads import Value

UNASKED: Final = frozenset({"light", "fan", "air_purifier", "humidifier", "dehumidifier"})
"""Types of devices that may be set to what they are set to already, or to what no device takes."""

NAMED: Final = UNASKED | {"switch", "media_player", "television", "climate", "ceiling_fan", "ventilator"}
"""Types of devices that may be set to something else, and back, where the person names one."""

PROPERTIES: Final = (
    "power", "brightness", "color_temperature", "color", "percentage", "fan_mode", "fan_step", "volume", "muted",
    "display", "target_temperature", "target_humidity",
)  # fmt: skip
"""What is set of them; the first that a device has."""

NO_VALUE: Final = "jipsa-check"
"""A value, and a property, that nothing has."""


@dataclass(frozen=True, slots=True)
class Knob:
    """A property that may be set: what it is now, and what else it can be."""

    device: str
    name: str
    property: Property
    value: Value
    other: Value

    def plain(self, value: Value) -> str:
        """A value as it is said on `set/<property>`."""
        return {True: "ON", False: "OFF"}[value] if isinstance(value, bool) else str(value)


def knob(subject: Subject) -> Knob:
    """What may be set on a device that the person named, or else on any. Raises UnseenError where nothing may."""
    named = subject.wishes.device
    if named is not None and named not in subject.abouts:
        raise UnseenError("not_its", device=named, bridge=subject.name)
    for about in subject.abouts.values():
        if about.id == named or (named is None and about.type in UNASKED):
            if about.type not in NAMED:
                raise UnseenError("never", device=about.id, type=about.type)
            for found in _knobs(about, subject):
                return found
    raise UnseenError("nothing_harmless" if named is None else "nothing_to_set", device=named or "")


def named_knob(subject: Subject) -> Knob:
    """What may be set to something else. Raises UnseenError where the person named no device, or nothing of it may."""
    if subject.wishes.device is None:
        raise UnseenError("no_device_named")
    return knob(subject)


def _knobs(about: About, subject: Subject) -> Iterator[Knob]:
    state = subject.state(about.id)
    for name in PROPERTIES:
        prop, value = about.properties.get(name), state.get(name)
        if prop is not None and prop.writable and value is not None:
            other = _other(prop, value)
            if other is not None:
                yield Knob(about.id, name, prop, value, other)


def _other(prop: Property, value: Value) -> Value:
    """What else it can be, as near as possible; None where there is nothing."""
    if isinstance(value, bool):
        return None if prop.values is not None else not value
    if isinstance(value, int | float):
        step = prop.step or 1
        near = [number for number in (value + step, value - step) if _within(number, prop)]
        return _plain(near[0]) if near else None
    return next((one for one in prop.values or () if one != value), None)


def _within(number: float, prop: Property) -> bool:
    return (prop.min is None or number >= prop.min) and (prop.max is None or number <= prop.max)


def _plain(number: float) -> Value:
    """A number as JSON has it: 26 rather than 26.0."""
    return int(number) if float(number).is_integer() else number


def unfit(subject: Subject, found: Knob) -> list[tuple[str, Value]]:
    """Properties of that device with values that none of them takes: unknown, no value at all, read only, too large.

    A number that is too large is only tried on a device that the person named: a faulty bridge would send it there.
    """
    properties, state = subject.abouts[found.device].properties, subject.state(found.device)
    fixed = [(name, state[name]) for name, prop in properties.items() if not prop.writable and name in state]
    large = [
        (name, _plain(prop.max + (prop.step or 1)))
        for name, prop in properties.items()
        if prop.writable and prop.max is not None and name in PROPERTIES
    ]
    named = subject.wishes.device is not None
    return [("jipsa_check", True), (found.name, NO_VALUE), *fixed[:1], *(large[:1] if named else ())]
