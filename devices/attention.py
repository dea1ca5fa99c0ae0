"""Which satellites listen or speak: what plays is lower meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from hub.messages import Activity, SatelliteState

BUSY: Final[frozenset[Activity]] = frozenset({"listening", "speaking"})

GONE: Final = SatelliteState(state="offline")

LOWERED = 0.3
"""Part of the volume that is left while a satellite listens or speaks."""

LONGEST = 120.0
"""Seconds after which a satellite that says nothing new is not waited for any more: it may be gone for good."""


@dataclass(frozen=True, slots=True)
class Attended:
    """A satellite that listens or speaks: where it stands, by name, and until when it is waited for."""

    room: str | None
    until: float


class Attention:
    """Knows the satellites that listen or speak; `monotonic` tells the time by which they are waited for."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.news = asyncio.Event()
        """Set when a satellite says what it does."""
        self._monotonic = monotonic
        self._attended: dict[str, Attended] = {}

    def hear(self, topic: str, payload: bytes) -> None:
        """Take the state of a satellite; one that thinks about what it heard goes on with what it did."""
        satellite = topic.split("/")[2]
        told = SatelliteState.from_payload(topic, payload) if payload else GONE
        if told.state in BUSY or (told.state == "thinking" and satellite in self._attended):
            self._attended[satellite] = Attended(told.room, self._monotonic() + LONGEST)
        else:
            self._attended.pop(satellite, None)
        self.news.set()

    def attended(self) -> Mapping[str, Attended]:
        """Those that listen or speak now, by their ids."""
        now = self._monotonic()
        self._attended = {satellite: one for satellite, one in self._attended.items() if one.until > now}
        return self._attended

    def until(self) -> float | None:
        """When the first of them is not waited for any more, by `monotonic`; None where nobody is."""
        return min((one.until for one in self._attended.values()), default=None)
