"""The devices as Home Assistant's entities are: what they are, how they are, and whether they can be reached."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from devices.homeassistant.entities import KINDS, Entity, Kind
from devices.homeassistant.inward_exposed import Exposed, called, device_id
from devices.values import Changes
from hub.messages import About
from hub.payloads import PayloadError, Value

if TYPE_CHECKING:
    from devices.bridge import Bridge

MISSING = "unavailable"
"""The state of an entity that has none."""

PLAYER = "media_player"


@dataclass(slots=True)
class Mirrored:
    """An exposed entity as it was told last."""

    exposed: Exposed
    kind: Kind
    seen: Entity
    """As people know it."""
    told: Mapping[str, Any]
    """Its attributes as they were told."""

    @property
    def moves(self) -> bool:
        """Whether it is on its way from one state to another."""
        return self.seen.state in self.kind.moving


class Mirror:
    """Keeps the bridge's devices at what it hears; it never asks."""

    def __init__(self, bridge: Bridge, seen: Callable[[str, Mapping[str, Any]], Mapping[str, Any]]) -> None:
        """`seen` is told the attributes of each player, and gives them as people know them."""
        self.fahrenheit = False
        """Whether climate is told in Fahrenheit."""
        self._bridge = bridge
        self._seen = seen
        self._entities: dict[str, Mirrored] = {}
        """By entity id."""
        self._devices: dict[str, str] = {}
        """Device id: entity id."""
        self._complete = False
        """Whether all that is exposed has been told since the start."""
        self._news = asyncio.Event()

    def entity(self, device: str) -> Mirrored | None:
        """The entity of a device."""
        return self._entities.get(self._devices.get(device, ""))

    def players(self) -> Iterator[tuple[str, Entity]]:
        """The players, each with the id of its device."""
        for one in self._entities.values():
            if one.seen.domain == PLAYER:
                yield device_id(one.seen.id), one.seen

    def remember(self, topic: str, payload: bytes) -> None:
        """A retained about: one of an earlier run is kept until it is known whether it is still exposed."""
        if not payload:
            return
        with suppress(PayloadError):
            about = About.from_payload(topic, payload)
            if about.bridge != self._bridge.name or about.id in self._bridge.abouts:
                return
            if self._complete and about.id not in self._devices:
                self._bridge.retire(about.id)
            else:
                self._bridge.announce(about)
                self._bridge.available(about.id, False)

    def expect(self, known: Mapping[str, Exposed], complete: bool) -> None:
        """From now on these are exposed; when the list is `complete`, all other devices are gone."""
        self._entities = {i: self._mirrored(i, one) for i, one in known.items()}
        self._devices = {device_id(i): i for i in known}
        for i in known:
            self._show(i)
        self._complete = complete
        if complete:
            for device in [device for device in self._bridge.abouts if device not in self._devices]:
                self._bridge.retire(device)

    def hear(self, event: Any) -> None:
        """States of entities: added (a), changed (c) and removed (r), as subscribe_entities tells them."""
        added, changed, removed = event.get("a") or {}, event.get("c") or {}, event.get("r") or []
        for i, state in added.items():
            self._take(i, str(state.get("s", MISSING)), state.get("a") or {})
        for i, change in changed.items():
            if i not in self._entities:
                continue
            one, more, less = self._entities[i], change.get("+") or {}, change.get("-") or {}
            gone = set(less.get("a") or ())
            attributes = {name: value for name, value in one.told.items() if name not in gone}
            self._take(i, str(more.get("s", one.seen.state)), attributes | (more.get("a") or {}))
        for i in removed:
            self._take(i, MISSING, {})
        self._news.set()

    def away(self) -> None:
        """Home Assistant is gone: nothing can be reached until it is back."""
        for one in self._entities.values():
            one.seen = replace(one.seen, state=MISSING)
        for device in self._bridge.abouts:
            self._bridge.available(device, False)
        self._news.set()

    async def followed(self, device: str, wanted: Changes, before: Mapping[str, Value], within: float) -> bool:
        """Wait until the device is as was wanted; whether it is, or is on its way, or nobody can tell."""
        one = self.entity(device)
        seen = one.kind.values(one.seen, self._bridge.abouts[device].properties) if one is not None else {}
        if one is None or not seen:
            return True
        told = {name: value for name, value in wanted.items() if name in seen}
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not self._is_so(device, told, before) and not (one.kind.slow and one.moves):
                    self._news.clear()
                    await self._news.wait()
        # A number that did not move may have been rounded to what it was.
        certain = {name: value for name, value in told.items() if not _is_number(value)}
        unsure = one.moves or one.seen.attributes.get("assumed_state") is True
        return unsure or not certain or self._is_so(device, certain, before)

    def _is_so(self, device: str, told: Changes, before: Mapping[str, Value]) -> bool:
        """Whether all that can be seen of what was wanted is so; a number only has to move, as it may be rounded.

        Where nothing can be seen of it (of the press of a button), something has to change.
        """
        now = self._bridge.states.get(device, {})
        return all(
            now.get(name) == value or (_is_number(value) and now.get(name) != before.get(name))
            for name, value in told.items()
        ) and (bool(told) or now != before)

    def _mirrored(self, entity: str, exposed: Exposed) -> Mirrored:
        known, kind = self._entities.get(entity), KINDS[entity.partition(".")[0]]
        if known is not None:
            return Mirrored(exposed, kind, known.seen, known.told)
        return Mirrored(exposed, kind, Entity(entity, MISSING, {}, self.fahrenheit), {})

    def _take(self, entity: str, state: str, attributes: Mapping[str, Any]) -> None:
        one = self._entities.get(entity)
        if one is None:
            return
        one.told = attributes
        known = self._seen(entity, attributes) if one.seen.domain == PLAYER else attributes
        before, one.seen = one.seen, Entity(entity, state, known, self.fahrenheit)
        if before.available and one.seen.available and before.attributes == known:
            self._report(device_id(entity), one)  # it is what it was
        else:
            self._show(entity)

    def _show(self, entity: str) -> None:
        """Say what the device is and how it is; one of which no state was ever told is not known yet."""
        one, device = self._entities[entity], device_id(entity)
        if not one.seen.attributes and device not in self._bridge.abouts:
            return
        self._bridge.announce(self._about(device, one))
        if one.seen.available:
            self._report(device, one)
        self._bridge.available(device, one.seen.available)

    def _report(self, device: str, one: Mirrored) -> None:
        self._bridge.report(device, one.kind.values(one.seen, self._bridge.abouts[device].properties))

    def _about(self, device: str, one: Mirrored) -> About:
        """What the device is; while it cannot be reached, what it can do is as it was."""
        name = one.seen.text("friendly_name") or one.seen.id.partition(".")[2].replace("_", " ")
        spoken, others = called(name, one.exposed.aliases, self._bridge.language)
        known = self._bridge.abouts.get(device)
        names = {"name": spoken, "aliases": list(others), "room": one.exposed.room}
        if known is not None and not one.seen.available:
            if not one.seen.attributes:
                names = {"room": one.exposed.room}
            return known.model_copy(update=names)
        return About(
            id=device,
            bridge=self._bridge.name,
            type=one.kind.type(one.seen),
            device_class=one.kind.device_class(one.seen),
            properties=one.kind.properties(one.seen),
            **names,
        )


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
