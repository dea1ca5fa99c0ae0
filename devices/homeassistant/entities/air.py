"""What makes air and water warm, cold, damp, dry or move: climate, humidifiers, fans, water heaters.

Facts: https://developers.home-assistant.io/docs/core/entity/climate, …/humidifier, …/fan and …/water-heater
"""

from __future__ import annotations

from typing import Any, Final

from devices.homeassistant.entities.descriptor import (
    DEGREES,
    SET_SHARE,
    SHARE,
    SWITCH,
    Call,
    Entity,
    Kind,
    Row,
    always,
    celsius,
    choice,
    degrees,
    featured,
    number,
    ours,
    percent,
    selected,
    told,
    worded,
)
from devices.homeassistant.entities.switches import POWER
from devices.values import Changes
from hub.messages import Property
from hub.payloads import Value

COOLING: Final = frozenset({"cool", "dry", "fan_only", "heat_cool"})
"""Modes of an air conditioner; what knows none of them is what people call a boiler."""

MODES: Final = {"heat_cool": "auto", "eco": "energy_saving"}

PRESETS: Final = {"energy_saving": "eco", "sleep": "sleep", "away": "away"}
"""Presets that people ask for as a mode (절전, 취침, 외출): each is a switch, as it goes with every mode."""

WIND: Final = {
    "quiet": "slow", "silent": "slow", "min": "low", "middle": "medium", "mid": "medium", "strong": "high",
    "top": "power", "max": "power", "turbo": "power", "약": "low", "약풍": "low", "중": "medium", "중풍": "medium",
    "강": "high", "강풍": "high", "자동": "auto", "자동풍": "auto",
    **{name: f"wind_{step}" for step in range(1, 7) for name in (str(step), f"level_{step}", f"speed_{step}")},
}  # fmt: skip

DAMP: Final = {"eco": "energy_saving", "boost": "fast", "turbo": "fast", "quiet": "silent", "baby": "baby_care"}

HEATER: Final = {"eco": "energy_saving", "performance": "turbo", "high_demand": "turbo"}

FINEST = 0.5
"""Degrees by which a temperature is set where the entity does not say."""

MOST_STEPS = 12
"""More steps of a fan than that are a percentage."""


def _temperature(name: str, attribute: str, service: str, features: int, *others: tuple[str, str]) -> Row:
    """A temperature that is set; `others` (attribute, property) go with it in one call, as they are now."""

    def shape(entity: Entity) -> Property | None:
        if not entity.has(features):
            return None
        low, high = (celsius(entity.number(bound), entity.fahrenheit) for bound in ("min_temp", "max_temp"))
        step = None if entity.fahrenheit else entity.number("target_temp_step")
        return number(low, high, step or FINEST, "°C")

    def call(entity: Entity, changes: Changes) -> Call | None:
        data: dict[str, Any] = {attribute: degrees(changes[name], entity.fahrenheit)}
        for other, prop in others:
            known = degrees(changes[prop], entity.fahrenheit) if prop in changes else entity.number(other)
            if known is None:
                return None
            data[other] = known
        return Call(service, data)

    return Row(name, shape, lambda entity: celsius(entity.number(attribute), entity.fahrenheit), call)


def _measured(entity: Entity) -> Value:
    return celsius(entity.number("current_temperature"), entity.fahrenheit)


CURRENT: Final = Row("current_temperature", told(DEGREES, "current_temperature"), _measured)
HUMIDITY: Final = Row(
    "humidity", told(SHARE, "current_humidity"), lambda entity: percent(entity.number("current_humidity"))
)


def _target_humidity(service: str, feature: int) -> Row:
    def shape(entity: Entity) -> Property | None:
        if feature and not entity.has(feature):
            return None
        bounds = number(entity.number("min_humidity"), entity.number("max_humidity"), 1, "%")
        return bounds.model_copy(update={"type": "integer"})

    return Row(
        "target_humidity",
        shape,
        lambda entity: percent(entity.number("humidity")),
        lambda entity, changes: Call(service, {"humidity": changes["target_humidity"]}),
    )


# Climate.


def _is_running(entity: Entity) -> bool | None:
    return None if entity.state in {"unknown", "unavailable"} else entity.state != "off"


def _climate_power(entity: Entity, changes: Changes) -> Call | None:
    """By the services of its own, or else by a mode: off, or the first that is not."""
    wanted = bool(changes["power"])
    if entity.has(256 if wanted else 128):
        return Call("climate.turn_on" if wanted else "climate.turn_off")
    mode = next((mode for mode in entity.texts("hvac_modes") if (mode != "off") is wanted), None)
    return None if mode is None else Call("climate.set_hvac_mode", {"hvac_mode": mode})


def _preset(name: str, preset: str) -> Row:
    """A preset as a switch; without it there is none, or the one that is for people at home."""

    def usual(entity: Entity) -> str:
        return next((mode for mode in ("none", "home", "comfort") if mode in entity.texts("preset_modes")), "none")

    def call(entity: Entity, changes: Changes) -> Call:
        return Call("climate.set_preset_mode", {"preset_mode": preset if changes[name] else usual(entity)})

    return Row(
        name,
        lambda entity: SWITCH if entity.has(16) and preset in entity.texts("preset_modes") else None,
        lambda entity: entity.attributes.get("preset_mode") == preset,
        call,
    )


SWINGS: Final = {"on": "vertical"}
"""What swings only one way does so up and down."""


