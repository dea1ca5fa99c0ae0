"""Home Assistant as a bridge: discovery outwards, exposed entities inwards; either can be left out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from devices.bridge import Bridge
from devices.commands import QUERIES, Changes
from devices.homeassistant.inward import Access, Inward
from devices.homeassistant.outward import Outward
from hub.address import BrokerAddress
from hub.messages import Intent, Reply
from hub.texts import Language
from hub.together import together


class HomeAssistantBridge(Bridge):
    """Shows the hub's devices to Home Assistant, and owns those that come from there."""

    name = "homeassistant"

    def __init__(
        self,
        broker: BrokerAddress,
        language: Language = "ko",
        *,
        prefix: str | None = "homeassistant",
        access: Access | None = None,
    ) -> None:
        """Without a discovery `prefix` nothing is shown there; without `access` nothing comes from there."""
        super().__init__(broker, language)
        self._outward = Outward(self.bus, prefix, language) if prefix is not None else None
        self._inward = Inward(self, access) if access is not None else None

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Serve both ways while the block lasts."""
        ways = [way.run() for way in (self._outward, self._inward) if way is not None]
        if self._inward is None:
            self.complete()
        async with together(ways):
            yield

    async def carry_out(self, intent: Intent) -> Reply:
        """As every bridge, but nothing is told of what cannot be reached; raises CommandError."""
        if self._inward is not None and intent.intent in QUERIES:
            intent = intent.model_copy(update={"targets": self._inward.reachable(intent.targets)})
        return await super().carry_out(intent)

    def permit(self, device: str, changes: Changes, confirmed: bool) -> None:
        """What opens the home is asked about first; raises CommandError."""
        if self._inward is not None:
            self._inward.permit(device, changes, confirmed)

    async def set(self, device: str, changes: Changes) -> None:
        """Have Home Assistant change one of its entities; raises CommandError."""
        assert self._inward is not None  # only it announces devices
        await self._inward.set(device, changes)
