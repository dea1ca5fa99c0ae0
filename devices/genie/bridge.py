"""The assistant as a bridge: its skills carry out the intents that need no appliance."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from devices.bridge import Bridge
from devices.commands import Changes
from devices.genie.alarms import ALARMS, AlarmSkill
from devices.genie.broadcast import BroadcastSkill
from devices.genie.clock import Clock, SystemClock, wait
from devices.genie.dates import DateSkill
from devices.genie.lists import ListSkill
from devices.genie.reckoning import ReckonSkill
from devices.genie.reminders import ReminderSkill
from devices.genie.ringing import Ringing
from devices.genie.skill import Desk, Handler, Skill
from devices.genie.store import Store
from devices.genie.talk import TalkSkill
from devices.genie.timers import TimerSkill
from hub.address import BrokerAddress
from hub.messages import ALL_SATELLITES, Intent, Priority, Reply, SatelliteState, Say, Topic
from hub.payloads import Value, new_id
from hub.texts import Language, text

log = logging.getLogger(__name__)

SKILLS: Final[tuple[Callable[[Desk], Skill], ...]] = (
    BroadcastSkill, DateSkill, ListSkill, ReckonSkill, ReminderSkill, TalkSkill,
)  # fmt: skip
"""What makes the skills that need nothing but the desk."""

EARS_AWAITED = 30.0
"""Seconds that what came due while the hub was off waits for a satellite to be there."""


class GenieBridge(Bridge):
    """The skills at work. What they keep is in `state_dir`; `more` makes the skills that depend on the settings."""

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
        self.satellites: dict[str, SatelliteState] = {}
        self.settled = False
        self._ears = asyncio.Event()
        self._patience: float | None = None
        self.bus.subscribe(Topic.satellite("+"), self._on_satellite)  # first of all: see _on_own
        self.clock: Clock = clock or SystemClock()
        self.store = Store(state_dir / "assistant.db")
        ringing = Ringing(self)
        self._skills = [make(self) for make in (*SKILLS, *more)]
        self._skills += [TimerSkill(self, ringing), AlarmSkill(self, ringing)]
        self._handlers: dict[str, Handler] = {}
        for skill in self._skills:
            self._handlers |= skill.handlers()
        self._owners: dict[str, Skill] = {}
        self.bus.subscribe(Topic.device(ALARMS, "state"), self._on_own)

    async def run(self) -> None:
        """Serve until cancelled."""
        if (trouble := await self.store.open()) is not None:
            self.log("warning", text(f"genie.store_{trouble}", self.language))
        try:
            for skill in self._skills:
                for about in skill.abouts():
                    self._owners[about.id] = skill
                    self.announce(about)
                    self.available(about.id, True)
                await skill.start()
            self.complete()
            await super().run()
        finally:
            await self.store.close()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Let the skills do what they do by themselves."""
        for skill in self._skills:
            self.spawn(self._run(skill))
        yield

    async def _run(self, skill: Skill) -> None:
        try:
            await skill.run()
        except Exception:
            log.exception("%s: %s has ended", self.name, type(skill).__name__)

    async def carry_out(self, intent: Intent) -> Reply:
        """Answer with a skill; raises CommandError. What is about a device of a skill is done as by any bridge."""
        handler = self._handlers.get(intent.intent)
        if handler is None:
            return await super().carry_out(intent)
        shown = [device for device, owner in self._owners.items() if intent.intent in owner.handlers()]
        async with self.lock(f"{intent.intent} {intent.satellite}"):
            before = {device: dict(self.states.get(device, {})) for device in shown}
            said = await handler(intent)
        changed = {device: self._news(device, before[device]) for device in shown}
        changed = {device: news for device, news in changed.items() if news}
        return Reply(id=intent.id, bridge=self.name, ok=True, say=said, changed=changed)

    def _news(self, device: str, before: Changes) -> Changes:
        return {name: value for name, value in self.states.get(device, {}).items() if before.get(name) != value}

    async def set(self, device: str, changes: Changes) -> None:
        """Hand it to the skill whose device it is."""
        await self._owners[device].set(device, changes)

    async def request(self, verb: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        """Answer `agenda`, with what every skill has to show and the time on the wall; others as any bridge does."""
        if verb != "agenda":
            return await super().request(verb, arguments)
        shown: dict[str, Value] = {"now": self.clock.now().isoformat(timespec="milliseconds")}
        for skill in self._skills:
            shown |= await skill.agenda()
        return shown

    def renew(self, device: str) -> None:
        """Publish a device's state again: what stands behind it has changed, though nothing that it shows."""
        self.report(device, self.states.pop(device))

    def say(
        self, satellite: str | None, said: str, priority: Priority = "announcement", say_id: str | None = None
    ) -> None:
        """Have a satellite speak; every one where that one is not there. What has an id is spoken once."""
        here = satellite if satellite in self.satellites else ALL_SATELLITES
        self.bus.publish(Topic.say(here), Say(id=say_id or new_id(), text=said, priority=priority))

    async def ears(self) -> None:
        """Wait until it is settled who is there, and somebody is, but not for long once the broker is there."""
        await self.bus.connected.wait()
        if self._patience is None:
            self._patience = self.clock.monotonic() + EARS_AWAITED
        await wait(self.clock, self._ears, self._patience)

    def _on_satellite(self, topic: str, payload: bytes) -> None:
        satellite = topic.split("/")[2]
        told = SatelliteState.from_payload(topic, payload) if payload else None
        if told is None or told.state == "offline":
            self.satellites.pop(satellite, None)
        else:
            self.satellites[satellite] = told
        self._listen()

    def _on_own(self, topic: str, payload: bytes) -> None:
        """What this bridge itself publishes has come back to it.

        A broker answers subscriptions in order, so all that it retains of the satellites came before.
        """
        self.settled = True
        self._listen()

    def _listen(self) -> None:
        if self.settled and self.satellites:
            self._ears.set()
