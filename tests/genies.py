"""The assistant for tests: a clock that the test turns, and what is asked and said over MQTT."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from devices.genie.bridge import GenieBridge
from hub.messages import Activity, Intent, Reply, SatelliteState, Topic

NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Asia/Seoul"))
"""A Tuesday."""

Start = Callable[..., AbstractAsyncContextManager[GenieBridge]]


class ManualClock:
    """Time passes when the test says so."""

    def __init__(self, now: datetime = NOON) -> None:
        self.right = True
        """Whether the time on the wall is right."""
        self._now = now
        self._monotonic = 1_000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def trusted(self) -> bool:
        return self.right

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep_until(self, moment: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((moment, woken))
        self.set_wall(self._now)
        await woken

    def advance(self, seconds: float) -> None:
        self._monotonic += seconds
        later = self._now.astimezone(UTC) + timedelta(seconds=seconds)
        self.set_wall(later.astimezone(self._now.tzinfo))

    def set_wall(self, now: datetime) -> None:
        self._now = now
        for until, woken in self._sleepers:
            if until <= self._monotonic and not woken.done():
                woken.set_result(None)


async def reply_to(listener: Any, intent: str, **fields: Any) -> Reply:
    """Send an intent and wait for the assistant's reply."""
    sent = Intent(intent=intent, **fields)
    listener.bus.publish(Topic.intent("genie"), sent)
    return Reply.model_validate(await listener.object(Topic.reply(sent.id)))


async def ask(listener: Any, intent: str, satellite: str | None = None, room: str | None = None, **slots: Any) -> str:
    """What the assistant answers."""
    reply = await reply_to(listener, intent, slots=slots, satellite=satellite, room=room)
    if reply.error is not None:
        return f"{reply.error.code}: {reply.error.message}"
    assert reply.say is not None
    return reply.say


def there(listener: Any, *satellites: str, state: Activity = "idle", room: str | None = None) -> None:
    """Satellites say how they are; the assistant knows before it hears what `listener` says later."""
    for satellite in satellites:
        listener.bus.publish(Topic.satellite(satellite), SatelliteState(state=state, room=room), retain=True)


async def alarm(listener: Any, satellite: str = "all") -> str:
    """The first alarm that a satellite is told to speak."""
    return str((await listener.object(Topic.say(satellite), priority="alarm"))["text"])


def said(listener: Any) -> list[str]:
    """Every topic on which something was said so far."""
    return [topic for topic, _ in listener.heard if topic.startswith("jipsa/say/")]
