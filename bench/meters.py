"""Somebody's own bridge, with 30 plugs that measure: what a soak's household has beside the bridges of the hub."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from devices.bridge import Bridge
from devices.commands import Changes
from hub.messages import About, Property
from hub.payloads import Value

METERS = tuple(f"meter_{number}" for number in range(1, 31))


class Meters(Bridge):
    """Announces the plugs, and reports what they measure."""

    name = "meters"

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Announce them all."""
        shown = {name: Property(type="number", unit=unit) for name, unit in (("temperature", "°C"), ("power", "W"))}
        for number, meter in enumerate(METERS, 1):
            name = f"{number}번 계량기"
            self.announce(About(id=meter, bridge=self.name, type="sensor", name=name, properties=shown))
            self.available(meter, True)
        yield

    def measure(self, meter: str, chance: random.Random) -> Mapping[str, Value]:
        """Report what one of them measures now."""
        values = {"temperature": round(chance.uniform(18, 28), 1), "power": round(chance.expovariate(1 / 80), 1)}
        self.report(meter, values)
        return values

    async def set(self, device: str, changes: Changes) -> None:
        """Nothing of a meter can be set."""
