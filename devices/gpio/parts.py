"""What hangs on the pins: an RGB light, a relay, a button. Each knows its properties, its state and its pins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from gpiozero import RGBLED, Button, DigitalOutputDevice

from devices.commands import Changes
from devices.gpio.wiring import ButtonWiring, RelayWiring, RgbLightWiring
from hub.messages import Property, Value

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

DEBOUNCE: Final = 0.03
"""Seconds for which a button must be steady."""


class Part(Protocol):
    """Something on the pins."""

    @property
    def state(self) -> Mapping[str, Value]:
        """The values of its properties."""
        ...

    def set(self, changes: Changes) -> None:
        """Change what is writable; `changes` are checked."""
        ...

    def close(self) -> None:
        """Leave the pins off and free."""
        ...


class RgbLight:
    """A light of any colour; it comes on white and as bright as it was."""

    PROPERTIES: Final = {
        "power": Property(type="boolean", writable=True),
        "brightness": Property(type="integer", writable=True, unit="%", min=0, max=100, step=1),
        "color": Property(type="color", writable=True, values=list(COLORS)),
    }

    def __init__(self, wiring: RgbLightWiring, factory: Any) -> None:
        self._led = RGBLED(wiring.red, wiring.green, wiring.blue, active_high=wiring.active_high, pin_factory=factory)
        self.state: dict[str, Value] = {"power": False, "brightness": 100, "color": "white"}

    def set(self, changes: Changes) -> None:
        """Change power, brightness or colour; a colour or a brightness alone turns the light on, brightness 0 off."""
        before = self.state
        self.state = {**before, "power": True, **changes}
        if changes.get("brightness") == 0:
            self.state |= {"power": False, "brightness": before["brightness"]}
        self._led.color = self._rgb()

    def _rgb(self) -> tuple[float, ...]:
        power, brightness, color = self.state["power"], self.state["brightness"], self.state["color"]
        assert isinstance(brightness, int)
        scale = brightness / 100 if power else 0.0
        return tuple(part * scale for part in COLORS[str(color)])

    def close(self) -> None:
        """Turn the light off and free its pins."""
        self._led.off()
        self._led.close()


class Relay:
    """A switch for whatever hangs on it; off at the start."""

    PROPERTIES: Final = {"power": Property(type="boolean", writable=True)}

    def __init__(self, wiring: RelayWiring, factory: Any) -> None:
        self._output = DigitalOutputDevice(
            wiring.pin, active_high=wiring.active_high, initial_value=False, pin_factory=factory
        )

    @property
    def state(self) -> dict[str, Value]:
        """Whether it is on, as the pin says."""
        return {"power": bool(self._output.value)}

    def set(self, changes: Changes) -> None:
        """Switch."""
        self._output.value = bool(changes["power"])

    def close(self) -> None:
        """Switch off and free the pin."""
        self._output.off()
        self._output.close()


class PushButton:
    """A button; `changed` is called with the new `pressed`, in a thread of gpiozero's."""

    PROPERTIES: Final = {"pressed": Property(type="boolean")}

    def __init__(self, wiring: ButtonWiring, factory: Any, changed: Callable[[bool], object]) -> None:
        self._button = Button(wiring.pin, pull_up=wiring.pull_up, bounce_time=DEBOUNCE, pin_factory=factory)
        self._button.when_pressed = lambda: changed(True)
        self._button.when_released = lambda: changed(False)

    @property
    def state(self) -> dict[str, Value]:
        """Whether it is pressed now."""
        return {"pressed": bool(self._button.is_pressed)}

    def set(self, changes: Changes) -> None:
        """Nothing of a button is writable."""

    def close(self) -> None:
        """Stop listening and free the pin."""
        self._button.when_pressed = self._button.when_released = None
        self._button.close()
