"""Outwards: every device of every bridge is shown to Home Assistant by MQTT discovery.

Devices that the household hides are shown, too: they are hidden from what is said (nobody speaks to a button), but the
presses of a button are what automations wait for. Home Assistant has a switch of its own for hiding.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Mapping
from typing import Final

from devices.homeassistant import ids
from devices.homeassistant.discovery import Payload, Place, discovery, owner, parse, placed, replacing
from devices.homeassistant.hub_device import hub, satellite
from devices.homeassistant.platforms.vacuum import state_topic, vacuum_state
from hub.bus import Bus
from hub.home import Home
from hub.messages import About, BridgeInfo, SatelliteState, ServiceState, Topic
from hub.payloads import read_object
from hub.texts import Language

log = logging.getLogger(__name__)

OWN: Final = frozenset({"homeassistant", "discovered"})
"""The bridges whose devices came from Home Assistant, or announced themselves to it: they are there already."""

JITTER: Final = (0.2, 2.0)
"""Seconds between Home Assistant's birth and ours: not every program on the broker answers at once."""

HOUSEHOLD_AWAITED: Final = 10.0
"""Seconds for which a new device waits to be named by the household; Home Assistant takes its first room for good."""

PATIENCE = 60.0
"""Seconds for which a device that Home Assistant knows, and its bridge does not, is waited for at least."""


