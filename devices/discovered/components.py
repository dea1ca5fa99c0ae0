"""Which components of discovery messages become devices, and what stands for something else than it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from devices.discovered import air, light, openings, simple
from devices.discovered.configs import Config
from devices.discovered.platform import Platform

COMPONENTS: Final[Mapping[str, Platform]] = {
    "switch": simple.SWITCH, "siren": simple.SIREN, "button": simple.BUTTON, "scene": simple.SCENE,
    "number": simple.NUMBER, "select": simple.SELECT, "sensor": simple.SENSOR, "event": simple.EVENT,
    "binary_sensor": simple.BINARY_SENSOR, "alarm_control_panel": simple.ALARM,
    "climate": air.CLIMATE, "fan": air.FAN, "humidifier": air.HUMIDIFIER, "water_heater": air.WATER_HEATER,
    "cover": openings.COVER, "valve": openings.VALVE, "lock": openings.LOCK, "vacuum": openings.VACUUM,
    "lawn_mower": openings.LAWN_MOWER,
}  # fmt: skip
"""Component → how it speaks; lights speak in several ways. Others (text, camera, update, …) are passed over."""

_SPECIAL: Final[tuple[tuple[Callable[[Config], bool], str, Platform], ...]] = (
    # Wallpads show a gas valve and the call of an elevator as switches, which they are not: one must never be opened
    # by a sentence about what is on, and the other is over as soon as it was pressed.
    (lambda config: is_gas(config), "switch", openings.GAS_SWITCH),
    (lambda config: _is_called(config, "elevator", "엘리베이터"), "switch", simple.CALL_SWITCH),
)


def platform_of(config: Config) -> Platform | None:
    """How an entity speaks; None where nobody can do anything with it."""
    for holds, component, platform in _SPECIAL:
        if config.component == component and holds(config):
            return platform
    return light.light(config) if config.component == "light" else COMPONENTS.get(config.component)


def is_gas(config: Config) -> bool:
    """Whether gas flows through it, by its class, its icon or its name: where in doubt, it is only closed."""
    return config.text("device_class") == "gas" or _is_called(config, "gas", "가스(?! ?(레인지|렌지|보일러))")


def _is_called(config: Config, english: str, korean: str) -> bool:
    """Whether the icon or the name has the word."""
    names = f"{config.text('name')} {config.device.get('name', '')} {config.text('icon')}".casefold()
    return re.search(rf"{korean}|(?<![a-z]){english}(?![a-z])", names) is not None
