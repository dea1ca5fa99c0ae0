"""A knob that turns for ever, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gpiozero import RotaryEncoder

from devices.gpio.models import KnobWiring
from devices.gpio.part import Part, Wires
from hub.contact import Handover
from hub.messages import Property
from hub.payloads import Value


class Knob(Part):
    """Tells which way it was turned and by how many steps, and turns a number of another device up and down."""

    PROPERTIES: Final[dict[str, Property]] = {}

    def __init__(self, wiring: KnobWiring, wires: Wires, begin: Mapping[str, Value]) -> None:
        self.state = {}
        self._wires = wires
        self._step = wiring.controls.step if wiring.controls else 0.0
        self._seen = 0
        self._handover = Handover(wires.clock, self._look)
        self._encoder = RotaryEncoder(wiring.a, wiring.b, max_steps=0, pin_factory=wires.pins)
        self._encoder.when_rotated = self._handover.tell

    def _look(self) -> None:
        steps = self._encoder.steps
        turned, self._seen = steps - self._seen, steps
        if not turned:
            return
        self._wires.tell("turn_right" if turned > 0 else "turn_left", {"steps": abs(turned)})
        if self._wires.controlled is not None:
            self._wires.controlled.turn(turned * self._step, self._wires.clock.time())

    def close(self) -> None:
        """Listen no more, and free the pins."""
        self._handover.close()
        self._encoder.close()
