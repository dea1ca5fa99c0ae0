"""How entities become devices: a table for each domain of Home Assistant that somebody can talk to or ask about.

Lists (todo) are left out: what is said of lists is about the assistant's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from devices.homeassistant.entities.air import CLIMATE, FAN, HUMIDIFIER, WATER_HEATER
from devices.homeassistant.entities.descriptor import Call, Entity, Kind
from devices.homeassistant.entities.lights import LIGHT
from devices.homeassistant.entities.machines import LAWN_MOWER, VACUUM
from devices.homeassistant.entities.openings import COVER, LOCK, VALVE
from devices.homeassistant.entities.players import PLAYER
from devices.homeassistant.entities.sensors import ALARM, BINARY_SENSOR, SENSOR
from devices.homeassistant.entities.switches import (
    BUTTON,
    INPUT_NUMBER,
    INPUT_SELECT,
    NUMBER,
    SCENE,
    SCRIPT,
    SELECT,
    SIREN,
    SWITCHES,
)

__all__ = ["KINDS", "Call", "Entity", "Kind"]

KINDS: Final[Mapping[str, Kind]] = {
    "light": LIGHT,
    "switch": SWITCHES, "input_boolean": SWITCHES, "siren": SIREN,
    "scene": SCENE, "script": SCRIPT, "button": BUTTON, "input_button": BUTTON,
    "number": NUMBER, "input_number": INPUT_NUMBER, "select": SELECT, "input_select": INPUT_SELECT,
    "cover": COVER, "valve": VALVE, "lock": LOCK,
    "climate": CLIMATE, "fan": FAN, "humidifier": HUMIDIFIER, "water_heater": WATER_HEATER,
    "vacuum": VACUUM, "lawn_mower": LAWN_MOWER,
    "media_player": PLAYER,
    "sensor": SENSOR, "binary_sensor": BINARY_SENSOR, "alarm_control_panel": ALARM,
}  # fmt: skip
"""Domain → how its entities become devices."""
