"""What is only switched, pressed, set or looked at: switches, buttons, scenes, sirens, numbers, selections, sensors.

Facts: https://www.home-assistant.io/integrations/switch.mqtt, …/button.mqtt, …/siren.mqtt, …/number.mqtt and so on
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from devices.discovered.configs import Config
from devices.discovered.platform import (
    Command,
    Data,
    Platform,
    Read,
    Seen,
    as_state,
    be,
    be_given,
    datum,
    turns,
    word,
    words,
)

ON_OFF: Final = words(("on", ("state_on", "payload_on"), "ON"), ("off", ("state_off", "payload_off"), "OFF"))

STATE: Final = (Read("state_topic", "value_template", as_state),)


def _same(*names: str) -> Callable[[Config], dict[str, Any]]:
    """Attributes that are what was announced."""
    return lambda config: {name: config.fields[name] for name in names if config.has(name)}


SWITCH: Final = Platform("switch", (Read("state_topic", "value_template", ON_OFF),), turns(), _same("device_class"))

BUTTON: Final = Platform(
    "button", commands={"press": (Command("command_topic", "command_template", word("payload_press", "PRESS")),)}
)

# A switch that calls something (components.py), as a wallpad calls the elevator.
CALL_SWITCH: Final = Platform(
    "button", commands={"press": (Command("command_topic", "command_template", word("payload_on", "ON")),)}
)

SCENE: Final = Platform("scene", commands={"turn_on": (Command("command_topic", None, word("payload_on", "ON")),)})


# Sirens tell, and are told, how they sound as well: JSON, unless there is a template.


def _siren_state(seen: Seen, told: str) -> None:
    with suppress(ValueError, RecursionError):
        found = json.loads(told)
        told = str(found.get("state", "")) if isinstance(found, dict) else told
    ON_OFF(seen, told)


def _siren(state: str) -> tuple[Command, ...]:
    def value(seen: Seen, data: Data) -> Any:
        plain = seen.config.text(f"payload_{state}", state.upper())
        return plain if seen.config.has("command_template") else json.dumps({"state": plain})

    return (Command("command_topic", "command_template", value, "state_topic", be(state)),)


SIREN: Final = Platform(
    "siren",
    (Read("state_topic", "state_value_template", _siren_state),),
    {"turn_on": _siren("on"), "turn_off": _siren("off")},
)


# Numbers and selections.


def _bounds(config: Config) -> dict[str, Any]:
    bounds = {"min": config.number("min", 1), "max": config.number("max", 100), "step": config.number("step", 1)}
    return {**bounds, "unit_of_measurement": config.fields.get("unit_of_measurement")}


NUMBER: Final = Platform(
    "number",
    STATE,
    {"set_value": (Command("command_topic", "command_template", datum("value"), "state_topic", be_given("value")),)},
    _bounds,
)
SELECT: Final = Platform(
    "select",
    STATE,
    {
        "select_option": (
            Command("command_topic", "command_template", datum("option"), "state_topic", be_given("option")),
        )
    },
    _same("options"),
)

# What is looked at.

SENSOR: Final = Platform(
    "sensor",
    STATE,
    fixed=_same("device_class", "state_class", "unit_of_measurement", "options"),
)
BINARY_SENSOR: Final = Platform(
    "binary_sensor", (Read("state_topic", "value_template", ON_OFF),), fixed=_same("device_class")
)
ALARM: Final = Platform("alarm_control_panel", STATE)


def _event(seen: Seen, told: str) -> None:
    with suppress(ValueError, RecursionError):
        found = json.loads(told)
        if isinstance(found, dict) and found.get("event_type") in seen.events:
            seen.happened = found


EVENT: Final = Platform(
    "event", (Read("state_topic", "value_template", _event),), fixed=_same("device_class", "event_types")
)
