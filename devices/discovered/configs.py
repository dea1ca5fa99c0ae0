"""Discovery messages of Home Assistant, read: one entity, or a device with several, spelled out.

Facts: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from devices.discovered.abbreviations import KEYS, OF_DEVICE
from devices.homeassistant.discovery import ORIGIN
from devices.homeassistant.entities.descriptor import finite, plain
from hub.messages import ROOT
from hub.payloads import PayloadError, read_object

MOST_PARTS = 200
"""Entities that one message may announce."""

LONGEST_TOPIC = 400
"""Characters of a topic."""

DEVICE: Final = "device"
"""The component of a message that announces a whole device."""

SHARED: Final = frozenset({
    "availability", "availability_mode", "availability_template", "availability_topic", "payload_available",
    "payload_not_available", "state_topic", "command_topic", "qos", "encoding",
})  # fmt: skip
"""What a message says once for all entities of its device."""

OURS: Final = "jipsa_"
"""How the unique ids begin of what the hub itself shows to Home Assistant."""


class Away(NamedTuple):
    """One way to know whether a device can be reached: a topic, and what is told there."""

    topic: str
    online: str
    offline: str
    template: str | None


@dataclass(frozen=True, slots=True)
class Config:
    """What was announced of one entity.

    `place` is where: the topic below the prefix, and its name within the message of a whole device.
    """

    place: str
    component: str
    fields: Mapping[str, Any]

    def text(self, name: str, usual: str = "") -> str:
        """What a key says, as text; `usual` where it is not there."""
        value = self.fields.get(name)
        return usual if value is None or isinstance(value, dict | list) else str(value)

    def first(self, names: tuple[str, ...], usual: str) -> str:
        """What the first of the keys says that is there."""
        return next((self.text(name) for name in names if self.fields.get(name) is not None), usual)

    def number(self, name: str, usual: float) -> float:
        """What a key says, as a number."""
        value = finite(self.fields.get(name))
        return usual if value is None else value

    def flag(self, name: str) -> bool:
        """Whether a key says yes."""
        return self.text(name).casefold() in {"true", "1", "on", "yes"}

    def texts(self, name: str, usual: tuple[str, ...] = ()) -> list[str]:
        """What a key lists."""
        value = self.fields.get(name)
        return [str(one) for one in value if one is not None] if isinstance(value, list) else list(usual)

    def has(self, name: str) -> bool:
        """Whether a key says anything; one that says null is there, and says nothing."""
        return self.fields.get(name) is not None

    @property
    def device(self) -> Mapping[str, Any]:
        """The device that the entity is of."""
        found = self.fields.get("device")
        return found if isinstance(found, dict) else {}

    @property
    def device_key(self) -> str:
        """What entities of one device have in common: its first identifier; an entity without a device has its own."""
        for name in ("identifiers", "connections"):
            found = self.device.get(name)
            if found:
                return f"{name}:{found[0] if isinstance(found, list) else found}"
        return self.place

    @property
    def unique(self) -> str:
        """What is said to be its own for good, or else where it is announced."""
        return self.text("unique_id") or "_".join(self.place.split("/")[1:])

    @property
    def aside(self) -> bool:
        """Whether it is no everyday matter: a setting, a diagnosis (but for a battery), or off at first."""
        off = self.fields.get("enabled_by_default", True) in (False, "false")
        category = self.text("entity_category")
        return off or category == "config" or (category == "diagnostic" and self.text("device_class") != "battery")

    def availability(self) -> tuple[Away, ...]:
        """How it is known whether it can be reached; nothing where it always can."""
        listed = self.fields.get("availability")
        entries = listed if isinstance(listed, list) else [listed] if isinstance(listed, dict) else []
        if self.has("availability_topic"):
            names = ("payload_available", "payload_not_available")
            one = {name: self.fields[name] for name in names if self.has(name)}
            entries = [{**one, "topic": self.text("availability_topic"),
                        "value_template": self.fields.get("availability_template")}]  # fmt: skip
        parts = [Config(self.place, self.component, entry) for entry in entries if isinstance(entry, dict)]
        return tuple(
            Away(part.text("topic"), part.text("payload_available", "online"),
                 part.text("payload_not_available", "offline"), part.text("value_template") or None)
            for part in parts
        )  # fmt: skip

    def topics(self) -> Iterator[tuple[str, str]]:
        """Every key that names a topic, and the topic."""
        for name, value in self.fields.items():
            if name == "topic" or name.endswith("_topic"):
                yield name, str(value)
        for way in self.availability():
            yield "availability", way.topic


def read_configs(topic: str, payload: bytes, prefix: str, complain: Callable[[str], None]) -> list[Config]:
    """The entities that a message announces, none where it takes them away or where they are the hub's own.

    Of those that cannot be used `complain` is told, and the others are read. Raises PayloadError.
    """
    if not payload.strip():
        return []
    place = topic.removeprefix(f"{prefix}/").removesuffix("/config")
    component = place.partition("/")[0]
    told = _spelled(read_object(topic, payload))
    if _is_ours(told) or told.get("migrate_discovery"):
        return []
    found = []
    for config in _parts(topic, place, told, complain) if component == DEVICE else [Config(place, component, told)]:
        fault = _fault(config, prefix)
        if fault is None:
            found.append(config)
        elif fault:
            complain(f"{topic}: {config.unique}: {fault}")
    return found


def _parts(topic: str, place: str, told: Mapping[str, Any], complain: Callable[[str], None]) -> Iterator[Config]:
    listed = told.get("components")
    if not isinstance(listed, dict):
        raise PayloadError(f"{topic}: components is no object")
    shared = {name: value for name, value in told.items() if name in SHARED | {"device", "origin", "~"}}
    if len(listed) > MOST_PARTS:
        complain(f"{topic}: of {len(listed)} entities only {MOST_PARTS} are taken")
    for name, part in list(listed.items())[:MOST_PARTS]:
        if not isinstance(part, dict):
            complain(f"{topic}: {plain(name)}: this is no object")
            continue
        own = _spelled(part)
        if len(part) > 1:  # one that has only a platform is taken away
            yield Config(f"{place}/{name}", str(own.get("platform")), _spelled({**shared, **own}))


def _spelled(told: Mapping[str, Any]) -> dict[str, Any]:
    """The message with its keys in full, and with topics that begin or end with the base topic `~`."""
    fields = {KEYS.get(name, name): value for name, value in told.items()}
    device, online = fields.get("device"), fields.get("availability")
    if isinstance(device, dict):
        fields["device"] = {OF_DEVICE.get(name, name): value for name, value in device.items()}
    entries = [online] if isinstance(online, dict) else online if isinstance(online, list) else []
    fields["availability"] = [
        {KEYS.get(name, name): value for name, value in entry.items()} for entry in entries if isinstance(entry, dict)
    ]
    base = fields.get("~")
    if isinstance(base, str):
        for part in (fields, *fields["availability"]):
            part |= {name: _based(base, value) for name, value in part.items() if name.endswith("topic")}
    return fields


def _based(base: str, topic: Any) -> Any:
    if not isinstance(topic, str) or not topic:
        return topic
    if topic.startswith("~"):
        topic = base + topic[1:]
    return topic[:-1] + base if topic.endswith("~") else topic


def _is_ours(told: Mapping[str, Any]) -> bool:
    origin = told.get("origin")
    return isinstance(origin, dict) and origin.get("name") == ORIGIN


_UNFIT: Final = re.compile(r"[+#\x00-\x1f\x7f]|^\$|^$")


def _fault(config: Config, prefix: str) -> str | None:
    """Why an entity is not taken: nothing to tell for one of the hub's own, None for one that is taken."""
    if config.text("unique_id").startswith(OURS):
        return ""
    for name, topic in config.topics():
        if topic == ROOT or topic.startswith(f"{ROOT}/"):
            return ""
        if topic.startswith(f"{prefix}/") and topic.endswith(("/config", "/status")) and "command" in name:
            return f"{name}: {plain(topic)!r} is where devices are announced"
        if _UNFIT.search(topic) or len(topic) > LONGEST_TOPIC:
            return f"{name}: {plain(topic)!r} is no topic of one thing"
    return None
