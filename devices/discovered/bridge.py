"""What is on the broker already becomes devices of the hub: Tasmota, ESPHome, Zigbee2MQTT, wallpads, whoever else.

All of them announce themselves to Home Assistant over MQTT. No Home Assistant is needed; where there is one, nothing
changes for it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from devices.bridge import Bridge
from devices.commands import Changes, CommandError
from devices.discovered.components import platform_of
from devices.discovered.configs import read_configs
from devices.discovered.devices import Found, found_devices
from devices.discovered.platform import Seen
from devices.discovered.templates import BadTemplate
from devices.discovered.wire import Wire
from devices.homeassistant.entities.descriptor import UNKNOWN
from hub.address import BrokerAddress
from hub.home import Home
from hub.limits import Complaints
from hub.messages import About, ErrorCode, Topic
from hub.payloads import PayloadError, Value, now
from hub.texts import Language
from hub.together import end

log = logging.getLogger(__name__)

SETTLE_SECONDS = 1.0
"""Quiet after which what was announced is taken for all there is: a device's entities come one by one."""

UNSETTLED_SECONDS = 10.0
"""How long that is waited for at most."""

FOLLOW_SECONDS = 4.0
"""How long after a command the state may take to follow."""

MOST_ENTITIES = 2_000
"""Entities that notice is taken of."""