def _swing(entity: Entity) -> dict[str, str]:
    """Our ways to swing, where one choice has them all."""
    if not entity.has(32) or entity.has(512):
        return {}
    known = worded(entity.texts("swing_modes"), SWINGS)
    return {way: option for way, option in known.items() if way in {"vertical", "horizontal", "both", "off"}}


def _swing_call(entity: Entity, changes: Changes) -> Call | None:
    option = _swing(entity).get(str(changes["swing"]))
    return None if option is None else Call("climate.set_swing_mode", {"swing_mode": option})


def _swing_part(name: str, mode: str, feature: int) -> Row:
    """One of the two directions of a climate that has a choice for each."""

    def shape(entity: Entity) -> Property | None:
        known = entity.has(32) and entity.has(512) and {"on", "off"} <= set(entity.texts(f"{mode}s"))
        return SWITCH if known and entity.has(feature) else None

    def call(entity: Entity, changes: Changes) -> Call:
        return Call(f"climate.set_{mode}", {mode: "on" if changes[name] else "off"})

    return Row(name, shape, lambda entity: {"on": True, "off": False}.get(entity.text(mode) or ""), call)


CLIMATE: Final = Kind(
    lambda entity: "climate" if COOLING.intersection(entity.texts("hvac_modes")) else "boiler",
    (
        Row("power", always(SWITCH), _is_running, _climate_power),
        selected("mode", "hvac_modes", None, MODES, "climate.set_hvac_mode", "hvac_mode", without=frozenset({"off"})),
        *(_preset(name, preset) for name, preset in PRESETS.items()),
        _temperature("target_temperature", "temperature", "climate.set_temperature", 1),
        _temperature("target_temperature_low", "target_temp_low", "climate.set_temperature", 2,
                     ("target_temp_high", "target_temperature_high")),
        _temperature("target_temperature_high", "target_temp_high", "climate.set_temperature", 2,
                     ("target_temp_low", "target_temperature_low")),
        CURRENT,
        _target_humidity("climate.set_humidity", 4),
        HUMIDITY,
        selected("fan_mode", "fan_modes", "fan_mode", WIND, "climate.set_fan_mode", "fan_mode", 8),
        Row("swing", lambda entity: choice(_swing(entity)),
            lambda entity: ours(entity.text("swing_mode"), _swing(entity)), _swing_call),
        _swing_part("swing_vertical", "swing_mode", 32),
        _swing_part("swing_horizontal", "swing_horizontal_mode", 512),
    ),
)  # fmt: skip

WATER_HEATER: Final = Kind(
    lambda entity: "water_heater",
    (
        Row("power", featured(SWITCH, 8), _is_running,
            lambda entity, changes: Call(f"water_heater.turn_{'on' if changes['power'] else 'off'}")),
        selected("mode", "operation_list", None, HEATER, "water_heater.set_operation_mode", "operation_mode", 2,
                 without=frozenset({"off"})),
        Row("away", featured(SWITCH, 4), lambda entity: {"on": True, "off": False}.get(entity.text("away_mode") or ""),
            lambda entity, changes: Call("water_heater.set_away_mode", {"away_mode": changes["away"]})),
        _temperature("target_temperature", "temperature", "water_heater.set_temperature", 1),
        CURRENT,
    ),
)  # fmt: skip

HUMIDIFIER: Final = Kind(
    lambda entity: "dehumidifier" if entity.text("device_class") == "dehumidifier" else "humidifier",
    (
        POWER,
        selected("mode", "available_modes", "mode", DAMP, "humidifier.set_mode", "mode", 1),
        _target_humidity("humidifier.set_humidity", 0),
        HUMIDITY,
    ),
)


# Fans.


def _steps(entity: Entity) -> int:
    """How many steps a fan has; 0 for one that is set in percent, or not at all."""
    step = entity.number("percentage_step")
    count = round(100 / step) if step is not None and 1 <= step <= 100 else 0
    return count if entity.has(1) and 1 < count <= MOST_STEPS else 0


def _fan_step(entity: Entity) -> Property | None:
    steps = _steps(entity)
    return Property(type="integer", writable=True, min=1, max=steps, step=1) if steps else None


def _fan_step_now(entity: Entity) -> Value:
    share = _speed(entity)
    return share and max(1, round(share * _steps(entity) / 100))


def _speed(entity: Entity) -> int | None:
    return 0 if entity.state == "off" else percent(entity.number("percentage"))


def _set_fan_step(entity: Entity, changes: Changes) -> Call | None:
    step, steps = changes["fan_step"], _steps(entity)
    if not isinstance(step, int) or not steps:
        return None
    # Rounded down: Home Assistant takes the lowest step that is at least so much.
    return Call("fan.set_percentage", {"percentage": max(1, step * 100 // steps)})


FAN: Final = Kind(
    lambda entity: "fan",
    (
        POWER,
        selected("mode", "preset_modes", "preset_mode", MODES, "fan.set_preset_mode", "preset_mode", 8),
        Row("fan_step", _fan_step, _fan_step_now, _set_fan_step),
        Row("percentage", featured(SET_SHARE, 1), _speed,
            lambda entity, changes: Call("fan.set_percentage", {"percentage": changes["percentage"]})),
        Row("swing", featured(Property(type="enum", writable=True, values=["horizontal", "off"]), 2),
            lambda entity: {True: "horizontal", False: "off"}.get(entity.attributes.get("oscillating") is True),
            lambda entity, changes: Call("fan.oscillate", {"oscillating": changes["swing"] != "off"})),
    ),
)  # fmt: skip