class Outward:
    """Publishes the discovery of all that is announced on the bus."""

    def __init__(self, bus: Bus, prefix: str, language: Language) -> None:
        """Make it before the bus runs. `prefix` is Home Assistant's discovery prefix."""
        self._bus = bus
        self._prefix = prefix
        self._language: Language = language
        self._home = Home()
        self._abouts: dict[str, About] = {}
        self._made: dict[str, tuple[About, Place]] = {}
        """Device: what its payload was made of."""
        self._satellites: dict[str, SatelliteState] = {}
        self._bridges: dict[str, bool] = {}
        """Bridge: whether it is there."""
        self._owned: dict[str, frozenset[str]] = {}
        """Bridge: the devices that it says it has."""
        self._known: dict[str, Payload] = {}
        """Identifier: what Home Assistant was told last, by us or by the bridge that ran before us."""
        self._shown: set[str] = set()
        """Identifiers that stand for something that is there."""
        self._departed: set[str] = set()
        """Identifiers of what went while Home Assistant was away."""
        self._orphans: set[str] = set()
        """Identifiers that nobody had when it was looked last."""
        self._away = False
        self._birth = asyncio.Event()
        # What was known before comes first, then names, then devices: so each is published once.
        bus.subscribe(f"{prefix}/device/+/config", self._on_config)
        bus.subscribe(f"{prefix}/status", self._on_status)
        bus.subscribe(Topic.HOME, self._on_home)
        bus.subscribe(Topic.bridge("+", "state"), self._on_bridge)
        bus.subscribe(Topic.bridge("+", "info"), self._on_info)
        bus.subscribe(Topic.satellite("+"), self._on_satellite)
        bus.subscribe(Topic.device("+", "about"), self._on_about)
        bus.subscribe(Topic.device("+", "state"), self._on_state)

    async def run(self) -> None:
        """Serve until cancelled; the bus is already running."""
        await self._bus.connected.wait()
        self._show_hub()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._greet())
            group.create_task(self._look_for_orphans())

    # What there is.

    def _on_about(self, topic: str, body: bytes) -> None:
        device = topic.split("/")[2]
        if not body:
            self._made.pop(device, None)
            if self._abouts.pop(device, None) is not None:
                self._gone(ids.identifier(device))
            return
        about = About.from_payload(topic, body)
        if about.bridge in OWN or about.id != device:
            return
        self._abouts[device] = about
        if self._settled(about):
            self._show_device(about)
        else:
            asyncio.get_running_loop().call_later(HOUSEHOLD_AWAITED, self._show_unnamed, device)

    def _settled(self, about: About) -> bool:
        """Whether nothing is waited for before a device is shown."""
        return self._home.device(about.id) is not None or ids.identifier(about.id) in self._shown

    def _show_unnamed(self, device: str) -> None:
        """Show a device of which the household says nothing, because no butler is there."""
        if device in self._abouts:
            self._show_device(self._abouts[device])

    def _on_home(self, topic: str, body: bytes) -> None:
        try:
            self._home = Home.from_json(body)
        except ValueError as error:
            log.warning("%s: this is no home: %s", topic, error)
            return
        for about in self._abouts.values():
            if self._settled(about):
                self._show_device(about)

    def _on_satellite(self, topic: str, body: bytes) -> None:
        satellite_id = topic.split("/")[2]
        if not body:
            if self._satellites.pop(satellite_id, None) is not None:
                self._gone(ids.satellite_identifier(satellite_id))
            return
        state = SatelliteState.from_payload(topic, body)
        before = self._satellites.get(satellite_id)
        if before is not None and (state.room is None or state.room == before.room):
            return  # a satellite's will says nothing of its room
        self._satellites[satellite_id] = state
        self._show(ids.satellite_identifier(satellite_id), satellite(satellite_id, state, self._language))

    def _on_bridge(self, topic: str, body: bytes) -> None:
        bridge = topic.split("/")[2]
        if not body:
            self._bridges.pop(bridge, None)
            return
        new = bridge not in self._bridges
        self._bridges[bridge] = ServiceState.from_payload(topic, body).state == "online"
        if new and ids.HUB in self._shown:
            self._show_hub()

    def _on_info(self, topic: str, body: bytes) -> None:
        bridge = topic.split("/")[2]
        if not body:
            self._owned.pop(bridge, None)
            return
        self._owned[bridge] = frozenset(BridgeInfo.from_payload(topic, body).devices)

    def _on_state(self, topic: str, body: bytes) -> None:
        about = self._abouts.get(topic.split("/")[2])
        if about is not None and about.type == "vacuum" and body:
            self._bus.publish(state_topic(about.id), vacuum_state(read_object(topic, body)), retain=True)

    # What Home Assistant is told.

    def _show_hub(self) -> None:
        self._show(ids.HUB, hub(self._bridges, self._language))

    def _show_device(self, about: About) -> None:
        place = placed(about, self._home)
        if self._made.get(about.id) != (about, place):
            self._made[about.id] = (about, place)
            self._show(ids.identifier(about.id), discovery(about, place, self._language))

    def _show(self, identifier: str, fresh: Payload) -> None:
        before = self._known.get(identifier)
        payload = replacing(fresh, before)
        if identifier in self._shown and payload == before:
            return
        self._shown.add(identifier)
        self._departed.discard(identifier)
        self._known[identifier] = payload
        self._publish(identifier, payload)

    def _publish(self, identifier: str, payload: Mapping[str, object]) -> None:
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        self._bus.publish(self._topic(identifier), body, retain=True)

    def _topic(self, identifier: str) -> str:
        return f"{self._prefix}/device/{identifier}/config"

    def _gone(self, identifier: str) -> None:
        """Take away what is gone. Home Assistant forgets an entity only if it is there: else this waits for it."""
        self._shown.discard(identifier)
        if self._away:
            self._departed.add(identifier)
            return
        self._departed.discard(identifier)
        known = self._known.pop(identifier, None)
        if known is None:
            return
        self._bus.forget(self._topic(identifier))
        if "vacuum_vacuum" in known["cmps"]:
            self._bus.forget(state_topic(identifier.removeprefix("jipsa_")))

    # What Home Assistant says.

    def _on_config(self, topic: str, body: bytes) -> None:
        identifier = topic.split("/")[-2]
        before = None if identifier in self._known else parse(identifier, body)
        if before is not None:
            self._known[identifier] = before

    def _on_status(self, topic: str, body: bytes) -> None:
        self._away = body == b"offline"
        if body == b"online":
            self._birth.set()

    async def _greet(self) -> None:
        """Tell a Home Assistant that was born all once more: a broker may have lost what it kept."""
        while True:
            await self._birth.wait()
            await asyncio.sleep(random.uniform(*JITTER))
            self._birth.clear()
            for identifier in sorted(self._shown, key=lambda one: one != ids.HUB):
                self._publish(identifier, self._known[identifier])
            for identifier in set(self._departed):
                self._gone(identifier)

    # What is left over from before.

    async def _look_for_orphans(self) -> None:
        """Take away the devices that went while this bridge was away.

        An about may be late: a device is gone only when its bridge is there and, for long enough, does not name it.
        """
        while True:
            await asyncio.sleep(PATIENCE)
            orphans = {identifier for identifier in self._known.keys() - self._shown if self._disowned(identifier)}
            for identifier in orphans & self._orphans:
                log.info("%s: its bridge does not have it any more", identifier)
                self._gone(identifier)
            self._orphans = orphans

    def _disowned(self, identifier: str) -> bool:
        bridge = owner(self._known[identifier])
        if bridge is None or not self._bridges.get(bridge):
            return False
        return identifier.removeprefix("jipsa_") not in self._owned.get(bridge, frozenset())
