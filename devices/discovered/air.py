"""What makes air and water warm, cold, damp, dry or move, as it is told over MQTT.

Facts: https://www.home-assistant.io/integrations/climate.mqtt, …/fan.mqtt, …/humidifier.mqtt, …/water_heater.mqtt
"""

from __future__ import annotations

import math
from typing import Any, Final

from devices.discovered.configs import Config
from devices.discovered.platform import (
    NONE,
    Command,
    Data,
    Platform,
    Read,
    Seen,
    as_number,
    as_state,
    as_text,
    be,
    be_given,
    datum,
    features,
    have,
    heard,
    setting,
    turns,
    word,
)
from devices.discovered.simple import ON_OFF
from devices.homeassistant.entities.descriptor import finite

_CURRENT: Final = (
    Read("current_temperature_topic", "current_temperature_template", as_number("current_temperature")),
    Read("current_humidity_topic", "current_humidity_template", as_number("current_humidity")),
)

_TARGETS: Final = (
    # the attribute, and what the keys of its topics begin with
    ("temperature", "temperature"), ("target_temp_low", "temperature_low"), ("target_temp_high", "temperature_high"),
)  # fmt: skip

_HUMIDITY: Final = Read("target_humidity_state_topic", "target_humidity_state_template", as_number("humidity"))
_SET_HUMIDITY: Final = setting("humidity", "humidity", "target_humidity")

_CHOICES: Final = (
    # the attribute, which is what the keys begin with; how the key of its template ends, and what there is at first
    ("fan_mode", "state", ("auto", "low", "medium", "high")), ("swing_mode", "state", ("on", "off")),
    ("swing_horizontal_mode", "state", ("on", "off")), ("preset_mode", "value", ()),
)  # fmt: skip

_POWER: Final = {
    f"turn_{state}": (
        Command("power_command_topic", "power_command_template", word(f"payload_{state}", state.upper())),
    )
    for state in ("on", "off")
}


def _degrees(config: Config, low: float, high: float) -> dict[str, Any]:
    if config.text("temperature_unit").upper() in {"F", "°F"}:
        low, high = low * 1.8 + 32, high * 1.8 + 32
    return {
        "min_temp": config.number("min_temp", low),
        "max_temp": config.number("max_temp", high),
        "target_temp_step": config.number("temp_step", 1.0),
        **heard(config, ("current_temperature", "current_temperature_topic"),
                ("current_humidity", "current_humidity_topic")),
    }  # fmt: skip


def _climate(config: Config) -> dict[str, Any]:
    lists = {f"{name}s": config.texts(f"{name}s", usual) for name, _, usual in _CHOICES}
    can = features(
        config, (1, "temperature_command_topic"), (2, "temperature_high_command_topic"),
        (4, "target_humidity_command_topic"), (8, "fan_mode_command_topic"), (16, "preset_mode_command_topic"),
        (32, "swing_mode_command_topic"), (512, "swing_horizontal_mode_command_topic"),
        (128 + 256, "power_command_topic"),
    )  # fmt: skip
    return {
        **_degrees(config, 7, 35),
        **lists,
        "preset_modes": ["none", *lists["preset_modes"]],
        "hvac_modes": config.texts("modes", ("auto", "off", "cool", "heat", "dry", "fan_only")),
        "min_humidity": config.number("min_humidity", 30),
        "max_humidity": config.number("max_humidity", 99),
        "supported_features": can,
    }


CLIMATE: Final = Platform(
    "climate",
    (
        Read("mode_state_topic", "mode_state_template", as_state),
        *_CURRENT,
        *(Read(f"{part}_state_topic", f"{part}_state_template", as_number(name)) for name, part in _TARGETS),
        _HUMIDITY,
        *(Read(f"{name}_state_topic", f"{name}_{end}_template", as_text(name)) for name, end, _ in _CHOICES),
    ),
    {
        **_POWER,
        "set_hvac_mode": (
            Command("mode_command_topic", "mode_command_template", datum("hvac_mode"), "mode_state_topic",
                    be_given("hvac_mode")),
        ),
        "set_temperature": tuple(setting(name, name, part) for name, part in _TARGETS),
        "set_humidity": (_SET_HUMIDITY,),
        **{f"set_{name}": (setting(name, name, name),) for name, _, _ in _CHOICES},
    },
    _climate,
)  # fmt: skip


