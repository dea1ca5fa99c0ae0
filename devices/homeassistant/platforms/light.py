"""Lights. Our colours have names; Home Assistant's colour wheel sends red, green and blue, and the nearest wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from devices.homeassistant import jinja
from devices.homeassistant.showing import Showing
from hub.messages import Property

COLORS: Final[Mapping[str, tuple[int, int, int]]] = {
    # name: red, green, blue as a screen shows them
    "white": (255, 255, 255),
    "red": (255, 0, 0),
    "orange": (255, 128, 0),
    "yellow": (255, 255, 0),
    "green": (0, 255, 0),
    "turquoise": (0, 255, 255),
    "blue": (0, 0, 255),
    "purple": (128, 0, 255),
    "pink": (255, 0, 255),
    "brown": (139, 69, 19),
}


def light(showing: Showing, name: str | None) -> None:
    """A light, which can be switched."""
    if showing.has("power", "boolean") is None:
        return
    brightness, kelvin = showing.number("brightness"), showing.number("color_temperature")
    color = showing.has("color", "color", "enum")
    names = [value for value in (color.values or []) if value in COLORS] if color is not None else []
    fields: dict[str, Any] = {}
    wanted = ["{% set wanted = {'power': true} %}"]
    if brightness is not None:
        low, high = brightness.min or 0, 100 if brightness.max is None else brightness.max
        fields["brightness_template"] = _scaled("brightness", high)
        lowest = max(low, 1)
        value = f"[(brightness * {high:g} / 255) | round | int, {lowest:g}] | max"
        wanted.append(_where("brightness", "brightness", value))
        showing.take("brightness")
    if kelvin is not None:
        fields |= _temperature(kelvin)
        wanted.append(_where("color_temp", "color_temperature", _stepped(kelvin)))
        showing.take("color_temperature")
    if names:
        fields |= _color(names)
        nearest = _nearest(names)
        wanted.append(
            f"{{% if red is defined %}}{nearest}{{% set wanted = dict(wanted, color=best.name) %}}{{% endif %}}"
        )
        if color is not None and set(color.values or ()) <= COLORS.keys():
            showing.take("color")
    showing.add(
        "light",
        "light",
        name,
        schema="template",
        state_topic=showing.state,
        state_template=jinja.picked("power", {"True": "on", "False": "off"}),
        command_topic=showing.set,
        command_on_template="".join([*wanted, "{{ wanted | to_json }}"]),
        command_off_template='{"power": false}',
        **fields,
    )
    showing.take("power")


def _where(given: str, name: str, value: str) -> str:
    """The part of the template that sends a property where Home Assistant says something about it."""
    return f"{{% if {given} is defined %}}{{% set wanted = dict(wanted, {name}={value}) %}}{{% endif %}}"


def _scaled(name: str, high: float) -> str:
    """Our share of the highest brightness as 1 to 255; nothing where it is not known."""
    return f"{{% set v = {jinja.read(name)} %}}{{{{ [(v * 255 / {high:g}) | round | int, 255] | min if v is number }}}}"


def _temperature(prop: Property) -> dict[str, Any]:
    bounds = {"min_kelvin": prop.min, "max_kelvin": prop.max}
    return {
        "color_temp_kelvin": True,
        "color_temp_template": f"{{% set v = {jinja.read('color_temperature')} %}}{{{{ v | int if v is number }}}}",
        **{name: int(bound) for name, bound in bounds.items() if bound is not None and bound > 0},
    }


def _stepped(prop: Property) -> str:
    """The colour temperature that is wanted, at a step of the light."""
    step, low = prop.step or 1, prop.min or 0
    return f"((((color_temp - {low:g}) / {step:g}) | round) * {step:g} + {low:g}) | int"


def _color(names: list[str]) -> dict[str, Any]:
    """The fields that show a colour by its name."""
    return {
        f"{part}_template": jinja.picked("color", {name: str(COLORS[name][place]) for name in names})
        for place, part in enumerate(("red", "green", "blue"))
    }


def _nearest(names: list[str]) -> str:
    """The part of the template that finds the colour that comes nearest to the one that is wanted."""
    colors = ", ".join(f"({jinja.literal(name)}, {', '.join(map(str, COLORS[name]))})" for name in names)
    return (
        "{% set best = namespace(name='', away=999999) %}"
        f"{{% for name, r, g, b in [{colors}] %}}"
        "{% set away = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2 %}"
        "{% if away < best.away %}{% set best.name = name %}{% set best.away = away %}{% endif %}"
        "{% endfor %}"
    )
