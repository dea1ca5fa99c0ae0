"""The assistant as a bridge: its skills carry out the intents that need no appliance."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from devices.bridge import Bridge
from devices.commands import Changes
from devices.genie.clock import Clock, SystemClock, say_duration
from devices.genie.countdown import Countdown, Countdowns
from devices.genie.dates import DateSkill
from devices.genie.lists import ListSkill
from devices.genie.skill import Desk, Handler, Skill
from devices.genie.store import Store
from devices.genie.talk import TalkSkill
from devices.genie.timers import TimerSkill
from devices.genie.weather import WeatherSkill
from hub.bus import BrokerAddress
from hub.messages import (
    ALL_SATELLITES,
    About,
    Intent,
    Priority,
    Property,
    Reply,
    SatelliteState,
    Say,
    Topic,
    Utterance,
    new_id,
)
from hub.texts import Language, text
from hub.utter import Utterer

log = logging.getLogger(__name__)

TIMERS: Final = "timers"
"""Id of the device that shows the timers."""

LATE = 5.0
"""Seconds from which on an alarm says that it is late."""

TOO_LATE = 60.0
"""Seconds after its moment from which on a plan is not carried out any more, but said to be missed."""

EARS_AWAITED = 30.0
"""Seconds that a timer which ended while the hub was off waits for a satellite to be there."""


class GenieBridge(Bridge):
    """The skills at work. What they keep is in `state_dir`; `more` makes the skills that depend on the settings.

    A timer that ends is announced on `jipsa/say/<satellite>`; a plan is uttered like a sentence that was said there.
    """

    name = "genie"

    def __init__(
        self,
        broker: BrokerAddress,
        language: Language = "ko",
        *,
        state_dir: Path,
        clock: Clock | None = None,
        more: Sequence[Callable[[Desk], Skill]] = (),
    ) -> None:
        super().__init__(broker, language)
        self.clock: Clock = clock or SystemClock()
        self.store = Store(state_dir / "assistant.db")
        self._countdowns = Countdowns(state_dir / "timers.json", self.clock, self._report_timers)
        self._timers = TimerSkill(self._countdowns, self.clock, language)
        self._skills = [make(self) for make in (DateSkill, ListSkill, TalkSkill, WeatherSkill, *more)]
        self._handlers: dict[str, Handler] = dict(self._timers.handlers())
        for skill in self._skills:
            self._handlers |= skill.handlers()
        self._owners: dict[str, Skill] = {}
        self._offline: set[str] = set()
        self._ears = asyncio.Event()
        self._utterer = Utterer(self.bus)
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
        if (trouble := await self.store.open()) is not None:
            self.log("warning", text(f"genie.store_{trouble}", self.language))
        try:
            for skill in self._skills:
                for about in skill.abouts():
                    self._owners[about.id] = skill
                    self.announce(about)
                    self.available(about.id, True)
                await skill.start()
            await super().run()
        finally:
            await self.store.close()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Let the timers run, and what else the skills do by themselves."""
        self.spawn(self._run_timers())
        for skill in self._skills:
            self.spawn(skill.run())
        yield

    async def carry_out(self, intent: Intent) -> Reply:
        """Answer with a skill; raises CommandError. What is about a device of a skill is done as by any bridge."""
        handler = self._handlers.get(intent.intent)
        if handler is None:
            return await super().carry_out(intent)
        before = dict(self.states[TIMERS])
        async with self._locks[intent.intent if intent.intent not in self._timers.handlers() else TIMERS]:
            said = await handler(intent)
        changed = {name: value for name, value in self.states[TIMERS].items() if before[name] != value}
        return Reply(id=intent.id, bridge=self.name, ok=True, say=said, changed={TIMERS: changed} if changed else {})

    async def set(self, device: str, changes: Changes) -> None:
        """Hand it to the skill whose device it is."""
        await self._owners[device].set(device, changes)

    def say(
        self, satellite: str | None, said: str, priority: Priority = "announcement", say_id: str | None = None
    ) -> None:
        """Have a satellite speak; every one where that one is None or away. What has an id is spoken once."""
        here = ALL_SATELLITES if satellite is None or satellite in self._offline else satellite
        self.bus.publish(Topic.say(here), Say(id=say_id or new_id(), text=said, priority=priority))

    async def _run_timers(self) -> None:
        over = [item for item in self._countdowns.running if not item.paused and self._countdowns.left(item) <= 0]
        plans = [item for item in over if item.command is not None and self._late(item) <= TOO_LATE]
        for plan in plans:
            self._end(plan)
        if plans:
            await self._countdowns.cancel(*plans)
        if len(over) > len(plans):
            await self._first_ears()
        await self._countdowns.run(self._end)

    async def _first_ears(self) -> None:
        latest = self.clock.monotonic() + EARS_AWAITED
        waits = {asyncio.create_task(self._ears.wait()), asyncio.create_task(self.clock.sleep_until(latest))}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _late(self, countdown: Countdown) -> float:
        return -self._countdowns.left(countdown)

    def _end(self, countdown: Countdown) -> None:
        late = self._late(countdown)
        if countdown.command is None:
            values = {"timer": self._timers.label(countdown), "late": say_duration(late, self.language)}
            key = "genie.ended_late" if late >= LATE else "genie.ended"
            self._alarm(countdown, text(key, self.language, **values))
        elif late > TOO_LATE:
            self._alarm(countdown, self._timers.missed(countdown))
        else:
            self.spawn(self._utter(countdown, countdown.command))

    def _alarm(self, countdown: Countdown, said: str) -> None:
        self.say(countdown.satellite, said, "alarm")

    async def _utter(self, countdown: Countdown, command: str) -> None:
        """Say a plan's sentence as if it were said now. It is not kept for a broker that is away for too long."""
        utterance = Utterance(
            id=countdown.id, text=command, satellite=countdown.satellite, room=countdown.room, source="timer"
        )
        with suppress(TimeoutError):
            async with asyncio.timeout(TOO_LATE):
                await self.bus.connected.wait()
            if await self._utterer.utter(utterance):
                return
        log.warning("%s: nobody took %r", self.name, command)
        self._alarm(countdown, text("genie.not_taken", self.language, command=command))

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
                "next_name": self._timers.title(soonest) if soonest else None,
                "next_ends_at": ends_at.isoformat(timespec="seconds") if ends_at else None,
            },
        )
