"""The assistant as a bridge: its skills carry out the intents that need no appliance."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from devices.bridge import Bridge
from devices.commands import Changes
from devices.genie.clock import Clock, SystemClock, say_duration, tell_date, tell_time
from devices.genie.countdown import Countdown, Countdowns
from devices.genie.timers import TimerSkill
from devices.genie.weather import no_weather
from hub.bus import BrokerAddress
from hub.messages import (
    ALL_SATELLITES,
    About,
    ErrorCode,
    Intent,
    Property,
    Reply,
    SatelliteState,
    Say,
    Topic,
)
from hub.texts import Language, text

TIMERS: Final = "timers"
"""Id of the device that shows the timers."""

LATE = 5.0
"""Seconds from which on an alarm says that it is late."""

EARS_AWAITED = 30.0
"""Seconds that a timer which ended while the hub was off waits for a satellite to be there."""


class GenieBridge(Bridge):
    """Clock, timers and weather. Timers are kept in `state_dir` and announced on `jipsa/say/<satellite>`."""

    name = "genie"

    def __init__(
        self, broker: BrokerAddress, language: Language = "ko", *, state_dir: Path, clock: Clock | None = None
    ) -> None:
        super().__init__(broker, language)
        self._clock: Clock = clock or SystemClock()
        self._countdowns = Countdowns(state_dir / "timers.json", self._clock, self._report_timers)
        self._timers = TimerSkill(self._countdowns, language)
        self._skills = self._timers.handlers()
        self._offline: set[str] = set()
        self._ears = asyncio.Event()
        self.bus.subscribe(Topic.satellite("+"), self._on_satellite)

    async def run(self) -> None:
        """Serve until cancelled."""
        await self._countdowns.load()
        properties = {
            "count": Property(type="integer", min=0),
            "next_name": Property(type="string"),
            "next_ends_at": Property(type="time"),
        }
        name = text("genie.timers", self.language)
        self.announce(About(id=TIMERS, bridge=self.name, type="timer", name=name, properties=properties))
        self._report_timers()
        self.available(TIMERS, True)
        await super().run()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Let the timers run."""
        self.spawn(self._run_timers())
        yield

    async def carry_out(self, intent: Intent) -> Reply:
        """Answer with a skill; raises CommandError."""
        before = dict(self.states[TIMERS])
        match intent.intent:
            case "HassGetCurrentTime":
                say = tell_time(self._clock.now(), self.language)
            case "HassGetCurrentDate":
                say = tell_date(self._clock.now().date(), self.language)
            case "HassGetWeather":
                raise no_weather(self.language)
            case known if known in self._skills:
                async with self._locks[TIMERS]:
                    say = await self._skills[known](intent)
            case _:
                return await super().carry_out(intent)
        changed = {name: value for name, value in self.states[TIMERS].items() if before[name] != value}
        return Reply(id=intent.id, bridge=self.name, ok=True, say=say, changed={TIMERS: changed} if changed else {})

    async def set(self, device: str, changes: Changes) -> None:
        """Nothing of the assistant can be set: timers are started and cancelled by intents."""
        raise self.error(ErrorCode.NOT_SUPPORTED, "bridge.not_supported", device=self.abouts[device].name)

    async def _run_timers(self) -> None:
        if any(not item.paused and self._countdowns.left(item) <= 0 for item in self._countdowns.running):
            await self._first_ears()
        await self._countdowns.run(self._ring)

    async def _first_ears(self) -> None:
        latest = self._clock.monotonic() + EARS_AWAITED
        waits = {asyncio.create_task(self._ears.wait()), asyncio.create_task(self._clock.sleep_until(latest))}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _ring(self, countdown: Countdown) -> None:
        late = -self._countdowns.left(countdown)
        values = {"timer": self._timers.label(countdown), "late": say_duration(late, self.language)}
        said = text("genie.ended_late" if late >= LATE else "genie.ended", self.language, **values)
        here = countdown.satellite
        if here is None or here in self._offline:
            here = ALL_SATELLITES
        self.bus.publish(Topic.say(here), Say(text=said, priority="alarm"))

    def _on_satellite(self, topic: str, payload: bytes) -> None:
        satellite = topic.split("/")[2]
        if SatelliteState.from_payload(topic, payload).state == "offline":
            self._offline.add(satellite)
        else:
            self._offline.discard(satellite)
            self._ears.set()

    def _report_timers(self) -> None:
        running = self._countdowns.running
        soonest = min((item for item in running if not item.paused), key=self._countdowns.left, default=None)
        ends_at = self._countdowns.ends_at(soonest) if soonest else None
        self.report(
            TIMERS,
            {
                "count": len(running),
                "next_name": self._timers.label(soonest) if soonest else None,
                "next_ends_at": ends_at.isoformat(timespec="seconds") if ends_at else None,
            },
        )
