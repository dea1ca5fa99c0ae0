"""Templates that Home Assistant evaluates: between a device's state on MQTT and what an entity shows and sends.

A template gives `None` for what is not known, which every platform takes for unknown. The state of a device that is
being removed is empty, hence the `default({})`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from hub.payloads import Value

STATE = "(value_json | default({}))"
"""The state of the device."""

BOOLEANS: Mapping[str, str] = {"True": "true", "False": "false"}
"""A boolean, as a template sees it, to what is sent for it."""

LONGEST = 255
"""Characters that a state of Home Assistant may have."""


def literal(value: Value | Mapping[str, Value] | Mapping[str, str]) -> str:
    """A constant in a template; JSON without null is what Jinja reads."""
    return json.dumps(value, ensure_ascii=False)


def read(name: str) -> str:
    """The expression for a property of the state."""
    return f"{STATE}.get({literal(name)})"


def pick(expression: str, words: Mapping[str, str], otherwise: str | None = None) -> str:
    """The expression for the word that stands for a value; `otherwise` is an expression too."""
    rest = "" if otherwise is None else f", {otherwise}"
    return f"{literal(words)}.get({expression} | string{rest})"


def shown(expression: str) -> str:
    """The template that gives an expression."""
    return f"{{{{ {expression} }}}}"


def picked(name: str, words: Mapping[str, str]) -> str:
    """The template for a property whose values have words."""
    return shown(pick(read(name), words))


def flag(name: str) -> str:
    """The template for a boolean: `true` or `false`."""
    return picked(name, BOOLEANS)


def number(name: str, low: float | None = None, high: float | None = None, otherwise: str = "none") -> str:
    """The template for a number; what is no number, or out of bounds, is `otherwise`."""
    bounds = [f"v >= {low:g}"] if low is not None else []
    bounds += [f"v <= {high:g}"] if high is not None else []
    test = " and ".join(["v is number", *bounds])
    return f"{{% set v = {read(name)} %}}{{{{ v if {test} else {otherwise} }}}}"


def words(name: str) -> str:
    """The template for text, as much of it as a state may have."""
    return f"{{% set v = {read(name)} %}}{{{{ v if v is none else (v | string)[:{LONGEST}] }}}}"


def moment(name: str) -> str:
    """The template for a point in time, with its time zone."""
    parsed = f"as_datetime({read(name)} | string, none)"
    return f"{{% set v = {parsed} %}}{{{{ as_local(v).isoformat() if v is not none else none }}}}"


def sent(expression: str) -> str:
    """The template that gives an expression as JSON."""
    return f"{{{{ {expression} | to_json }}}}"
