"""Outputs that stay as they are set: a switch, a light that dims, a light of any colour."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Final

from gpiozero import PWMLED, RGBLED, DigitalOutputDevice

from devices.commands import Changes
from devices.gpio.models import DimmerWiring, RgbLightWiring, SwitchWiring
from devices.gpio.part import Part, Wires
from hub.messages import Property
from hub.payloads import Value

COLORS: Final = {
    # name: red, green, blue from 0 to 1, chosen for a light and not for a screen
    "white": (1.0, 1.0, 1.0),
    "red": (1.0, 0.0, 0.0),
    "orange": (1.0, 0.35, 0.0),
    "yellow": (1.0, 0.75, 0.0),
    "green": (0.0, 1.0, 0.0),
    "turquoise": (0.0, 0.8, 0.7),
    "blue": (0.0, 0.0, 1.0),
    "purple": (0.5, 0.0, 1.0),
    "pink": (1.0, 0.2, 0.5),
    "brown": (0.6, 0.2, 0.05),
}


class Switch(Part):
    """A relay, or a light that is on or off. It is as it shall be from the first moment: a relay does not chatter."""

    PROPERTIES: Final = {"power": Property(type="boolean", writable=True)}

    def __init__(self, wiring: SwitchWiring, wires: Wires, begin: Mapping[str, Value]) -> None:
        self.state = {"power": False, **begin}
        self._output = DigitalOutputDevice(
            wiring.pin, active_high=wiring.active_high, initial_value=self.state["power"], pin_factory=wires.pins
        )

    async def set(self, changes: Changes) -> None:
        """Switch."""
        self._output.value = bool(changes["power"])
        self.state = changes

    def close(self) -> None:
        """Switch off and free the pin."""
        self._output.off()
        self._output.close()


class _Light(Part):
    """A light with a brightness: it comes on as it was."""

    def __init__(self, begin: Mapping[str, Value], **state: Value) -> None:
        self.state = {"power": False, "brightness": 100, **state, **begin}
        self._shine()

    async def set(self, changes: Changes) -> None:
        """Change it; a colour or a brightness alone turns the light on, brightness 0 off."""
        before = self.state
        self.state = {**before, "power": True, **changes}
        if changes.get("brightness") == 0:
            self.state |= {"power": False, "brightness": before["brightness"]}
        self._shine()

    @property
    def _level(self) -> float:
        """How bright it shines, from 0 to 1."""
        brightness = self.state["brightness"]
        assert isinstance(brightness, int)
        return brightness / 100 if self.state["power"] else 0.0

    @abstractmethod
    def _shine(self) -> None:
        """Have the pins do what the state says."""


class Dimmer(_Light):
    """A light on one pin."""

    PROPERTIES: Final = {
        "power": Property(type="boolean", writable=True),
        "brightness": Property(type="integer", writable=True, unit="%", min=0, max=100, step=1),
    }

    def __init__(self, wiring: DimmerWiring, wires: Wires, begin: Mapping[str, Value]) -> None:
        self._led = PWMLED(wiring.pin, active_high=wiring.active_high, pin_factory=wires.pins)
        super().__init__(begin)

    def _shine(self) -> None:
        self._led.value = self._level

    def close(self) -> None:
        """Turn the light off and free its pin."""
        self._led.off()
        self._led.close()


class RgbLight(_Light):
    """A light of any colour, white at first."""

    PROPERTIES: Final = {**Dimmer.PROPERTIES, "color": Property(type="color", writable=True, values=list(COLORS))}

    def __init__(self, wiring: RgbLightWiring, wires: Wires, begin: Mapping[str, Value]) -> None:
        pins = (wiring.red, wiring.green, wiring.blue)
        self._led = RGBLED(*pins, active_high=wiring.active_high, pin_factory=wires.pins)
        super().__init__(begin, color="white")

    def _shine(self) -> None:
        self._led.color = tuple(part * self._level for part in COLORS[str(self.state["color"])])

    def close(self) -> None:
        """Turn the light off and free its pins."""
        self._led.off()
        self._led.close()
