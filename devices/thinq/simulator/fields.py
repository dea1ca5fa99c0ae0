"""Single values of a state by their path, temperatures in both units, and what several appliances refuse alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from devices.thinq.simulator.appliance import (
    IN_ERROR,
    POWERED_OFF,
    REMOTE_OFF,
    WRONG_STATE,
    RefusedError,
)

_PATH = re.compile(r"(?P<resource>\w+)(\[(?P<entry>\w+)\])?\.(?P<name>\w+)")


def split(path: str) -> tuple[str, str, str]:
    """Resource, unit or compartment ("" for none) and name of `resource[entry].name`."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise ValueError(f"no path: {path}")
    return found["resource"], found["entry"] or "", found["name"]


def get(state: Any, path: str) -> Any:
    """The value at a path."""
    holder, name = _holder(state, path)
    return holder[name]


def put(state: Any, path: str, value: Any) -> None:
    """Write the value at a path."""
    holder, name = _holder(state, path)
    holder[name] = value


def put_all(state: Any, values: Mapping[str, Any]) -> None:
    """Write the values at their paths."""
    for path, value in values.items():
        put(state, path, value)


def put_degrees(state: Any, resource: str, name: str, celsius: float) -> None:
    """Show a temperature in each unit that the resource lists; half degrees in Celsius, whole ones in Fahrenheit."""
    put(state, f"{resource}[C].{name}", _plain(round(celsius * 2) / 2))
    put(state, f"{resource}[F].{name}", fahrenheit(celsius))


def celsius(unit: str, degrees: float) -> float:
    """A temperature given in "C" or "F"."""
    return degrees if unit == "C" else (degrees - 32) / 1.8


def fahrenheit(degrees_celsius: float) -> int:
    """The same in Fahrenheit."""
    return round(degrees_celsius * 1.8 + 32)


def switch(state: Any, path: str, wanted: dict[str, Any], in_any_case: frozenset[str] = frozenset()) -> None:
    """Turn on or off, and refuse what an appliance that is off cannot take: all but the resources `in_any_case`."""
    power = wanted.pop(path, None)
    now = get(state, path)
    if power is not None and power == now:
        raise RefusedError(WRONG_STATE if power == "POWER_ON" else POWERED_OFF, "Command not supported in state")
    if power is not None:
        put(state, path, power)
    if get(state, path) == "POWER_OFF" and any(split(other)[0] not in in_any_case for other in wanted):
        raise RefusedError(POWERED_OFF, "Command not supported in power off")


def check_remote(state: Any) -> None:
    """Refuse commands to an appliance at which nobody has allowed remote control, or that has an error."""
    if not state["remoteControlEnable"]["remoteControlEnabled"]:
        raise RefusedError(REMOTE_OFF, "Command not supported in remote off")
    if state.get("runState", {}).get("currentState") == "ERROR":
        raise RefusedError(IN_ERROR, "Command not supported in error")


def _plain(number: float) -> float:
    return int(number) if number == int(number) else number


def _holder(state: Any, path: str) -> tuple[dict[str, Any], str]:
    resource, entry, name = split(path)
    holder = state[resource]
    if entry:
        holder = next(one for one in holder if entry in (one.get("locationName"), one.get("unit")))
    return holder, name
