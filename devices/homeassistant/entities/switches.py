"""What is only switched, started, pressed or set: switches, scripts, scenes, buttons, numbers and selections."""

from __future__ import annotations

from typing import Final

from devices.homeassistant.entities.descriptor import (
    SWITCH,
    Call,
    Entity,
    Kind,
    Row,
    always,
    finite,
    is_on,
    number,
    selected,
)
from devices.values import Changes
from hub.messages import Property


def _turn(entity: Entity, changes: Changes) -> Call:
    return Call(f"{entity.domain}.turn_{'on' if changes['power'] else 'off'}")


def _only_on(service: str) -> Row:
    """What can be started, and neither stopped nor looked at."""

    def call(entity: Entity, changes: Changes) -> Call | None:
        return Call(f"{entity.domain}.{service}") if changes["power"] else None

    return Row("power", always(SWITCH), call=call)


POWER: Final = Row("power", always(SWITCH), is_on, _turn)


def _value(entity: Entity) -> Property:
    unit = entity.text("unit_of_measurement")
    return number(entity.number("min"), entity.number("max"), entity.number("step"), unit)


def _number(domain: str) -> Kind:
    row = Row(
        "value",
        _value,
        lambda entity: finite(entity.state),
        lambda entity, changes: Call(f"{domain}.set_value", {"value": changes["value"]}),
    )
    return Kind(lambda entity: "number", (row,))


def _select(domain: str) -> Kind:
    row = selected("option", "options", None, {}, f"{domain}.select_option", "option")
    return Kind(lambda entity: "select", (row,))


SWITCHES: Final = Kind(lambda entity: "switch", (POWER,))
SIREN: Final = Kind(lambda entity: "siren", (POWER,))
SCENE: Final = Kind(lambda entity: "scene", (_only_on("turn_on"),))
# A script is over before anybody sees it run, so its state says nothing of whether it was started.
SCRIPT: Final = Kind(lambda entity: "script", (Row("power", always(SWITCH), call=_turn),))
BUTTON: Final = Kind(lambda entity: "button", (_only_on("press"),))
NUMBER, INPUT_NUMBER = _number("number"), _number("input_number")
SELECT, INPUT_SELECT = _select("select"), _select("input_select")
