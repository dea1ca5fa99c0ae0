"""What a knob or a button does to another device of whatever bridge, from what that says of itself."""

from __future__ import annotations

import json
import logging
import math
from typing import Final

from hub.bus import Bus
from hub.messages import About, Property, Topic
from hub.payloads import Value, read_object

log = logging.getLogger(__name__)

TURNING: Final = 1.0
"""Seconds for which what a knob has asked for counts, and not yet what the device says: it may lag behind."""


class Controlled:
    """One property of a device. Make it before the bus runs."""

    def __init__(self, bus: Bus, device: str, name: str) -> None:
        self._bus = bus
        self._device = device
        self._name = name
        self._about: About | None = None
        self._state: dict[str, Value] = {}
        self._wanted: tuple[float, float] | None = None  # what was asked for last, and until when that counts
        bus.subscribe(Topic.device(device, "about"), self._on_about)
        bus.subscribe(Topic.device(device, "state"), self._on_state)

    def toggle(self) -> None:
        """Turn a boolean round; one that is not known becomes true."""
        if self._property("boolean") is not None:
            self._set(self._state.get(self._name) is not True)

    def turn(self, amount: float, now: float) -> None:
        """Move a number by `amount`, within its bounds; `now` is in seconds, by any clock."""
        prop = self._property("integer", "number")
        value = None if prop is None else self._value(now)
        if prop is None or value is None:
            return
        low = 0 if prop.min is None else prop.min
        high = (100 if prop.unit == "%" else math.inf) if prop.max is None else prop.max
        wanted = min(high, max(low, value + _on_step(amount, prop)))
        self._wanted = (wanted, now + TURNING)
        if wanted != value:
            self._set(int(wanted) if float(wanted).is_integer() else wanted)

    def _value(self, now: float) -> float | None:
        if self._wanted is not None and now < self._wanted[1]:
            return self._wanted[0]
        if self._name == "brightness" and self._state.get("power") is False:
            return 0  # a light that is off comes up from the dark
        value = self._state.get(self._name)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def _property(self, *types: str) -> Property | None:
        prop = None if self._about is None else self._about.properties.get(self._name)
        if prop is None or not prop.writable or prop.type not in types:
            log.warning("%s has no %s that can be set in this way; nothing was done", self._device, self._name)
            return None
        return prop

    def _set(self, value: Value) -> None:
        self._bus.publish(Topic.device(self._device, "set"), json.dumps({self._name: value}))

    def _on_about(self, topic: str, payload: bytes) -> None:
        self._about = About.from_payload(topic, payload) if payload else None

    def _on_state(self, topic: str, payload: bytes) -> None:
        self._state = read_object(topic, payload) if payload else {}


def _on_step(amount: float, prop: Property) -> float:
    """The amount in whole steps of the property, at least one."""
    step = prop.step or (1 if prop.type == "integer" else 0)
    return math.copysign(max(1, round(abs(amount) / step)) * step, amount) if step else amount
