"""The devices that discovered entities make.

A device that has one thing to control is one device of the hub, and what it measures, and what is set of it, are its
properties: a plug and its energy. Of any other device each entity is a device of its own: the lights and the heating of
each room of a wallpad, and temperature and humidity of a sensor, which are asked for by what they measure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from devices.discovered.components import is_gas
from devices.discovered.names import device_id, names, property_label, room
from devices.discovered.platform import Seen
from devices.homeassistant.entities import Call
from devices.values import Changes
from hub.home import Home
from hub.messages import About, Property
from hub.payloads import Value
from hub.texts import Language

CONTROLLED: Final = frozenset({
    "light", "switch", "climate", "water_heater", "fan", "humidifier", "cover", "valve", "lock", "vacuum",
    "lawn_mower", "siren",
})  # fmt: skip
"""Domains of what people control."""

MOST_EVENTS: Final = 50
"""Kinds of events that a device tells of."""

BESIDE: Final = frozenset({"sensor", "binary_sensor", "number", "select", "event"})
"""Domains of what may be a property of another device."""

PLAIN: Final = frozenset({"value", "option", "detected", "power"})
"""Properties whose names say nothing of a part of a device."""


@dataclass(frozen=True, slots=True)
class Part:
    """An entity of a device, and what its properties are called there."""

    seen: Seen
    names: Mapping[str, str]


class Found:
    """A device of the hub."""

    def __init__(self, parts: list[Part], about: About) -> None:
        self.parts = parts
        self.about = about

    @property
    def main(self) -> Seen:
        """The entity that the device is called after."""
        return self.parts[0].seen

    @property
    def available(self) -> bool:
        """Whether it can be reached."""
        return self.main.available

    @property
    def only_closed(self) -> bool:
        """Whether it is a gas valve, which nobody opens from afar."""
        return self.about.type == "valve" and is_gas(self.main.config)

    def values(self) -> dict[str, Value]:
        """How it is."""
        found: dict[str, Value] = {}
        for part in self.parts:
            if part.seen.available:
                for name, value in part.seen.kind.values(part.seen.entity(), part.names).items():
                    found[part.names[name]] = value
        return found

    def calls(self, changes: Changes) -> list[tuple[Seen, Call]] | None:
        """The services that bring changes about; None where the device cannot do that."""
        found: list[tuple[Seen, Call]] = []
        for part in self.parts:
            own = {name: changes[here] for name, here in part.names.items() if here in changes}
            calls = part.seen.kind.calls(part.seen.entity(), own) if own else []
            if calls is None:
                return None
            found += [(part.seen, call) for call in calls]
        return found

    def asks(self, changes: Changes) -> str | None:
        """The key of the question that a person must say yes to first."""
        return self.main.kind.asks(self.main.entity(), changes)


def found_devices(
    entities: Iterable[Seen], home: Home, language: Language, complain: Callable[[str], None]
) -> dict[str, Found]:
    """The devices by their ids, in the order of their entities."""
    of_device: dict[str, list[Seen]] = defaultdict(list)
    for seen in entities:
        of_device[seen.config.device_key].append(seen)
    found: dict[str, Found] = {}
    for group in of_device.values():
        for one in _grouped(group, home, language):
            if one.about.id in found:
                complain(f"{one.main.config.place}: its unique id is another one's already")
            else:
                found[one.about.id] = one
    return found


def _grouped(group: list[Seen], home: Home, language: Language) -> Iterator[Found]:
    mains = [seen for seen in group if seen.platform.domain in CONTROLLED]
    beside = [seen for seen in group if seen.platform.domain in BESIDE] if len(mains) == 1 else []
    for seen in group:
        if seen not in beside:
            alone = len(group) == 1 or mains == [seen]
            yield _found(seen, beside if seen in mains else [], alone, home, language)


def _found(main: Seen, beside: list[Seen], alone: bool, home: Home, language: Language) -> Found:
    config, kind, entity = main.config, main.kind, main.entity()
    properties = kind.properties(entity)
    parts = [Part(main, {name: name for name in properties})]
    for seen in beside:
        own = _beside(seen, properties, language)
        parts.append(Part(seen, {name: here for name, (here, _) in own.items()}))
        properties |= dict(own.values())
    name, aliases = names(config, alone, language)
    about = About(
        id=device_id(config),
        bridge="discovered",
        type=kind.type(entity),
        name=name,
        aliases=list(aliases),
        room=room(config, (name, *aliases), home),
        device_class=kind.device_class(entity),
        properties=properties,
        events=list(dict.fromkeys(event for part in parts for event in part.seen.events))[:MOST_EVENTS],
    )
    found = Found(parts, about)
    if found.only_closed:
        shut = about.properties["open"].model_copy(update={"values": ["false"]})
        found.about = about.model_copy(update={"properties": {**about.properties, "open": shut}})
    return found


def _beside(seen: Seen, taken: Mapping[str, Property], language: Language) -> dict[str, tuple[str, Property]]:
    """The properties of an entity as they are called on its device: name there, and what it is."""
    label = property_label(seen.config, language)
    own = {}
    for name, prop in seen.kind.properties(seen.entity()).items():
        last = re.sub("[^a-z0-9]+", "_", seen.config.place.rpartition("/")[2].casefold()).strip("_")
        measured = seen.config.text("device_class")
        wanted = [] if name in PLAIN else [name]
        wanted += [measured if measured not in PLAIN else f"measured_{measured}"] if measured else []
        here = next((one for one in (*wanted, last) if one and len(one) <= 64 and one not in taken), None)
        if here is not None:
            own[name] = (here, prop.model_copy(update={"name": label[:200] if label else None}))
    return own
