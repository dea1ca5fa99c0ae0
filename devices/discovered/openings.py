"""What opens and closes, as it is told over MQTT: covers, valves and locks; and machines that go their way.

Facts: https://www.home-assistant.io/integrations/cover.mqtt, …/valve.mqtt, …/lock.mqtt, …/vacuum.mqtt and
…/lawn_mower.mqtt
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
    features,
    have,
    heard,
    word,
    words,
)
from devices.homeassistant.entities.descriptor import finite

_STATES: Final = words(*((state, (f"state_{state}",), state) for state in ("open", "opening", "closed", "closing")))


def _can(config: Config, *bits: tuple[int, str]) -> int:
    """The features that have a word: whoever says null instead cannot do that."""
    told = [(bit, "command_topic") for bit, key in bits if config.fields.get(key, "") is not None]
    return features(config, *told)


def _share(config: Config, told: str, part: str = "position") -> int | None:
    """How far it is open, in percent."""
    number = finite(told)
    low, high = _ends(config, part)
    return None if number is None or low == high else round(min(1.0, max(0.0, (number - low) / (high - low))) * 100)


def _ends(config: Config, part: str) -> tuple[float, float]:
    if part == "tilt":
        return config.number("tilt_closed_value", 0), config.number("tilt_opened_value", 100)
    return config.number("position_closed", 0), config.number("position_open", 100)


def _place(name: str, part: str) -> Callable[[Seen, Data], Any]:
    """A share of the way as it counts it."""

    def value(seen: Seen, data: Data) -> Any:
        low, high = _ends(seen.config, part)
        return round(low + (high - low) * data[name] / 100)

    return value


def _named(name: str, part: str) -> Callable[[Seen, Data], Data]:
    """What templates call the way."""
    return lambda seen, data: {
        name: _place(name, part)(seen, data), "position_open": _ends(seen.config, part)[1],
        "position_closed": _ends(seen.config, part)[0],
    }  # fmt: skip


# Covers.


def _cover(config: Config) -> dict[str, Any]:
    can = _can(config, (1, "payload_open"), (2, "payload_close"), (8, "payload_stop"))
    can += features(config, (4, "set_position_topic"), (16 + 32 + 128, "tilt_command_topic"))
    told = heard(config, ("current_position", "position_topic"), ("current_tilt_position", "tilt_status_topic"))
    return {**told, "supported_features": can, "device_class": config.fields.get("device_class")}


def _cover_state(seen: Seen, told: str) -> None:
    if told != seen.config.text("state_stopped", "stopped"):
        _STATES(seen, told)
        return
    place = seen.attributes.get("current_position")
    closed = seen.state in {"closing", "closed"} if place is None else place == 0
    seen.state = "closed" if closed else "open"


def _cover_position(seen: Seen, told: str) -> None:
    with suppress(ValueError, RecursionError):
        found = json.loads(told)
        told = str(found.get("position")) if isinstance(found, dict) else told
    share = _share(seen.config, told)
    if share is not None:
        seen.attributes["current_position"] = share
        if not seen.config.has("state_topic"):
            seen.state = "open" if share else "closed"


def _cover_tilt(seen: Seen, told: str) -> None:
    share = _share(seen.config, told, "tilt")
    if share is not None:
        seen.attributes["current_tilt_position"] = share


def _go(way: str, state: str, told: str = "state_topic") -> tuple[Command, ...]:
    return (Command("command_topic", "command_template", word(f"payload_{way}", way.upper()), told, be(state)),)


def _tilt(name: str) -> Callable[[Seen, Data], Any]:
    return lambda seen, data: round(seen.config.number(f"tilt_{name}_value", 100 if name == "opened" else 0))


def _shift(seen: Seen, data: Data) -> None:
    seen.attributes["current_position"] = data["position"]
    seen.state = "open" if data["position"] else "closed"


COVER: Final = Platform(
    "cover",
    (
        Read("position_topic", "position_template", _cover_position),
        Read("state_topic", "value_template", _cover_state),
        Read("tilt_status_topic", "tilt_status_template", _cover_tilt),
    ),
    {
        "open_cover": _go("open", "open"),
        "close_cover": _go("close", "closed"),
        "stop_cover": (Command("command_topic", None, word("payload_stop", "STOP")),),
        "set_cover_position": (
            Command("set_position_topic", "set_position_template", _place("position", "position"), "position_topic",
                    _shift, _named("position", "position")),
        ),
        "open_cover_tilt": (
            Command("tilt_command_topic", "tilt_command_template", _tilt("opened"), "tilt_status_topic"),
        ),
        "close_cover_tilt": (
            Command("tilt_command_topic", "tilt_command_template", _tilt("closed"), "tilt_status_topic"),
        ),
        "stop_cover_tilt": (Command("command_topic", None, word("payload_stop", "STOP")),),
        "set_cover_tilt_position": (
            Command("tilt_command_topic", "tilt_command_template", _place("tilt_position", "tilt"),
                    "tilt_status_topic", have("current_tilt_position", "tilt_position"),
                        _named("tilt_position", "tilt")),
        ),
    },
    _cover,
)  # fmt: skip


# Valves tell a word, or how far they are open.


def _valve(config: Config) -> dict[str, Any]:
    by_place = config.flag("reports_position")
    can = 1 + 2 + 4 if by_place else _can(config, (1, "payload_open"), (2, "payload_close"))
    can += 8 if config.has("payload_stop") else 0
    place = {"current_position": None} if by_place else {}
    return {**place, "supported_features": can, "device_class": config.fields.get("device_class")}


def _valve_state(seen: Seen, told: str) -> None:
    with suppress(ValueError, RecursionError):
        found = json.loads(told)
        if isinstance(found, dict):
            _STATES(seen, str(found.get("state", "")))
            told = str(found.get("position", ""))
    _STATES(seen, told)
    share = _share(seen.config, told) if seen.config.flag("reports_position") else None
    if share is not None:
        seen.attributes["current_position"] = share
        seen.state = "open" if share else "closed"


def _valve_goes(way: str, share: int, state: str) -> Command:
    def value(seen: Seen, data: Data) -> Any:
        if seen.config.flag("reports_position"):
            return _place("position", "position")(seen, {"position": share})
        return word(f"payload_{way}", way.upper())(seen, data)

    return Command("command_topic", "command_template", value, "state_topic", be(state))


VALVE: Final = Platform(
    "valve",
    (Read("state_topic", "value_template", _valve_state),),
    {
        "open_valve": (_valve_goes("open", 100, "open"),),
        "close_valve": (_valve_goes("close", 0, "closed"),),
        "stop_valve": (Command("command_topic", "command_template", word("payload_stop", "STOP")),),
        "set_valve_position": (
            Command("command_topic", "command_template", _place("position", "position"), "state_topic", _shift),
        ),
    },
    _valve,
)

# A switch that is a gas valve (components.py): on is open. It is only closed.
GAS_SWITCH: Final = Platform(
    "valve",
    (
        Read("state_topic", "value_template",
             words(("open", ("state_on", "payload_on"), "ON"), ("closed", ("state_off", "payload_off"), "OFF"))),
    ),
    {
        "close_valve": (
            Command("command_topic", "command_template", word("payload_off", "OFF"), "state_topic", be("closed")),
        )
    },
    lambda config: {"supported_features": 2},
)  # fmt: skip

LOCK: Final = Platform(
    "lock",
    (
        Read("state_topic", "value_template",
             words(*((state, (f"state_{state}",), state.upper())
                     for state in ("locked", "locking", "unlocked", "unlocking", "jammed", "open", "opening")))),
    ),
    {"lock": _go("lock", "locked"), "unlock": _go("unlock", "unlocked")},
)  # fmt: skip


# Machines.


def _vacuum(config: Config) -> dict[str, Any]:
    can = config.texts("supported_features", ("start", "stop", "return_home", "status", "clean_spot"))
    bits = {"start": 8192, "pause": 4, "stop": 8, "return_home": 16, "fan_speed": 32}
    return {
        "supported_features": sum(bit for name, bit in bits.items() if name in can),
        "fan_speed_list": config.texts("fan_speed_list"),
    }


def _vacuum_told(seen: Seen, told: str) -> None:
    with suppress(ValueError, RecursionError):
        found = json.loads(told)
        if isinstance(found, dict):
            seen.state = str(found.get("state", seen.state))
            seen.attributes["fan_speed"] = found.get("fan_speed")


def _order(name: str) -> tuple[Command, ...]:
    return (Command("command_topic", None, word(f"payload_{name}", name)),)


VACUUM: Final = Platform(
    "vacuum",
    (Read("state_topic", "value_template", _vacuum_told),),
    {
        **{name: _order(name) for name in ("start", "pause", "stop", "return_to_base")},
        "set_fan_speed": (
            Command("set_fan_speed_topic", None, lambda seen, data: data["fan_speed"], "state_topic",
                    have("fan_speed", "fan_speed")),
        ),
    },
    _vacuum,
)  # fmt: skip


def _itself(name: str) -> Callable[[Seen, Data], Any]:
    return lambda seen, data: name


_MOWS: Final = ((1, "start_mowing"), (2, "pause"), (4, "dock"))

LAWN_MOWER: Final = Platform(
    "lawn_mower",
    (Read("activity_state_topic", "activity_value_template", as_state),),
    {name: (Command(f"{name}_command_topic", f"{name}_command_template", _itself(name)),) for _, name in _MOWS},
    lambda config: {"supported_features": features(config, *((bit, f"{name}_command_topic") for bit, name in _MOWS))},
)
