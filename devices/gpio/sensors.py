"""What is measured again and again: the distance to whatever is in front, and how hot the processor is."""

from __future__ import annotations

import asyncio
import warnings
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from gpiozero import CPUTemperature, DistanceSensor, DistanceSensorNoEcho, GPIOZeroError, PWMSoftwareFallback

from devices.gpio.models import CpuTemperatureWiring, DistanceWiring
from devices.gpio.part import Part, Wires
from hub.contact import Timer
from hub.messages import Property
from hub.payloads import Value

THERMOMETER = Path("/sys/class/thermal/thermal_zone0/temp")
"""Where the kernel tells how hot the processor is, in thousandths of a degree."""

MISSED: Final = 20
"""Echoes in a row that do not come before the distance is unknown; they are some sixteen a second."""

SLACK: Final = 0.02
"""Part of a distance (but at least 1 cm) by which it may differ without being told: sound flutters in warm air."""


class _Measured(Part):
    """Measures every `EVERY` seconds, in a thread, and reports what has changed."""

    EVERY: ClassVar[float]

    def __init__(self, wires: Wires) -> None:
        self._wires = wires
        self._timer: Timer | None = None
        self._closed = False
        self._later()

    def _later(self) -> None:
        when = self._wires.clock.time() + self.EVERY
        self._timer = self._wires.clock.call_at(when, lambda: self._wires.spawn(self._measure()))

    async def _measure(self) -> None:
        try:
            found = await asyncio.to_thread(self._read)
        except (GPIOZeroError, OSError, ValueError):
            found = None
        if self._closed:
            return
        if (fresh := self._told(found)) != self.state:
            self.state = fresh
            self._wires.report(fresh)
        self._later()

    @abstractmethod
    def _read(self) -> float | None:
        """What is measured now; runs in a thread. None says unknown, as do the errors of files and pins."""

    @abstractmethod
    def _told(self, found: float | None) -> dict[str, Value]:
        """The properties for what was measured."""

    def close(self) -> None:
        """Measure no more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()


class _Sonar(DistanceSensor):  # type: ignore[misc]
    """gpiozero's sensor, which keeps the last distances when echoes stay away, with a count of those."""

    missed = MISSED

    def _read(self) -> Any:
        found = super()._read()
        self.missed = self.missed + 1 if found is None else 0
        return found


class Distance(_Measured):
    """How far away the next thing is, and whether that is near."""

    PROPERTIES: Final = {
        "distance": Property(type="number", unit="cm", platform="sensor"),
        "occupancy": Property(type="boolean", platform="binary_sensor"),
    }
    EVERY = 0.5

    def __init__(self, wiring: DistanceWiring, wires: Wires, begin: Mapping[str, Value]) -> None:
        self.state = {"distance": None, "occupancy": None}
        self._reach = wiring.reach
        self._near = wiring.near
        # That an echo did not come is known by the count, and that times are those of software in docs/gpio.md.
        warnings.filterwarnings("ignore", category=DistanceSensorNoEcho)
        warnings.filterwarnings("ignore", category=PWMSoftwareFallback)
        self._sensor = _Sonar(
            wiring.echo, wiring.trigger, max_distance=wiring.reach / 100, partial=True, pin_factory=wires.pins
        )
        super().__init__(wires)

    def _read(self) -> float | None:
        return None if self._sensor.missed >= MISSED else self._sensor.value * self._reach

    def _told(self, found: float | None) -> dict[str, Value]:
        if found is None:
            return {"distance": None, "occupancy": None}
        before, distance = self.state["distance"], round(found)
        if isinstance(before, int) and abs(distance - before) <= max(1, before * SLACK):
            distance = before
        return {"distance": distance, "occupancy": distance <= self._near}

    def close(self) -> None:
        """Measure no more, and free the pins."""
        super().close()
        self._sensor.close()


class CpuTemperature(_Measured):
    """How hot the processor is, in whole degrees."""

    PROPERTIES: Final = {"temperature": Property(type="number", unit="°C", platform="sensor")}
    EVERY = 30.0

    def __init__(self, wiring: CpuTemperatureWiring, wires: Wires, begin: Mapping[str, Value]) -> None:
        self._sensor = CPUTemperature(str(THERMOMETER), pin_factory=wires.pins)
        self.state = self._told(self._read())
        super().__init__(wires)

    def _read(self) -> float | None:
        found = self._sensor.temperature
        assert isinstance(found, float)
        return found

    def _told(self, found: float | None) -> dict[str, Value]:
        return {"temperature": None if found is None else round(found)}

    def close(self) -> None:
        """Measure no more."""
        super().close()
        self._sensor.close()
