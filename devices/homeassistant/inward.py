"""Inwards: what Home Assistant exposes to voice assistants becomes devices of the hub."""

from __future__ import annotations

import asyncio

from devices.bridge import Bridge
from devices.values import Changes


class Inward:
    """Keeps the devices of the bridge at what Home Assistant exposes, and carries out what is asked of them."""

    def __init__(self, bridge: Bridge, url: str, token: str) -> None: ...

    async def run(self) -> None:
        """Stay connected until cancelled; the bridge's bus is already running."""
        await asyncio.Event().wait()

    async def set(self, device: str, changes: Changes) -> None:
        """Carry out changes (already checked) on one entity; raises CommandError."""
