"""Lights in the three ways in which MQTT speaks of them: a topic for each thing, JSON, or templates.

Facts: https://www.home-assistant.io/integrations/light.mqtt
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from devices.discovered.colors import Rgb, hs_of_rgb, hs_of_xy, xy_of_rgb
from devices.discovered.configs import Config
from devices.discovered.platform import NONE, Command, Data, Platform, Read, Seen, be, word, words
from devices.discovered.simple import ON_OFF
from devices.discovered.templates import BadTemplate, told
from devices.homeassistant.entities.descriptor import finite

_COLORS: Final = ("hs", "xy", "rgb", "rgbw", "rgbww")

_MIREDS: Final = (153, 500)
"""The coldest and the warmest white where a light does not say."""


def _kelvins(config: Config) -> dict[str, Any]:
    cold, warm = config.number("min_mireds", _MIREDS[0]), config.number("max_mireds", _MIREDS[1])
    return {
        "min_color_temp_kelvin": config.number("min_kelvin", round(1_000_000 / max(1.0, warm))),
        "max_color_temp_kelvin": config.number("max_kelvin", round(1_000_000 / max(1.0, cold))),
    }


def _white_told(seen: Seen, told: Any) -> None:
    number = finite(told)
    if number is not None and number > 0:
        seen.attributes["color_temp_kelvin"] = number if seen.config.flag("color_temp_kelvin") else 1_000_000 / number
        seen.attributes["color_mode"] = "color_temp"


def _white(seen: Seen, data: Data) -> int | None:
    """A white as the light counts it: kelvin, or millionths of their inverse."""
    kelvin: float | None = data.get("color_temp_kelvin")
    if kelvin is None:
        return None
    return round(kelvin if seen.config.flag("color_temp_kelvin") else 1_000_000 / kelvin)


def _scale(config: Config) -> float:
    return max(1.0, config.number("brightness_scale", 255))


def _brightness_told(seen: Seen, told: Any) -> None:
    number = finite(told)
    if number is not None:
        seen.attributes["brightness"] = round(number / _scale(seen.config) * 255)


def _brightness(seen: Seen, data: Data) -> int | None:
    share = data.get("brightness_pct")
    return None if share is None else max(1, round(share / 100 * _scale(seen.config)))


def _color_told(seen: Seen, mode: str, hs: tuple[float, float]) -> None:
    seen.attributes["hs_color"] = list(hs)
    seen.attributes["color_mode"] = mode


def _assume(seen: Seen, data: Data) -> None:
    """Be on, with all that was asked for."""
    seen.state = "on"
    if "brightness_pct" in data:
        seen.attributes["brightness"] = round(data["brightness_pct"] * 2.55)
    if "rgb_color" in data:
        _color_told(seen, "hs", hs_of_rgb(*data["rgb_color"]))
    if "color_temp_kelvin" in data:
        seen.attributes |= {"color_temp_kelvin": data["color_temp_kelvin"], "color_mode": "color_temp"}


# A topic for each thing.


def _basic(config: Config) -> dict[str, Any]:
    modes = [mode for mode in ("color_temp", "hs", "xy", "rgb") if config.has(f"{mode}_command_topic")]
    plain = "brightness" if config.has("brightness_command_topic") else "onoff"
    return {"supported_color_modes": modes or [plain], "color_mode": None if modes else plain, **_kelvins(config)}


def _numbers(told: str, count: int) -> list[float] | None:
    found = [finite(part) for part in told.split(",")]
    numbers = [number for number in found if number is not None]
    return numbers if len(numbers) == len(found) == count else None


def _hs_told(seen: Seen, told: str) -> None:
    if (found := _numbers(told, 2)) is not None:
        _color_told(seen, "hs", (found[0], found[1]))


def _xy_told(seen: Seen, told: str) -> None:
    if (found := _numbers(told, 2)) is not None:
        _color_told(seen, "xy", hs_of_xy(found[0], found[1]))


def _rgb_told(seen: Seen, told: str) -> None:
    if (found := _numbers(told, 3)) is not None:
        _color_told(seen, "rgb", hs_of_rgb(*found))
        if not seen.config.has("brightness_state_topic"):
            seen.attributes["brightness"] = max(found)


def _on(seen: Seen, data: Data) -> Any:
    """The word for on, unless the light goes on by what else it is told."""
    by_brightness = seen.config.text("on_command_type") == "brightness" and seen.config.has("brightness_command_topic")
    return None if by_brightness else seen.config.text("payload_on", "ON")


def _on_brightness(seen: Seen, data: Data) -> Any:
    if "brightness_pct" in data or seen.config.text("on_command_type") != "brightness":
        return _brightness(seen, data)
    before = finite(seen.attributes.get("brightness")) or 255
    return max(1, round(before / 255 * _scale(seen.config)))


def _mode(config: Config) -> str:
    """In which way the light is told a colour."""
    return next((mode for mode in ("rgb", "hs", "xy") if config.has(f"{mode}_command_topic")), "")


def _colored(mode: str, make: Callable[[Rgb], tuple[float, ...]]) -> Command:
    """A colour, in the one way that the light is told it."""

    def value(seen: Seen, data: Data) -> Any:
        color = data.get("rgb_color")
        if color is None or _mode(seen.config) != mode:
            return None
        return ",".join(f"{part:g}" for part in make(tuple(color)))

    def variables(seen: Seen, data: Data) -> Data:
        names = {"hs": ("hue", "sat"), "xy": ("x", "y"), "rgb": ("red", "green", "blue")}[mode]
        return dict(zip(names, make(tuple(data["rgb_color"])), strict=True))

    topic = f"{mode}_command_topic"
    return Command(topic, f"{mode}_command_template", value, f"{mode}_state_topic", _assume, variables)


_BASIC_OFF: Final = (Command("command_topic", None, word("payload_off", "OFF"), "state_topic", be("off")),)

_BASIC_ON: Final = (
    Command(
        "brightness_command_topic", "brightness_command_template", _on_brightness, "brightness_state_topic", _assume
    ),
    Command("color_temp_command_topic", "color_temp_command_template", _white, "color_temp_state_topic", _assume),
    _colored("rgb", lambda color: color),
    _colored("hs", lambda color: hs_of_rgb(*color)),
    _colored("xy", lambda color: xy_of_rgb(*color)),
    # Last, as on_command_type says where it says nothing: the light goes on as it shall be.
    Command("command_topic", None, _on, "state_topic", be("on")),
)

BASIC: Final = Platform(
    "light",
    (
        Read("state_topic", "state_value_template", ON_OFF),
        Read("brightness_state_topic", "brightness_value_template", _brightness_told),
        Read("color_temp_state_topic", "color_temp_value_template", _white_told),
        Read("hs_state_topic", "hs_value_template", _hs_told),
        Read("xy_state_topic", "xy_value_template", _xy_told),
        Read("rgb_state_topic", "rgb_value_template", _rgb_told),
    ),
    {"turn_on": _BASIC_ON, "turn_off": _BASIC_OFF},
    _basic,
)


# JSON.


def _json_modes(config: Config) -> list[str]:
    """What is said of colours; lights of before 2024 have a key for each."""
    modes = config.texts("supported_color_modes")
    modes = modes or [mode for mode in ("color_temp", *_COLORS) if config.flag(mode)]
    return modes or ["brightness" if config.flag("brightness") else "onoff"]


def _json(config: Config) -> dict[str, Any]:
    modes = _json_modes(config)
    one = modes[0] if len(modes) == 1 and modes[0] in {"brightness", "onoff"} else None
    return {"supported_color_modes": modes, "color_mode": one, **_kelvins(config)}


def _json_told(seen: Seen, told: str) -> None:
    with suppress(ValueError, RecursionError):
        found = json.loads(told)
        if not isinstance(found, dict):
            return
        if "state" in found:
            seen.state = {"ON": "on", "OFF": "off"}.get(str(found["state"]), "unknown")
        _brightness_told(seen, found.get("brightness"))
        color, mode = found.get("color"), found.get("color_mode")
        if isinstance(color, dict) and mode != "color_temp":
            _json_color_told(seen, str(mode or "hs"), color)
        if mode in (None, "color_temp") and not (mode is None and isinstance(color, dict)):
            _white_told(seen, found.get("color_temp"))


def _json_color_told(seen: Seen, mode: str, color: dict[str, Any]) -> None:
    def known(*names: str) -> list[float] | None:
        numbers = [number for name in names if (number := finite(color.get(name))) is not None]
        return numbers if len(numbers) == len(names) else None

    if (hs := known("h", "s")) is not None:
        _color_told(seen, mode, (hs[0], hs[1]))
    elif (rgb := known("r", "g", "b")) is not None:
        _color_told(seen, mode, hs_of_rgb(*rgb))
    elif (xy := known("x", "y")) is not None:
        _color_told(seen, mode, hs_of_xy(xy[0], xy[1]))


def _json_on(seen: Seen, data: Data) -> Any:
    message: dict[str, Any] = {"state": "ON"}
    if (brightness := _brightness(seen, data)) is not None:
        message["brightness"] = brightness
    if (white := _white(seen, data)) is not None:
        message["color_temp"] = white
    if (color := data.get("rgb_color")) is not None:
        modes = _json_modes(seen.config)
        if "hs" in modes:
            message["color"] = dict(zip("hs", hs_of_rgb(*color), strict=True))
        elif "xy" in modes:
            message["color"] = dict(zip("xy", xy_of_rgb(*color), strict=True))
        else:
            message["color"] = dict(zip("rgb", color, strict=True))
    return json.dumps(message)


JSON: Final = Platform(
    "light",
    (Read("state_topic", None, _json_told),),
    {
        "turn_on": (Command("command_topic", None, _json_on, "state_topic", _assume),),
        "turn_off": (
            Command("command_topic", None, lambda seen, data: json.dumps({"state": "OFF"}), "state_topic", be("off")),
        ),
    },
    _json,
)


# Templates.


def _template(config: Config) -> dict[str, Any]:
    modes = ["color_temp"] if config.has("color_temp_template") else []
    modes += ["rgb"] if config.has("red_template") else []
    plain = "brightness" if config.has("brightness_template") else "onoff"
    return {"supported_color_modes": modes or [plain], "color_mode": None if modes else plain, **_kelvins(config)}


def _template_told(seen: Seen, payload: str) -> None:
    def by(name: str) -> str | None:
        source = seen.config.text(f"{name}_template")
        if not source:
            return None
        with suppress(BadTemplate):
            return told(source, payload)
        return None

    _TEMPLATE_STATE(seen, by("state") or "")
    _brightness_told(seen, by("brightness"))
    _white_told(seen, by("color_temp"))
    rgb = _numbers(",".join(by(name) or NONE for name in ("red", "green", "blue")), 3)
    if rgb is not None:
        _color_told(seen, "rgb", hs_of_rgb(*rgb))


_TEMPLATE_STATE: Final = words(("on", (), "on"), ("off", (), "off"))


def _template_variables(seen: Seen, data: Data) -> Data:
    known: dict[str, Any] = {"state": "on"}
    if (brightness := _brightness(seen, data)) is not None:
        known["brightness"] = brightness
    if (white := _white(seen, data)) is not None:
        known["color_temp"] = white
    if (color := data.get("rgb_color")) is not None:
        known |= dict(zip(("red", "green", "blue"), color, strict=True))
        known |= dict(zip(("hue", "sat"), hs_of_rgb(*color), strict=True))
    return known


TEMPLATE: Final = Platform(
    "light",
    (Read("state_topic", None, _template_told),),
    {
        "turn_on": (
            Command("command_topic", "command_on_template", lambda seen, data: "on", "state_topic", _assume,
                    _template_variables),
        ),
        "turn_off": (
            Command("command_topic", "command_off_template", lambda seen, data: "off", "state_topic", be("off"),
                    lambda seen, data: {"state": "off"}),
        ),
    },
    _template,
)  # fmt: skip


def light(config: Config) -> Platform:
    """The way in which a light speaks."""
    return {"json": JSON, "template": TEMPLATE}.get(config.text("schema", "basic"), BASIC)
