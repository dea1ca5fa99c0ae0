"""What a device is (its About), as a discovery payload of Home Assistant: one device with all its components.

Facts: https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload. State and commands are the topics of
the contract themselves, so that everything goes on while this bridge is away.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, Final, NamedTuple

from devices.homeassistant import ids
from devices.homeassistant.platforms.climate import climate, water_heater
from devices.homeassistant.platforms.fan import fan, humidifier
from devices.homeassistant.platforms.light import light
from devices.homeassistant.platforms.openings import cover, lock, valve
from devices.homeassistant.platforms.rest import rest, scene, switch
from devices.homeassistant.platforms.vacuum import vacuum
from devices.homeassistant.showing import Component, Showing
from hub.home import Home
from hub.messages import About, Topic
from hub.texts import Language, has_text, text

Payload = dict[str, Any]
"""The discovery payload of one device."""

ORIGIN: Final = "Jipsa"
"""Who announces: how our own payloads are known again."""


class Place(NamedTuple):
    """What the household calls a device, and the name of the room that it stands in."""

    name: str
    room: str | None = None


Main = Callable[[Showing, str | None], None]

MAINS: Final[Mapping[str, Main]] = {
    "climate": climate, "water_heater": water_heater, "fan": fan, "humidifier": humidifier, "light": light,
    "cover": cover, "valve": valve, "lock": lock, "vacuum": vacuum, "scene": scene, "switch": switch,
}  # fmt: skip
"""Platforms whose entities stand for several properties, or for the device itself."""

OF_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: (name,) for name in MAINS},
    "scene": ("scene", "switch"), "script": ("scene",), "system_boiler": ("climate",), "boiler": ("climate",),
    "dehumidifier": ("humidifier",), "air_purifier": ("fan",), "ventilator": ("fan",), "ceiling_fan": ("fan",),
    "hood": ("fan",),
}  # fmt: skip
"""The type of a device to the platforms that may show it; the first that can is called like the device."""

OF_TYPE_ONLY: Final = frozenset({"scene", "switch", "vacuum"})
"""Platforms that stand for a device only where its type says so: many appliances have a switch somewhere."""

MAKERS: Final[Mapping[str, str]] = {"thinq": "LG", "gpio": ORIGIN, "genie": ORIGIN}
"""Bridge to who made its devices."""


def discovery(about: About, place: Place, language: Language) -> Payload:
    """The payload for a device, by its name and in its room."""
    showing = Showing(about, language)
    hinted = [prop.platform or "" for prop in about.properties.values() if prop.writable]
    platforms = [*OF_TYPE.get(about.type, ()), *(name for name in hinted if name in MAINS.keys() - OF_TYPE_ONLY)]
    for platform in dict.fromkeys(platforms):
        MAINS[platform](showing, text(f"discovery.part-{platform}", language) if showing.components else None)
    rest(showing)
    _events(showing)
    _question(showing)
    return payload(_device(about, place, language), showing.components, availability(about))


def payload(device: Mapping[str, Any], components: Mapping[str, Component], online: Mapping[str, Any]) -> Payload:
    """A discovery payload of ours."""
    return {"dev": device, "o": {"name": ORIGIN, "sw": version("jipsa")}, **online, "cmps": components}


def availability(about: About) -> dict[str, Any]:
    """A device can be reached while its bridge is there and says so."""
    bridge = {"topic": Topic.bridge(about.bridge, "state"), "value_template": "{{ value_json.state }}"}
    return {"availability": [bridge, {"topic": Topic.device(about.id, "available")}], "availability_mode": "all"}


def parse(identifier: str, body: bytes) -> Payload | None:
    """The discovery payload that is retained for a device, where it is one of ours."""
    try:
        found = json.loads(body)
        ours = found["o"]["name"] == ORIGIN and found["dev"]["ids"] == [identifier] and isinstance(found["cmps"], dict)
    except (ValueError, KeyError, TypeError):
        return None
    return found if ours else None


def owner(published: Payload) -> str | None:
    """The bridge whose device this is; None for what is the hub's own."""
    listed = published.get("availability")
    for online in listed if isinstance(listed, list) else ():
        topic = online.get("topic") if isinstance(online, dict) else None
        match str(topic).split("/"):
            case [_, "bridge", bridge, "state"]:
                return bridge
    return None


def replacing(fresh: Payload, before: Payload | None) -> Payload:
    """The fresh payload, which also takes away the components that only the one before has."""
    gone = {} if before is None else {
        key: {"p": entry["p"]}
        for key, entry in before["cmps"].items()
        if key not in fresh["cmps"] and isinstance(entry, dict) and "p" in entry
    }  # fmt: skip
    return {**fresh, "cmps": {**fresh["cmps"], **gone}}


def placed(about: About, home: Home) -> Place:
    """The name and the room of a device: those that the household gives it before those that its bridge says."""
    known = home.device(about.id)
    room = home.resolve_room(about.room or "") if known is None else home.room_of(known)
    return Place(about.name if known is None else known.name, about.room if room is None else room.name)


def _device(about: About, place: Place, language: Language) -> dict[str, Any]:
    kind = f"discovery.type-{about.type}"
    device = {
        "ids": [ids.identifier(about.id)],
        "name": place.name,
        "mdl": text(kind, language) if has_text(kind) else about.type.replace("_", " "),
        "mf": MAKERS.get(about.bridge),
        "sa": place.room,
        "via_device": ids.HUB,
    }
    return {name: value for name, value in device.items() if value}


def _events(showing: Showing) -> None:
    """What it tells of, as an event entity; a button is a trigger of its own as well."""
    types = list(dict.fromkeys(showing.about.events))
    if not types:
        return
    topic = Topic.device(showing.about.id, "event")
    button = showing.about.type == "button"
    known = json.dumps(types, ensure_ascii=False)
    showing.add(
        "event", "event", None if button else text("discovery.event", showing.language),
        state_topic=topic, event_types=types, device_class="button" if button else None,
        value_template=f"{{{{ value if value_json is mapping and value_json.get('event_type') in {known} }}}}",
    )  # fmt: skip
    if button and "press" in types:
        showing.components["device_automation_press"] = {
            "p": "device_automation", "automation_type": "trigger", "type": "button_short_press",
            "subtype": "button_1", "topic": topic, "value_template": "{{ value_json.get('event_type') }}",
            "payload": "press",
        }  # fmt: skip


def _question(showing: Showing) -> None:
    """Where an agent is asked; what it answers is an event of the hub."""
    if showing.about.type != "conversation":
        return
    asked = f"{{'intent': 'JipsaAsk', 'slots': {{'query': value}}, 'targets': ['{showing.about.id}']}}"
    showing.add(
        "text", "query", text("discovery.query", showing.language), icon="mdi:chat-question",
        command_topic=Topic.intent(showing.about.bridge), command_template=f"{{{{ {asked} | to_json }}}}", min=1,
    )  # fmt: skip
