"""How properties look in Home Assistant: device class, statistics, icon, and whether they are a side matter.

Device classes and the units that go with each are those of https://developers.home-assistant.io/docs/core/entity/sensor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Look:
    """How one property looks, whatever platform shows it; what does not go with its unit is left out."""

    device_class: str | None = None
    icon: str | None = None
    category: Literal["config", "diagnostic"] | None = None
    """`config` is only for what can be set; what is only read is diagnostic then."""
    total: bool = False
    """Whether it counts up from time to time, as energy does."""
    at: bool = False
    """Whether it is a point in time, and not a time of day."""


_TEMPERATURES: Final = frozenset({"°C", "°F", "K"})
_TIMES: Final = frozenset({"d", "h", "min", "s", "ms"})
_DUST: Final = frozenset({"µg/m³"})
_SHARE: Final = frozenset({"%"})

UNITS: Final[Mapping[str, frozenset[str | None]]] = {
    # device class: the units that Home Assistant takes with it
    "battery": _SHARE, "humidity": _SHARE, "moisture": _SHARE, "temperature": _TEMPERATURES, "duration": _TIMES,
    "pm1": _DUST, "pm25": _DUST, "pm10": _DUST, "carbon_dioxide": frozenset({"ppm"}),
    "illuminance": frozenset({"lx"}), "energy": frozenset({"kWh", "Wh", "MWh"}), "power": frozenset({"W", "kW"}),
    "voltage": frozenset({"V", "mV"}), "current": frozenset({"A", "mA"}),
    "pressure": frozenset({"hPa", "Pa", "kPa", "mbar"}), "aqi": frozenset({None}),
    "distance": frozenset({"cm", "m", "mm"}),
}  # fmt: skip

OF_UNIT: Final[Mapping[str, str]] = {
    **dict.fromkeys(_TEMPERATURES - {"K"}, "temperature"),
    **dict.fromkeys(_TIMES, "duration"),
    "lx": "illuminance", "kWh": "energy", "W": "power", "V": "voltage", "A": "current",
}  # fmt: skip
"""The device class of a number by its unit, where its name says nothing."""

BINARY_CLASSES: Final = frozenset({
    "battery", "cold", "connectivity", "door", "garage_door", "gas", "heat", "light", "lock", "moisture", "motion",
    "moving", "occupancy", "opening", "plug", "power", "presence", "problem", "running", "safety", "smoke", "sound",
    "tamper", "vibration", "window",
})  # fmt: skip
"""Device classes of binary sensors."""

LOOKS: Final[Mapping[str, Look]] = {
    # What is measured.
    "humidity": Look("humidity"),
    "target_humidity": Look("humidity"),
    "battery": Look("battery", category="diagnostic"),
    "battery_level": Look(icon="mdi:battery", category="diagnostic"),
    "pm1": Look("pm1"),
    "pm25": Look("pm25"),
    "pm10": Look("pm10"),
    "carbon_dioxide": Look("carbon_dioxide"),
    "illuminance": Look("illuminance"),
    "energy": Look("energy", total=True),
    "air_quality": Look(icon="mdi:air-filter"),
    "odor": Look(icon="mdi:scent"),
    "motion": Look("motion"),
    "occupancy": Look("occupancy"),
    "distance": Look("distance"),
    "open": Look("opening"),
    "door": Look("door"),
    "locked": Look(icon="mdi:lock"),
    "water": Look(icon="mdi:water"),
    "pressed": Look(icon="mdi:gesture-tap-button"),
    "water_type": Look(icon="mdi:water"),
    "beer": Look(icon="mdi:beer"),
    # What it does.
    "power": Look("power", icon="mdi:power"),
    "running": Look("running"),
    "status": Look(icon="mdi:state-machine"),
    "phase": Look(icon="mdi:progress-clock", category="diagnostic"),
    "error": Look(icon="mdi:alert-circle-outline", category="diagnostic"),
    "remote_control": Look(icon="mdi:remote", category="diagnostic"),
    "mode": Look(icon="mdi:tune"),
    "course": Look(icon="mdi:tune"),
    "personalization": Look(icon="mdi:account-cog", category="diagnostic"),
    "fan_mode": Look(icon="mdi:fan"),
    "fan_step": Look(icon="mdi:fan"),
    "percentage": Look(icon="mdi:fan"),
    "swing": Look(icon="mdi:arrow-oscillating"),
    "swing_vertical": Look(icon="mdi:arrow-up-down"),
    "swing_horizontal": Look(icon="mdi:arrow-left-right"),
    "wind_angle": Look(icon="mdi:arrow-oscillating"),
    "air_clean": Look(icon="mdi:air-purifier"),
    "power_level": Look(icon="mdi:gas-burner"),
    "express_freeze": Look(icon="mdi:snowflake"),
    "rapid_freeze": Look(icon="mdi:snowflake"),
    "express_fridge": Look(icon="mdi:snowflake-thermometer"),
    "express_mode_name": Look(icon="mdi:snowflake", category="diagnostic"),
    "lamp": Look(icon="mdi:lightbulb"),
    "light": Look(icon="mdi:lightbulb"),
    "brightness": Look(icon="mdi:brightness-6"),
    "light_brightness": Look(icon="mdi:brightness-6"),
    "color": Look(icon="mdi:palette"),
    "sterilize": Look(icon="mdi:shield-sun"),
    "ion": Look(icon="mdi:flash"),
    "warm": Look(icon="mdi:heat-wave"),
    "hot_water": Look(icon="mdi:water-boiler"),
    "cold_water": Look(icon="mdi:water"),
    "detergent": Look(icon="mdi:bottle-tonic", category="diagnostic"),
    "recipe": Look(icon="mdi:beer"),
    "growth": Look(icon="mdi:sprout"),
    # How it is set.
    "power_save": Look(icon="mdi:leaf", category="config"),
    "eco_friendly": Look(icon="mdi:leaf", category="config"),
    "sabbath": Look(icon="mdi:candelabra", category="config"),
    "display": Look(icon="mdi:television-ambient-light", category="config"),
    "display_light": Look(icon="mdi:led-on", category="config"),
    "display_brightness": Look(icon="mdi:led-on", category="config"),
    "sound": Look(icon="mdi:volume-high", category="config"),
    "child_lock": Look(icon="mdi:lock-outline", category="config"),
    "monitoring": Look(icon="mdi:eye", category="config"),
    "hygiene_dry": Look(icon="mdi:hair-dryer", category="config"),
    "fresh_air_filter": Look(icon="mdi:air-filter", category="config"),
    "optimal_humidity": Look(icon="mdi:water-percent", category="config"),
    "rinse_level": Look(icon="mdi:water-plus", category="diagnostic"),
    "softening_level": Look(icon="mdi:water-opacity", category="diagnostic"),
    "signal_level": Look(icon="mdi:volume-high", category="diagnostic"),
    "machine_clean_reminder": Look(icon="mdi:bell", category="diagnostic"),
    "clean_light_reminder": Look(icon="mdi:bell", category="diagnostic"),
    "room_sensor": Look(icon="mdi:home-thermometer", category="diagnostic"),
    "water_sensor": Look(icon="mdi:thermometer-water", category="diagnostic"),
    # What has to be looked after.
    "filter": Look(icon="mdi:air-filter", category="diagnostic"),
    "top_filter": Look(icon="mdi:air-filter", category="diagnostic"),
    "one_touch_filter": Look(icon="mdi:air-filter", category="diagnostic"),
    "rinse_refill": Look("problem", category="diagnostic"),
    "water_filter_used": Look(icon="mdi:water-sync", category="diagnostic"),
    "water_filter_state": Look(icon="mdi:water-sync", category="diagnostic"),
    **{f"water_filter_{n}": Look(icon="mdi:water-sync", category="diagnostic") for n in (1, 2, 3)},
    "cycles": Look(icon="mdi:counter", category="diagnostic", total=True),
    # Times.
    "start_at": Look(icon="mdi:clock-start"),
    "end_at": Look(icon="mdi:clock-end"),
    "start_in_minutes": Look("duration", icon="mdi:timer-play"),
    "end_in_minutes": Look("duration", icon="mdi:timer-stop"),
    "sleep_minutes": Look("duration", icon="mdi:sleep"),
    "delay_start_hours": Look("duration", icon="mdi:timer-play"),
    "delay_end_hours": Look("duration", icon="mdi:timer-stop"),
    "remaining_minutes": Look("duration", icon="mdi:timer-sand"),
    # What the assistant keeps.
    "count": Look(icon="mdi:counter"),
    "today_count": Look(icon="mdi:calendar-today"),
    "next_at": Look(icon="mdi:clock-outline", at=True),
    "next_ends_at": Look(icon="mdi:timer-sand", at=True),
    "next_name": Look(icon="mdi:label-outline"),
    "next_title": Look(icon="mdi:calendar"),
    "ringing": Look("sound", icon="mdi:bell-ring"),
    "items": Look(icon="mdi:format-list-checks"),
    "condition": Look(icon="mdi:weather-partly-cloudy"),
    # Sound and pictures.
    "tone": Look(icon="mdi:music-note"),
    "volume": Look(icon="mdi:volume-high"),
    "muted": Look(icon="mdi:volume-off"),
    "shuffle": Look(icon="mdi:shuffle"),
    "repeat": Look(icon="mdi:repeat"),
    "source": Look(icon="mdi:radio"),
    "playback": Look(icon="mdi:play-pause"),
    "title": Look(icon="mdi:music-note"),
    "artist": Look(icon="mdi:account-music"),
    "album": Look(icon="mdi:album"),
    "station": Look(icon="mdi:radio"),
    "search_query": Look(icon="mdi:magnify"),
}
"""Property to its look: those of the contract, and what bridges of ours announce besides."""

OPERATION_ICONS: Final[Mapping[str, str]] = {
    "start": "mdi:play", "resume": "mdi:play", "play": "mdi:play", "stop": "mdi:stop", "pause": "mdi:pause",
    "next": "mdi:skip-next", "previous": "mdi:skip-previous", "home": "mdi:home-import-outline",
    "power_on": "mdi:power-on", "power_off": "mdi:power-off", "wake_up": "mdi:alarm-check",
    "preheat": "mdi:thermometer-chevron-up", "cancel_delay": "mdi:timer-cancel",
}  # fmt: skip


def look_of(name: str) -> Look:
    """The look of a property; that of a zone (`left_front_status`) is the one of its last words."""
    while name not in LOOKS and "_" in name:
        name = name.partition("_")[2]
    return LOOKS.get(name, Look())


def class_of(name: str, unit: str | None) -> str | None:
    """The device class of a number."""
    device_class = look_of(name).device_class or OF_UNIT.get(unit or "")
    return device_class if device_class is not None and unit in UNITS.get(device_class, ()) else None
