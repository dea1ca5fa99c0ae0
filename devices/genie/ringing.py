"""What rings: alarms and timers that are over, said again and again where they belong until somebody has heard them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from devices.genie.clock import wait
from devices.genie.countdown import Kind
from devices.genie.skill import Desk
from hub.messages import Intent, Topic

EVERY = 15.0
"""Seconds between two rings, and for how long one at most waits while somebody speaks to the satellite."""

Snooze = Callable[[int], Awaitable[None]]


@dataclass(eq=False, slots=True)
class Bell:
    """One thing that rings at `satellite` for `lasts` seconds, and was due `late` seconds ago.

    Where that satellite is not there, it rings everywhere. `snooze` has it ring again in some seconds.
    """

    kind: Kind
    id: str
    said: str
    satellite: str | None
    lasts: float
    late: float
    snooze: Snooze
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Ringing:
    """All that rings now. `changed` is called when something begins to ring, and when nothing does any more."""

    def __init__(self, desk: Desk) -> None:
        self.changed: Callable[[], None] = lambda: None
        self.bells: list[Bell] = []
        self._desk = desk
        self._news = asyncio.Event()
        desk.bus.subscribe(Topic.satellite("+"), lambda _topic, _payload: self._news.set())
        desk.bus.subscribe(Topic.satellite("+", "button"), self._on_button)

    async def ring(self, bell: Bell, gone: Callable[[], Awaitable[None]], *, until_silent: bool) -> None:
        """Ring until it is stopped, or long enough.

        `gone` is awaited when it is silent again, or else as soon as the broker has the first ring.
        """
        clock, kept, number = self._desk.clock, True, 0
        due = clock.monotonic() - bell.late
        self.bells.append(bell)
        self.changed()
        try:
            while number * EVERY < bell.lasts and await self._may_ring(bell):
                said_at = clock.monotonic()
                self._desk.say(bell.satellite, bell.said, "alarm", f"{bell.id}-{number}" if number else bell.id)
                await self._desk.bus.flush()
                if kept and not until_silent:
                    await gone()
                    kept = False
                number = int((said_at - due) / EVERY) + 1
                await wait(clock, bell.stopped, due + number * EVERY)
            if kept:
                await gone()
        finally:
            self.bells.remove(bell)
            bell.over.set()
            self.changed()

    async def stop(self, bells: list[Bell]) -> None:
        """Be silent; what rang is not kept any more when this returns."""
        self._silence(bells)
        for bell in bells:
            await bell.over.wait()

    def here(self, satellite: str | None) -> list[Bell]:
        """What is heard ringing at `satellite`; all that rings where that is None."""
        return [bell for bell in self.bells if satellite is None or self._at(bell, satellite)]

    def meant(self, intent: Intent) -> list[Bell]:
        """What an intent is about: what has the id of its slot `id`; without one, what rings where it was said."""
        wanted = intent.slots.get("id")
        return self.here(intent.satellite) if wanted is None else [bell for bell in self.bells if bell.id == wanted]

    def _silence(self, bells: list[Bell]) -> None:
        for bell in bells:
            bell.stopped.set()
        self._news.set()

    def _at(self, bell: Bell, satellite: str) -> bool:
        return bell.satellite == satellite or bell.satellite not in self._desk.satellites

    async def _may_ring(self, bell: Bell) -> bool:
        """Wait while somebody speaks to the satellite, whom a ring would drown out; False when it was stopped."""
        latest = self._desk.clock.monotonic() + EVERY
        while not bell.stopped.is_set() and self._spoken_to(bell) and self._desk.clock.monotonic() < latest:
            self._news.clear()
            await wait(self._desk.clock, self._news, latest)
        return not bell.stopped.is_set()

    def _spoken_to(self, bell: Bell) -> bool:
        places = self._desk.satellites.items()
        return any(told.state == "listening" and self._at(bell, place) for place, told in places)

    def _on_button(self, topic: str, payload: bytes) -> None:
        self._silence(self.here(topic.split("/")[2]))
