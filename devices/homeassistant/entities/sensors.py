"""What is only looked at: sensors, and the alarm system.

Facts: https://developers.home-assistant.io/docs/core/entity/sensor and …/binary-sensor
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from devices.homeassistant.entities.descriptor import SEEN, UNKNOWN, Entity, Kind, Row, always, finite, is_on, plain
from hub.messages import Property
from hub.payloads import Value


@dataclass(frozen=True, slots=True)
class _Measure:
    """What a class of sensors measures: our property, its unit, and how much of it theirs is (others: as it is)."""

    name: str
    unit: str | None
    sizes: Mapping[str, float]


_MEASURES: Final[Mapping[str, _Measure]] = {
    "temperature": _Measure("current_temperature", "°C", {}),
    "humidity": _Measure("humidity", "%", {}),
    "moisture": _Measure("moisture", "%", {}),
    "battery": _Measure("battery", "%", {}),
    "pm1": _Measure("pm1", "µg/m³", {}),
    "pm25": _Measure("pm25", "µg/m³", {}),
    "pm10": _Measure("pm10", "µg/m³", {}),
    "carbon_dioxide": _Measure("carbon_dioxide", "ppm", {}),
    "illuminance": _Measure("illuminance", "lx", {}),
    "energy": _Measure("energy", "kWh", {"Wh": 0.001, "MWh": 1000, "GWh": 1_000_000}),
}

ALIKE: Final[Mapping[str, str]] = {
    "garage_door": "garage", "opening": "door", "occupancy": "motion", "presence": "motion", "moving": "motion",
}  # fmt: skip
"""Classes of Home Assistant that people do not tell apart."""

_OPENINGS: Final = frozenset({"door", "garage", "window", "lock"})


def _class(entity: Entity) -> str | None:
    known = entity.text("device_class")
    return ALIKE.get(known or "", known)


def _measures(entity: Entity) -> bool:
    """Whether it tells numbers."""
    return entity.text("unit_of_measurement") is not None or entity.text("state_class") is not None


def _is(name: str, entity: Entity) -> bool:
    measure = _MEASURES.get(_class(entity) or "") if _measures(entity) else None
    return name == (measure.name if measure is not None else "value")


def _unit(entity: Entity) -> str | None:
    measure = _MEASURES.get(_class(entity) or "")
    return measure.unit if measure is not None else entity.text("unit_of_measurement")


def _shape(entity: Entity) -> Property:
    if _measures(entity):
        return Property(type="number", unit=_unit(entity))
    return Property(type="enum", values=options) if (options := entity.texts("options")) else Property(type="string")


def _value(entity: Entity) -> Value:
    if not _measures(entity):
        return None if entity.state == UNKNOWN else plain(entity.state)
    number, unit = finite(entity.state), entity.text("unit_of_measurement")
    measure = _MEASURES.get(_class(entity) or "")
    if number is None or measure is None:
        return number
    if unit in {"°F", "K"} and measure.unit == "°C":
        return round((number - 32) / 1.8 if unit == "°F" else number - 273.15, 1)
    size = measure.sizes.get(unit or "")
    return number if size is None else round(number * size, 3)


def _row(name: str) -> Row:
    return Row(name, lambda entity: _shape(entity) if _is(name, entity) else None, _value)


SENSOR: Final = Kind(
    lambda entity: "sensor", (*(_row(measure.name) for measure in _MEASURES.values()), _row("value")), _class
)


def _senses(entity: Entity) -> str:
    """What a binary sensor tells: that something is open, moves, or is found."""
    known = _class(entity)
    return "open" if known in _OPENINGS else "motion" if known == "motion" else "detected"


def _sense(name: str) -> Row:
    return Row(name, lambda entity: SEEN if _senses(entity) == name else None, is_on)


BINARY_SENSOR: Final = Kind(lambda entity: "binary_sensor", tuple(map(_sense, ("open", "motion", "detected"))), _class)


def _armed(entity: Entity) -> Value:
    return None if entity.state == UNKNOWN else entity.state not in {"disarmed", "disarming", "pending", "arming"}


# Read only: arming wants a code that nobody should have to say aloud, and who can disarm by a voice through the door
# needs no key.
ALARM: Final = Kind(
    lambda entity: "binary_sensor",
    (
        Row("power", always(SEEN), _armed),
        Row("phase", always(Property(type="string")), lambda entity: plain(entity.state)),
    ),
    lambda entity: "alarm",
)
