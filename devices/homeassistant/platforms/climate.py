"""Thermostats: air conditioners and boilers, and what heats water."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from devices.homeassistant import jinja
from devices.homeassistant.showing import Showing
from devices.values import step_of
from hub.messages import Property

HVAC_MODES: Final = ("auto", "heat_cool", "cool", "heat", "dry", "fan_only")
"""What Home Assistant knows as modes of a climate, besides `off`; every other mode of ours is a preset there."""

FAN_MODES: Final = frozenset({"on", "off", "auto", "low", "medium", "high", "top", "middle", "focus", "diffuse"})
"""Winds that Home Assistant has names for."""

WATER_MODES: Final = frozenset({"eco", "electric", "performance", "high_demand", "heat_pump", "gas"})
"""Modes of a water heater that Home Assistant has names for."""

NEAREST: Final[Mapping[str, str]] = {"energy_saving": "cool", "air_clean": "fan_only", "aroma": "fan_only"}
"""The mode of a climate that comes nearest to a mode of ours; of the others it is the automatic one."""

HEATERS: Final = frozenset({"boiler", "system_boiler"})
"""Types that heat where they have no modes."""

SWINGS: Final[Mapping[str, str]] = {"True": "on", "False": "off"}


def climate(showing: Showing, name: str | None) -> None:
    """A climate of whatever has a temperature to be reached and can be switched or has modes."""
    mode, power = showing.choice("mode"), showing.has("power", "boolean")
    temperatures = _targets(showing)
    if not temperatures or (mode is None and power is None):
        return
    fields = _modes(showing, mode, power) | temperatures | _measured(showing) | _wind(showing)
    showing.add("climate", "climate", name, **fields)
    showing.take("mode", "power")


def water_heater(showing: Showing, name: str | None) -> None:
    """A water heater; where a device heats other things too, what is about the hot water."""
    part = "hot_water_" if "hot_water_target_temperature" in showing.left else ""
    switch = "hot_water" if part else "power"
    target = showing.number(f"{part}target_temperature")
    power = showing.has(switch, "boolean", writable=False)
    if target is None or power is None:
        return
    current = "hot_water_temperature" if part else "current_temperature"
    mode = None if part else showing.choice("mode")
    fields = _temperature(showing, f"{part}target_temperature", target) | _bounds(target)
    if current in showing.about.properties:
        fields |= {"current_temperature_topic": showing.state, "current_temperature_template": jinja.number(current)}
    if power.writable:
        fields |= _power(showing, switch)
    words = {"True": "performance"} if mode is None else showing.words("mode", mode, WATER_MODES)
    of_state = jinja.pick(jinja.read("mode" if mode is not None else switch), words)
    fields |= {
        "modes": ["off", *words.values()],
        "mode_state_topic": showing.state,
        "mode_state_template": jinja.shown(f"'off' if {jinja.read(switch)} is false else {of_state}"),
        **_sends_mode(showing, mode, switch if power.writable else None, words),
    }
    showing.add("water_heater", "water_heater", name, **fields)
    showing.take(f"{part}target_temperature", switch, *(["mode"] if mode is not None else []))


def _sends_mode(
    showing: Showing, mode: Property | None, switch: str | None, words: Mapping[str, str]
) -> dict[str, str]:
    """The fields that take a mode: `off` and what switches on, or only the modes where nothing can be switched."""
    on: list[str] = [] if switch is None else [f"{jinja.literal(switch)}: true"]
    if mode is not None:
        ours = {word: value for value, word in words.items()}
        on.append(f'"mode": {jinja.pick("value", ours, "value")}')
    wanted = f"{{{', '.join(on)}}}"
    off = '{"mode": "off"}' if switch is None else f"{{{jinja.literal(switch)}: false}}"
    return showing.sends_all(f"({off} if value == 'off' else {wanted})", "mode_")


def _modes(showing: Showing, mode: Property | None, power: Property | None) -> dict[str, Any]:
    """The fields for its modes and presets."""
    if mode is None:
        only = "heat" if showing.about.type in HEATERS else "auto"
        of_state, modes, presets = f"'{only}' if {jinja.read('power')} is true else none", [only], dict[str, str]()
    else:
        values = mode.values or []
        modes = [word for word in values if word in HVAC_MODES]
        presets = {value: word for value, word in showing.words("mode", mode, ("off", *HVAC_MODES)).items()
                   if value != "off" and value not in modes}  # fmt: skip
        usual = next((word for word in ("auto", *modes) if word in modes), "auto")
        nearest = {value: near if (near := NEAREST.get(value)) in modes else usual for value in presets}
        of_state = jinja.pick(jinja.read("mode"), {word: word for word in (*modes, "off")} | nearest)
        modes = modes or ["auto"]
    if power is not None:
        of_state = f"'off' if {jinja.read('power')} is false else {of_state}"
    switch = None if power is None else "power"
    fields: dict[str, Any] = {
        "modes": list(dict.fromkeys(["off", *modes])),
        "mode_state_topic": showing.state,
        "mode_state_template": jinja.shown(of_state),
        **_sends_mode(showing, mode, switch, {word: word for word in modes}),
        **({} if power is None else _power(showing, "power")),
    }
    return fields | (_presets(showing, presets, modes, switch) if presets else {})


def _presets(showing: Showing, presets: Mapping[str, str], modes: list[str], switch: str | None) -> dict[str, Any]:
    """The fields for modes that are presets; without any of them, the first mode is meant."""
    ours = {word: value for value, word in presets.items()} | {"none": modes[0]}
    on = "" if switch is None else '"power": true, '
    return {
        "preset_modes": list(presets.values()),
        "preset_mode_state_topic": showing.state,
        "preset_mode_value_template": jinja.shown(jinja.pick(jinja.read("mode"), presets, "'none'")),
        **showing.sends_all(f'{{{on}"mode": {jinja.pick("value", ours)}}}', "preset_mode_"),
    }


def _power(showing: Showing, name: str) -> dict[str, str]:
    return showing.sends(name, prefix="power_") | {"payload_on": "true", "payload_off": "false"}


def _temperature(showing: Showing, name: str, prop: Property, prefix: str = "temperature_") -> dict[str, Any]:
    return {
        f"{prefix}state_topic": showing.state,
        f"{prefix}state_template": jinja.number(name),
        **showing.sends(name, prefix=prefix),
    }


def _bounds(*props: Property) -> dict[str, Any]:
    """The fields for what the temperatures may be, together."""
    step = min(step_of(prop) or 0.5 for prop in props)
    lows, highs = [prop.min for prop in props], [prop.max for prop in props]
    return {
        "min_temp": None if None in lows else min(low for low in lows if low is not None),
        "max_temp": None if None in highs else max(high for high in highs if high is not None),
        "temp_step": step,
        "precision": 1.0 if step >= 1 else 0.5 if step >= 0.5 else 0.1,
        "temperature_unit": "F" if props[0].unit == "°F" else "C",
    }


def _targets(showing: Showing) -> dict[str, Any]:
    """The fields for the temperatures to be reached: one, or two to stay between, or both."""
    prefixes = {
        "target_temperature": "temperature_",
        "target_temperature_low": "temperature_low_",
        "target_temperature_high": "temperature_high_",
    }
    found = {name: prop for name in prefixes if (prop := showing.number(name)) is not None}
    if ("target_temperature_low" in found) != ("target_temperature_high" in found):
        found.pop("target_temperature_low", None)
        found.pop("target_temperature_high", None)
    if not found:
        return {}
    fields = _bounds(*found.values())
    for name, prop in found.items():
        fields |= _temperature(showing, name, prop, prefixes[name])
    showing.take(*found)
    return fields


def _measured(showing: Showing) -> dict[str, Any]:
    """The fields for what it measures; these are sensors as well, whose history is kept."""
    fields: dict[str, Any] = {}
    for name, field in (("current_temperature", "current_temperature"), ("humidity", "current_humidity")):
        if showing.number(name, writable=False):
            fields |= {f"{field}_topic": showing.state, f"{field}_template": jinja.number(name)}
    return fields


def _wind(showing: Showing) -> dict[str, Any]:
    """The fields for how the wind blows."""
    fields: dict[str, Any] = {}
    for name, prefix, known in (("fan_mode", "fan_mode_", FAN_MODES), ("swing", "swing_mode_", frozenset[str]())):
        prop = showing.choice(name)
        if prop is None:
            continue
        words = showing.words(name, prop, known)
        fields |= {
            f"{prefix.removesuffix('_')}s": list(words.values()),
            f"{prefix}state_topic": showing.state,
            f"{prefix}state_template": jinja.picked(name, words),
            **showing.sends(name, jinja.pick("value", {word: value for value, word in words.items()}), prefix),
        }
        showing.take(name)
    for name, prefix in (("swing_vertical", "swing_mode_"), ("swing_horizontal", "swing_horizontal_mode_")):
        if showing.has(name, "boolean") is None or f"{prefix}state_topic" in fields:
            continue
        fields |= {
            f"{prefix.removesuffix('_')}s": ["on", "off"],
            f"{prefix}state_topic": showing.state,
            f"{prefix}state_template": jinja.picked(name, SWINGS),
            **showing.sends(name, prefix=prefix),
        }
        showing.take(name)
    return fields
