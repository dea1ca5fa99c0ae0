"""Which of a device's properties the charts keep, in which unit, and what becomes of the numbers of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.payloads import Value

LARGEST: Final = 1e9
"""Numbers beyond it are nothing that a home measures."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that is measured: its unit here, and how many of it are in one of each unit that bridges tell it in.

    `properties` are those that measure it; None: all that have one of the units. With `counts` the number only rises
    until it begins anew, and what is kept is by how much it rose.
    """

    unit: str
    properties: frozenset[str] | None
    units: Mapping[str, float]
    counts: bool = False


_DUST: Final = {"µg/m³": 1.0, "μg/m³": 1.0}  # the micro sign, and the Greek letter that some write for it

KINDS: Final[Mapping[str, Kind]] = {
    "power": Kind("W", None, {"W": 1, "kW": 1000}),
    # A battery's charge is told in kWh, too, so here the unit does not do. It is not turned into power: many a meter
    # is asked once an hour, and a curve of watts between would be made up.
    "energy": Kind("kWh", frozenset({"energy"}), {"kWh": 1, "Wh": 0.001, "MWh": 1000}, counts=True),
    "temperature": Kind("°C", frozenset({"temperature", "current_temperature"}), {"°C": 1, "°F": 5 / 9}),
    "humidity": Kind("%", frozenset({"humidity"}), {"%": 1}),
    "pm25": Kind("µg/m³", frozenset({"pm25"}), _DUST),
    "pm10": Kind("µg/m³", frozenset({"pm10"}), _DUST),
    "pm1": Kind("µg/m³", frozenset({"pm1"}), _DUST),
    "carbon_dioxide": Kind("ppm", frozenset({"carbon_dioxide"}), {"ppm": 1}),
    "illuminance": Kind("lx", frozenset({"illuminance"}), {"lx": 1}),
}
"""In the order in which they are shown; docs/contract.md says what the properties are."""


def kind_of(name: str, shape: Mapping[str, Value]) -> str | None:
    """What the property `name` measures (`shape`: a Property of the contract, as JSON); None for what is set, is no
    number, or is not kept.

    One without a unit is taken to be in that of the contract, as its name is the contract's.
    """
    if shape.get("writable") or shape.get("type") not in {"integer", "number"}:
        return None
    unit = shape.get("unit")
    for kind, known in KINDS.items():
        named = known.properties is not None and name in known.properties
        if (named and unit is None) or (unit in known.units and (named or known.properties is None)):
            return kind
    return None


def measured(kind: str, unit: Value, value: Value) -> float | None:
    """A value in the unit of its kind; None where it is not known, or no number that can be."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        return None
    known = KINDS[kind]
    return (value - (32 if unit == "°F" else 0)) * known.units[str(unit or known.unit)]
