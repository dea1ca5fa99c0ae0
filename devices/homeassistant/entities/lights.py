"""Lights: brightness, colours by name, warm and cold white.

Facts: https://developers.home-assistant.io/docs/core/entity/light
"""

from __future__ import annotations

import colorsys
from typing import Final

from devices.homeassistant.entities.descriptor import (
    SET_SHARE,
    SWITCH,
    Call,
    Entity,
    Kind,
    Row,
    always,
    finite,
    is_on,
    percent,
)
from devices.values import Changes
from hub.messages import Property
from hub.payloads import Value

COLORS: Final = {
    # name: red, green, blue from 0 to 255, chosen for a light and not for a screen
    "white": (255, 255, 255),
    "red": (255, 0, 0),
    "orange": (255, 90, 0),
    "yellow": (255, 190, 0),
    "green": (0, 255, 0),
    "turquoise": (0, 205, 180),
    "blue": (0, 0, 255),
    "purple": (128, 0, 255),
    "pink": (255, 50, 128),
    "brown": (155, 50, 13),
}

COLOR_MODES: Final = frozenset({"hs", "xy", "rgb", "rgbw", "rgbww"})
"""Modes in which a light has a colour."""

DIMMABLE: Final = COLOR_MODES | {"brightness", "color_temp", "white"}
"""Modes in which a light has a brightness."""


def _modes(entity: Entity, wanted: frozenset[str]) -> frozenset[str]:
    return wanted.intersection(entity.texts("supported_color_modes"))


def _power(entity: Entity, changes: Changes) -> Call:
    return Call("light.turn_on" if changes["power"] else "light.turn_off")


def _on_with(entity: Entity, changes: Changes, **data: object) -> Call:
    """Turn on with that; a light that shall be off is not turned on by its colour."""
    return Call("light.turn_off") if changes.get("power") is False else Call("light.turn_on", data)


def _brightness_now(entity: Entity) -> Value:
    return 0 if entity.state == "off" else percent(entity.number("brightness"), 255)


def _brightness(entity: Entity, changes: Changes) -> Call:
    if changes["brightness"] == 0:
        return Call("light.turn_off")
    return _on_with(entity, changes, brightness_pct=changes["brightness"])


def _color_now(entity: Entity) -> Value:
    """The name of the nearest colour, while the light has one."""
    shade = entity.attributes.get("hs_color")
    if entity.text("color_mode") not in COLOR_MODES or not isinstance(shade, list | tuple) or len(shade) != 2:
        return None
    hue, saturation = finite(shade[0]), finite(shade[1])
    if hue is None or saturation is None:
        return None
    seen = _shade(hue / 360 % 1, min(1.0, max(0.0, saturation / 100)))
    return min(COLORS, key=lambda name: _distance(seen, _pure(*COLORS[name])))


def _shade(hue: float, saturation: float) -> tuple[float, float, float]:
    return colorsys.hsv_to_rgb(hue, saturation, 1.0)


def _pure(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """A colour as bright as can be: brightness is told apart from colour."""
    hue, saturation, _ = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    return _shade(hue, saturation)


def _distance(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    return sum((here - there) ** 2 for here, there in zip(one, other, strict=True))


def _color(entity: Entity, changes: Changes) -> Call | None:
    known = COLORS.get(str(changes["color"]))
    return None if known is None else _on_with(entity, changes, rgb_color=list(known))


def _kelvin(entity: Entity) -> Property | None:
    if not _modes(entity, frozenset({"color_temp"})):
        return None
    low, high = entity.number("min_color_temp_kelvin"), entity.number("max_color_temp_kelvin")
    if low is None or high is None or not 0 < low < high:
        low, high = 2000.0, 6500.0
    return Property(type="integer", writable=True, min=low, max=high, unit="K")


def _kelvin_now(entity: Entity) -> Value:
    kelvin = entity.number("color_temp_kelvin")
    return None if kelvin is None else round(kelvin)


COLOR: Final = Property(type="color", writable=True, values=list(COLORS))

LIGHT: Final = Kind(
    lambda entity: "light",
    (
        Row("power", always(SWITCH), is_on, _power),
        Row("brightness", lambda entity: SET_SHARE if _modes(entity, DIMMABLE) else None, _brightness_now, _brightness),
        Row("color", lambda entity: COLOR if _modes(entity, COLOR_MODES) else None, _color_now, _color),
        Row(
            "color_temperature", _kelvin, _kelvin_now,
            lambda entity, changes: _on_with(entity, changes, color_temp_kelvin=changes["color_temperature"]),
        ),
    ),
)  # fmt: skip
