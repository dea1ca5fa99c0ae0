"""Outwards: every device of every bridge is shown to Home Assistant by MQTT discovery."""

from __future__ import annotations

import asyncio

from hub.bus import Bus
from hub.texts import Language


class Outward:
    """Publishes the discovery of all that is announced on the bus."""

    def __init__(self, bus: Bus, prefix: str, language: Language) -> None:
        """Make it before the bus runs. `prefix` is Home Assistant's discovery prefix."""

    async def run(self) -> None:
        """Serve until cancelled; the bus is already running."""
        await asyncio.Event().wait()
