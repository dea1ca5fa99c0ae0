"""A gas valve that can be closed by anybody, and opened by hand only."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from gpiozero import DigitalOutputDevice

from devices.commands import Changes
from devices.gpio.models import GasValveWiring
from devices.gpio.part import Part, Wires
from hub.contact import Contact
from hub.messages import ErrorCode, Property
from hub.payloads import Value


class GasValve(Part):
    """Drives a motor or a magnet for as long as closing takes. What opens the valve is not wired.

    `open` is what the contact says; without one it stays unknown, for somebody may have opened the valve by hand.
    """

    PROPERTIES: Final = {"open": Property(type="boolean", writable=True, values=["false"])}

    def __init__(self, wiring: GasValveWiring, wires: Wires, begin: Mapping[str, Value]) -> None:
        self._wires = wires
        self._seconds = wiring.seconds
        self._driven = asyncio.Event()
        self._contact: Contact | None = None
        self._output = DigitalOutputDevice(
            wiring.pin, active_high=wiring.active_high, initial_value=False, pin_factory=wires.pins
        )
        try:
            if wiring.closed is not None:
                self._contact = Contact(wiring.closed, wires.pins, wires.clock, self._changed)
        except Exception:
            self._output.close()
            raise
        self.state = self._seen()

    async def set(self, changes: Changes) -> None:
        """Close it; opening is refused before it comes here. Raises CommandError when the contact stays open."""
        self._driven.clear()
        self._output.on()
        timer = self._wires.clock.call_at(self._wires.clock.time() + self._seconds, self._driven.set)
        try:
            await self._driven.wait()
        finally:
            timer.cancel()
            if not self._output.closed:
                self._output.off()
        if self._contact is not None and not self._contact.active:
            raise self._wires.error(ErrorCode.DEVICE_ERROR, "did_not_close")

    def _seen(self) -> dict[str, Value]:
        return {"open": None if self._contact is None else not self._contact.active}

    def _changed(self, closed: bool, at: float) -> None:
        self.state = self._seen()
        self._wires.report(self.state)

    def close(self) -> None:
        """Let go of the valve, as it is, and free the pins."""
        self._output.off()
        self._output.close()
        if self._contact is not None:
            self._contact.close()
