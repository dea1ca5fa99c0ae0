"""Which satellites listen or speak: the music is lower meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from devices.genie.clock import Clock, wait
from hub.messages import Activity, SatelliteState

BUSY: Final[frozenset[Activity]] = frozenset({"listening", "speaking"})

LONGEST = 120.0
"""Seconds after which a satellite that says nothing new is not waited for any more: it may be gone for good."""


class Attention:
    """Calls `changed` when the first satellite begins to listen or speak, and when the last one is done."""

    def __init__(self, clock: Clock, changed: Callable[[bool], Awaitable[None]]) -> None:
        self._clock = clock
        self._changed = changed
        self._busy: dict[str, float] = {}
        self._news = asyncio.Event()

    def hear(self, topic: str, payload: bytes) -> None:
        """Take the state of a satellite; one that thinks about what it heard goes on with what it did."""
        satellite, activity = topic.split("/")[2], SatelliteState.from_payload(topic, payload).state
        if activity in BUSY or (activity == "thinking" and satellite in self._busy):
            self._busy[satellite] = self._clock.monotonic() + LONGEST
        else:
            self._busy.pop(satellite, None)
        self._news.set()

    async def run(self) -> None:
        """Watch, until cancelled."""
        before = False
        while True:
            self._news.clear()
            now = self._clock.monotonic()
            self._busy = {satellite: end for satellite, end in self._busy.items() if end > now}
            if bool(self._busy) != before:
                before = bool(self._busy)
                await self._changed(before)
            else:
                await wait(self._clock, self._news, min(self._busy.values(), default=None))
