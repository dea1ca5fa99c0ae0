"""What moves the air and wets or dries it: fans, and humidifiers of both kinds."""

from __future__ import annotations

import re
from typing import Any, Final

from devices.homeassistant import jinja
from devices.homeassistant.showing import Showing
from hub.messages import Property

SPEEDS: Final[tuple[str, ...]] = ("slow", "low", "low_mid", "medium", "mid_high", "high", "power", "turbo")
"""Winds from weak to strong; those that a fan has are its speeds, all others are its presets."""

_NUMBERED: Final = re.compile(r"[a-z]+_(\d+)")

PRESETS: Final = frozenset({"auto"})
"""Presets of a fan that Home Assistant has names for."""

HUMIDIFIER_MODES: Final = frozenset({"normal", "eco", "away", "boost", "comfort", "home", "sleep", "auto", "baby"})
"""Modes of a humidifier that Home Assistant has names for."""


def fan(showing: Showing, name: str | None) -> None:
    """A fan of whatever can be switched, or has steps of which 0 is none."""
    step = showing.number("fan_step")
    if step is not None and (step.max is None or step.max < 2):
        step = None
    fields = _switched(showing, step)
    if not fields:
        return
    fields |= _speeds(showing)
    if "speed_range_max" not in fields:
        fields |= _steps(showing, step)
    showing.add("fan", "fan", name, **fields, **_oscillation(showing))
    showing.take("power")


def humidifier(showing: Showing, name: str | None) -> None:
    """A humidifier, or a dehumidifier, which has a humidity to be reached."""
    target, power, mode = showing.number("target_humidity"), showing.has("power", "boolean"), showing.choice("mode")
    if target is None or power is None:
        return
    low, high = max(0, target.min or 0), min(100, 100 if target.max is None else target.max)
    if low >= high:
        return
    fields: dict[str, Any] = {
        "device_class": "dehumidifier" if showing.about.type == "dehumidifier" else "humidifier",
        "min_humidity": low,
        "max_humidity": high,
        "target_humidity_state_topic": showing.state,
        "target_humidity_state_template": jinja.number("target_humidity", low, high),
        **showing.sends("target_humidity", prefix="target_humidity_"),
    }
    if showing.number("humidity", writable=False):
        fields |= {"current_humidity_topic": showing.state,
                   "current_humidity_template": jinja.number("humidity", 0, 100)}  # fmt: skip
    if mode is not None:
        words = showing.words("mode", mode, HUMIDIFIER_MODES)
        fields |= {
            "modes": list(words.values()),
            "mode_state_topic": showing.state,
            "mode_state_template": jinja.picked("mode", words),
            **showing.sends("mode", jinja.pick("value", {word: value for value, word in words.items()}), "mode_"),
        }
        showing.take("mode")
    showing.add("humidifier", "humidifier", name, **_switched(showing, None), **fields)
    showing.take("power", "target_humidity")


def _switched(showing: Showing, step: Property | None) -> dict[str, Any]:
    """The fields that switch it on and off."""
    payloads = {"payload_on": "true", "payload_off": "false", "state_topic": showing.state}
    if showing.has("power", "boolean"):
        return payloads | {"state_value_template": jinja.flag("power"), **showing.sends("power")}
    if step is None or step.min != 0:
        return {}
    on = jinja.read("fan_step")
    return payloads | {
        "state_value_template": f"{{% set v = {on} %}}{{{{ (v > 0) | to_json if v is number else none }}}}",
        **showing.sends("fan_step", "(1 if value == 'true' else 0)"),
    }


def _speeds(showing: Showing) -> dict[str, Any]:
    """The fields for winds with names: the ordered ones are speeds, the others presets."""
    prop = showing.choice("fan_mode")
    if prop is None:
        return {}
    values = prop.values or []
    speeds = [word for word in SPEEDS if word in values]
    numbered = [word for word in values if _NUMBERED.fullmatch(word)]
    speeds += sorted(numbered, key=lambda word: int(word.rpartition("_")[2]))
    if len(speeds) < 2:
        speeds = []
    words = {value: word for value, word in showing.words("fan_mode", prop, PRESETS).items() if value not in speeds}
    fields: dict[str, Any] = {}
    if speeds:
        place = {value: str(number) for number, value in enumerate(speeds, 1)}
        fields |= {
            "speed_range_min": 1,
            "speed_range_max": len(speeds),
            "percentage_state_topic": showing.state,
            "percentage_value_template": jinja.picked("fan_mode", place),
            **showing.sends("fan_mode", jinja.pick("value", {number: value for value, number in place.items()}),
                            "percentage_"),
        }  # fmt: skip
    if words:
        fields |= {
            "preset_modes": list(words.values()),
            "preset_mode_state_topic": showing.state,
            "preset_mode_value_template": jinja.picked("fan_mode", words),
            **showing.sends("fan_mode", jinja.pick("value", {word: value for value, word in words.items()}),
                            "preset_mode_"),
        }  # fmt: skip
    showing.take("fan_mode")
    return fields


def _steps(showing: Showing, step: Property | None) -> dict[str, Any]:
    """The fields for a speed that is a number: steps, or a share of a hundred."""
    name, prop = ("fan_step", step) if step is not None else ("percentage", showing.number("percentage"))
    if prop is None:
        return {}
    low, high = max(1, int(prop.min or 0)), int(prop.max or 100)
    if low >= high:
        return {}
    showing.take(name)
    return {
        "speed_range_min": low,
        "speed_range_max": high,
        "percentage_state_topic": showing.state,
        "percentage_value_template": (
            f"{{% set v = {jinja.read(name)} %}}"
            f"{{{{ v | round | int if v is number and (v == 0 or {low} <= v <= {high}) else none }}}}"
        ),
        **showing.sends(name, prefix="percentage_"),
    }


def _oscillation(showing: Showing) -> dict[str, Any]:
    """The fields for a fan that turns."""
    if showing.has("swing_horizontal", "boolean") is None:
        return {}
    showing.take("swing_horizontal")
    return {
        "payload_oscillation_on": "true",
        "payload_oscillation_off": "false",
        "oscillation_state_topic": showing.state,
        "oscillation_value_template": jinja.flag("swing_horizontal"),
        **showing.sends("swing_horizontal", prefix="oscillation_"),
    }
