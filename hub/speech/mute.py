"""A switch that closes the microphone of a satellite: its stream, not only the ears."""

from __future__ import annotations

import asyncio


class MuteSwitch:
    """Whether the microphone is to be closed, and a way to wait until it may be open again."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    @property
    def closed(self) -> bool:
        """Whether nobody may hear."""
        return not self._open.is_set()

    def set(self, closed: bool) -> None:
        """The switch was moved."""
        if closed:
            self._open.clear()
        else:
            self._open.set()

    async def opened(self) -> None:
        """Wait until the microphone may be open."""
        await self._open.wait()
