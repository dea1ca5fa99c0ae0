"""A buzzer: short signals, and an alarm that sounds until it is turned off."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Final

from gpiozero import Buzzer, TonalBuzzer
from gpiozero.tones import Tone

from devices.commands import Changes
from devices.gpio.models import BuzzerWiring
from devices.gpio.part import Part, Wires
from hub.contact import Timer
from hub.messages import Property
from hub.payloads import Value

Sound = tuple[tuple[float, float], ...]
"""Frequency in Hz (0 is silence) and seconds, one after another."""

TONES: Final[Mapping[str, Sound]] = {
    "beep": ((880, 0.15),),
    "double_beep": ((880, 0.1), (0, 0.1), (880, 0.1)),
    "chime": ((659, 0.35), (0, 0.05), (523, 0.6)),
    "alarm": ((880, 0.25), (660, 0.25), (0, 0.1)),
}
"""What can be asked for; a buzzer that knows one note only sounds it in the same rhythm."""

ENDLESS: Final = "alarm"
"""The tone that is sounded again and again, and what turning the buzzer on means."""

LONGEST: Final = 180.0
"""Seconds after which even an alarm that nobody turns off is silent."""


class Sounder(Part):
    """A buzzer of either kind. `power` says whether it sounds, `tone` what it sounds or sounded last."""

    PROPERTIES: Final = {
        "power": Property(type="boolean", writable=True),
        "tone": Property(type="enum", writable=True, values=list(TONES)),
    }

    def __init__(self, wiring: BuzzerWiring, wires: Wires, begin: Mapping[str, Value]) -> None:
        self.state = {"power": False, "tone": ENDLESS}
        self._wires = wires
        self._rest: Iterator[tuple[float, float]] = iter(())
        self._until = 0.0
        self._timer: Timer | None = None
        self._device: Buzzer | TonalBuzzer
        if wiring.kind == "buzzer":
            self._device = Buzzer(wiring.pin, active_high=wiring.active_high, pin_factory=wires.pins)
        else:
            self._device = TonalBuzzer(wiring.pin, pin_factory=wires.pins)

    async def set(self, changes: Changes) -> None:
        """Sound a tone (the alarm where none is said), or be silent."""
        self._silence()
        if not changes.get("power", True):
            self.state = {**self.state, **changes}
            return
        tone = str(changes.get("tone", ENDLESS))
        self.state = {"power": True, "tone": tone}
        self._rest = itertools.cycle(TONES[tone]) if tone == ENDLESS else iter(TONES[tone])
        self._until = self._wires.clock.time() + LONGEST
        self._go_on()

    def _go_on(self) -> None:
        now = self._wires.clock.time()
        frequency, seconds = next(self._rest, (None, 0.0)) if now < self._until else (None, 0.0)
        if frequency is None:
            self._silence()
            self.state = {**self.state, "power": False}
            self._wires.report(self.state)
            return
        self._sound(frequency)
        self._timer = self._wires.clock.call_at(now + seconds, self._go_on)

    def _sound(self, frequency: float) -> None:
        if isinstance(self._device, TonalBuzzer):
            self._device.play(Tone.from_frequency(frequency) if frequency else None)
        else:
            self._device.value = bool(frequency)

    def _silence(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._sound(0)

    def close(self) -> None:
        """Be silent and free the pin."""
        self._silence()
        self._device.close()