def _water_heater(config: Config) -> dict[str, Any]:
    modes = ("off", "eco", "electric", "gas", "heat_pump", "high_demand", "performance")
    can = features(config, (1, "temperature_command_topic"), (2, "mode_command_topic"), (8, "power_command_topic"))
    return {**_degrees(config, 43, 60), "operation_list": config.texts("modes", modes), "supported_features": can}


WATER_HEATER: Final = Platform(
    "water_heater",
    (
        Read("mode_state_topic", "mode_state_template", as_state),
        _CURRENT[0],
        Read("temperature_state_topic", "temperature_state_template", as_number("temperature")),
    ),
    {
        **_POWER,
        "set_operation_mode": (
            Command("mode_command_topic", "mode_command_template", datum("operation_mode"), "mode_state_topic",
                    be_given("operation_mode")),
        ),
        "set_temperature": (setting("temperature", "temperature", "temperature"),),
    },
    _water_heater,
)  # fmt: skip


def _humidifier(config: Config) -> dict[str, Any]:
    return {
        "device_class": config.text("device_class", "humidifier"),
        "available_modes": config.texts("modes"),
        "min_humidity": config.number("min_humidity", 0),
        "max_humidity": config.number("max_humidity", 100),
        "supported_features": features(config, (1, "mode_command_topic")),
        **heard(config, ("current_humidity", "current_humidity_topic")),
    }


HUMIDIFIER: Final = Platform(
    "humidifier",
    (
        Read("state_topic", "state_value_template", ON_OFF),
        _CURRENT[1],
        _HUMIDITY,
        Read("mode_state_topic", "mode_state_template", as_text("mode")),
    ),
    {**turns(), "set_humidity": (_SET_HUMIDITY,), "set_mode": (setting("mode", "mode", "mode"),)},
    _humidifier,
)


# Fans: theirs is a range of speeds, Home Assistant's is percent.


def _speeds(config: Config) -> tuple[float, float]:
    """What is below the lowest speed, and how many speeds there are."""
    low, high = config.number("speed_range_min", 1), config.number("speed_range_max", 100)
    return low - 1, max(1.0, high - low + 1)


def _fan(config: Config) -> dict[str, Any]:
    return {
        "percentage_step": 100 / _speeds(config)[1],
        "preset_modes": config.texts("preset_modes"),
        "supported_features": features(
            config, (1, "percentage_command_topic"), (2, "oscillation_command_topic"), (8, "preset_mode_command_topic")
        ),
    }


def _speed_told(seen: Seen, told: str) -> None:
    below, count = _speeds(seen.config)
    speed = finite(told)
    if told == seen.config.text("payload_reset_percentage", NONE):
        seen.attributes["percentage"] = None
    elif speed is not None:
        seen.attributes["percentage"] = math.floor(min(1.0, max(0.0, (speed - below) / count)) * 100)


def _speed(seen: Seen, data: Data) -> Any:
    below, count = _speeds(seen.config)
    return math.ceil(count * data["percentage"] / 100 + below) if data.get("percentage") else None


def _stop(seen: Seen, data: Data) -> Any:
    return seen.config.text("payload_off", "OFF") if data.get("percentage") == 0 else None


def _swings(seen: Seen, told: str) -> None:
    turning = {seen.config.text(f"payload_oscillation_{state}", f"oscillate_{state}"): state for state in ("on", "off")}
    if told in turning:
        seen.attributes["oscillating"] = turning[told] == "on"


def _swing(seen: Seen, data: Data) -> Any:
    state = "on" if data["oscillating"] else "off"
    return seen.config.text(f"payload_oscillation_{state}", f"oscillate_{state}")


FAN: Final = Platform(
    "fan",
    (
        Read("state_topic", "state_value_template", ON_OFF),
        Read("percentage_state_topic", "percentage_value_template", _speed_told),
        Read("preset_mode_state_topic", "preset_mode_value_template", as_text("preset_mode")),
        Read("oscillation_state_topic", "oscillation_value_template", _swings),
    ),
    {
        **turns(),
        "set_percentage": (
            Command("command_topic", "command_template", _stop, "state_topic", be("off")),
            Command("percentage_command_topic", "percentage_command_template", _speed, "percentage_state_topic",
                    have("percentage", "percentage")),
        ),
        "set_preset_mode": (setting("preset_mode", "preset_mode", "preset_mode"),),
        "oscillate": (
            Command("oscillation_command_topic", "oscillation_command_template", _swing, "oscillation_state_topic",
                    have("oscillating", "oscillating")),
        ),
    },
    _fan,
)  # fmt: skip