class DiscoveredBridge(Bridge):
    """Owns the devices that others announce below Home Assistant's discovery prefix."""

    name = "discovered"

    def __init__(
        self,
        broker: BrokerAddress,
        language: Language = "ko",
        *,
        prefix: str = "homeassistant",
        home: Home | None = None,
        outside: BrokerAddress | None = None,
    ) -> None:
        """`home` knows the rooms by their names. `outside` is the login that reaches the devices, if another."""
        super().__init__(broker, language)
        self._prefix = prefix
        self._home = home or Home()
        self._entities: dict[str, dict[str, Seen]] = {}
        """By the topic that announces them, and their key."""
        self._listeners: dict[str, list[Seen]] = {}
        """By the topics that they listen to."""
        filters = (f"{prefix}/+/+/config", f"{prefix}/+/+/+/config")
        self._wire = Wire(outside or broker, "jipsa-discovered-devices", filters, self._listeners, self._hear)
        self._devices: dict[str, Found] = {}
        self._owners: dict[Seen, Found] = {}
        self._timers: dict[Seen, asyncio.TimerHandle] = {}
        self._faults = Complaints(log)
        self._announcing = asyncio.Event()
        self._news = asyncio.Event()
        self.announced.clear()
        self.bus.subscribe(Topic.device("+", "about"), self._remember)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Listen while the block lasts."""
        tasks = [asyncio.create_task(work) for work in (self._wire.run(), self._keep_up())]
        try:
            yield
        finally:
            await end(*tasks)
            for timer in self._timers.values():
                timer.cancel()

    # What is announced.

    async def _keep_up(self) -> None:
        """Announce what was found, whenever nothing new has come for a while."""
        await self._wire.connected.wait()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(UNSETTLED_SECONDS):
                    await self._quiet()
            self._announcing.clear()
            self._show_all()
            if not self.announced.is_set():
                self.announced.set()
                self.complete()
            await self._announcing.wait()

    async def _quiet(self) -> None:
        while True:
            self._announcing.clear()
            try:
                async with asyncio.timeout(SETTLE_SECONDS):
                    await self._announcing.wait()
            except TimeoutError:
                return

    def _show_all(self) -> None:
        entities = [seen for group in self._entities.values() for seen in group.values()]
        found = found_devices(entities, self._home, self.language, partial(self._complain, "twice"))
        for device in self.abouts.keys() - found.keys():
            self.retire(device)
        self._devices = found
        self._owners = {part.seen: one for one in found.values() for part in one.parts}
        for one in found.values():
            self.announce(one.about)
            self._show(one)

    def _show(self, one: Found) -> None:
        self.report(one.about.id, one.values())
        self.available(one.about.id, one.available)

    def _remember(self, topic: str, payload: bytes) -> None:
        """A retained about: one of an earlier run that is not there any more is taken off the broker."""
        if not payload:
            return
        about = About.from_payload(topic, payload)
        if about.bridge == self.name and about.id not in self.abouts:
            if self.announced.is_set():
                self.retire(about.id)
            else:
                self._former.add(about.id)

    # What is heard.

    def _hear(self, topic: str, payload: bytes) -> None:
        if topic.startswith(f"{self._prefix}/") and topic.endswith("/config"):
            self._take_config(topic, payload)
            return
        for seen in self._listeners.get(topic, ()):
            self._take_state(seen, topic, payload)

    def _take_config(self, topic: str, payload: bytes) -> None:
        try:
            configs = read_configs(topic, payload, self._prefix, partial(self._complain, "config"))
        except PayloadError as error:
            self._complain("config", str(error))
            return
        before, after = self._entities.get(topic, {}), dict[str, Seen]()
        room = MOST_ENTITIES - sum(map(len, self._entities.values())) + len(before)
        for config in configs:
            platform = None if config.aside else platform_of(config)
            if platform is None:
                continue
            if len(after) >= room:
                self._complain("many", f"{topic}: there are {MOST_ENTITIES} entities already, and no more are taken")
                break
            known = before.get(config.place)
            after[config.place] = known if known is not None and known.config == config else Seen(config, platform)
        if after == before:
            return
        for seen in set(before.values()) - set(after.values()):
            self._forget(seen)
        for seen in set(after.values()) - set(before.values()):
            for heard in seen.topics():
                self._listeners.setdefault(heard, []).append(seen)
        self._entities[topic] = after
        if not after:
            del self._entities[topic]
        self._wire.look_again()
        self._announcing.set()

    def _forget(self, seen: Seen) -> None:
        """Listen to an entity no more."""
        for topic in seen.topics():
            self._listeners[topic].remove(seen)
            if not self._listeners[topic]:
                del self._listeners[topic]
        if (timer := self._timers.pop(seen, None)) is not None:
            timer.cancel()

    def _take_state(self, seen: Seen, topic: str, payload: bytes) -> None:
        more = seen.extra.keys()
        try:
            seen.hear(topic, payload.decode())
        except UnicodeDecodeError:
            self._complain("state", f"{topic}: not UTF-8 text")
            return
        except BadTemplate as error:
            self._complain("template", f"{topic}: {seen.config.place}: {error}")
            return
        self._wait(seen)
        if seen.extra.keys() != more:
            self._announcing.set()  # it may be able to do more
        one = self._owners.get(seen)
        if one is None:
            return
        happened, seen.happened = seen.happened, None
        if happened is not None:
            event = {**happened, "occurred_at": now().isoformat()}
            self.bus.publish(Topic.device(one.about.id, "event"), json.dumps(event, ensure_ascii=False))
        self._show(one)
        self._news.set()

    def _wait(self, seen: Seen) -> None:
        """Let pass what lasts for a time only: the motion that a sensor saw, and what it told long ago."""
        timer = self._timers.pop(seen, None)
        if timer is not None:
            timer.cancel()
        for key, state in (("off_delay", "off"), ("expire_after", UNKNOWN)):
            seconds = seen.config.number(key, 0)
            if seconds > 0 and (state != "off" or seen.state == "on"):
                loop = asyncio.get_running_loop()
                self._timers[seen] = loop.call_later(min(seconds, 86_400), self._passed, seen, state)
                return

    def _passed(self, seen: Seen, state: str) -> None:
        self._timers.pop(seen, None)
        seen.state = state
        if (one := self._owners.get(seen)) is not None:
            self._show(one)

    def _complain(self, kind: str, fault: str) -> None:
        self._faults.tell(kind, f"{self.name}: {fault}")

    # What is asked of it.

    def permit(self, device: str, changes: Changes, confirmed: bool) -> None:
        """Gas is never let in; what opens the home is asked about first."""
        one = self._devices.get(device)
        if one is None:
            return
        if one.only_closed and (changes.get("open") is True or changes.get("position")):
            raise self.error(ErrorCode.NOT_ALLOWED, "discovered.never_open", device=one.about.name)
        key = None if confirmed else one.asks(changes)
        if key is not None:
            raise self.error(ErrorCode.CONFIRM, f"homeassistant.{key}", device=one.about.name)

    async def set(self, device: str, changes: Changes) -> None:
        """Say what the entities of a device shall do, and wait for its state; raises CommandError and OSError."""
        one = self._devices.get(device)
        if one is None or not one.available:
            raise self._error(ErrorCode.DEVICE_OFFLINE, "bridge.offline", device)
        calls, sends = one.calls(changes), []
        try:
            for seen, call in calls or []:
                said = seen.sends(call)
                if said is None:
                    calls = None
                    break
                sends += said
        except BadTemplate as error:
            self._complain("template", f"{one.main.config.place}: {error}")
            raise self._error(ErrorCode.DEVICE_ERROR, "bridge.failed", device) from None
        if calls is None:
            raise self._error(ErrorCode.NOT_SUPPORTED, "bridge.not_supported", device)
        before = dict(self.states.get(device, {}))
        for message in sends:
            await self._wire.send(message)
        for seen, call in calls:
            seen.assume(call)
        self._show(one)
        if not await self._followed(one, changes, before):
            raise self._error(ErrorCode.DEVICE_ERROR, "homeassistant.unchanged", device)

    async def _followed(self, one: Found, wanted: Changes, before: Mapping[str, Value]) -> bool:
        """Wait until the device is as was wanted; whether it is, or is on its way, or nobody can tell."""
        seen = one.values()
        told = {name: value for name, value in wanted.items() if name in seen}
        kind = one.main.kind

        def moves() -> bool:
            return one.main.state in kind.moving

        with suppress(TimeoutError):
            async with asyncio.timeout(FOLLOW_SECONDS):
                while not self._is_so(one, told, before) and not (kind.slow and moves()):
                    self._news.clear()
                    await self._news.wait()
        # A number may have been rounded to what it was.
        certain = {name: value for name, value in told.items() if not _is_number(value)}
        return moves() or self._is_so(one, certain, before)

    def _is_so(self, one: Found, wanted: Changes, before: Mapping[str, Value]) -> bool:
        """Whether it is as was wanted; a number only has to move, as it may be rounded."""
        state = self.states.get(one.about.id, {})
        return all(
            state.get(name) == value or (_is_number(value) and state.get(name) != before.get(name))
            for name, value in wanted.items()
        )

    def _error(self, code: ErrorCode, key: str, device: str) -> CommandError:
        return self.error(code, key, device=self.abouts[device].name)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
