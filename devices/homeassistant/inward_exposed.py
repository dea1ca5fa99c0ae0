"""What Home Assistant exposes to voice assistants: which entities, what they are called, and in which room they are.

Facts: its WebSocket commands homeassistant/expose_entity/list, config/entity_registry/get_entries,
config/device_registry/list and config/area_registry/list. Only an administrator may ask for the first.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter

from devices.homeassistant.connection import Connection
from devices.homeassistant.entities import KINDS
from hub.payloads import is_id
from hub.texts import Language

ASSISTANT: Final = "conversation"
"""Home Assistant's own voice assistant: what is exposed to it is for us, too."""

OURS: Final = "jipsa_"
"""How the unique ids begin of what the hub itself shows to Home Assistant over MQTT."""

LONGEST_NAME = 60
"""Characters of a name; nobody says more."""

LONGEST_ID: Final = 64


@dataclass(frozen=True, slots=True)
class Exposed:
    """An exposed entity: its other names and its room, as far as the registries know them."""

    id: str
    aliases: tuple[str, ...] = ()
    room: str | None = None


class _Named(BaseModel):
    """An area."""

    area_id: str
    name: str
    aliases: list[str | None] = []


class _Device(BaseModel):
    """A device, as far as it says where its entities are."""

    id: str
    area_id: str | None = None


class _Entry(BaseModel):
    """An entity in the registry."""

    platform: str
    unique_id: Any = None
    area_id: str | None = None
    device_id: str | None = None
    aliases: list[str | None] = []

    @property
    def ours(self) -> bool:
        """Whether it is one of the hub's own devices, or of its voice, that came back."""
        return (self.platform == "mqtt" and str(self.unique_id).startswith(OURS)) or self.platform == "wyoming"


_EXPOSED: Final = TypeAdapter(dict[str, dict[str, bool]])
_ENTRIES: Final = TypeAdapter(dict[str, _Entry | None])
_AREAS: Final = TypeAdapter(list[_Named])
_DEVICES: Final = TypeAdapter(list[_Device])


async def exposed_ids(connection: Connection) -> list[str]:
    """The exposed entities that can become devices; raises as `Connection.call`, and ValueError for another shape."""
    listed = await connection.call("homeassistant/expose_entity/list")
    found = _EXPOSED.validate_python(listed["exposed_entities"])
    return sorted(i for i, assistants in found.items() if assistants.get(ASSISTANT) and i.partition(".")[0] in KINDS)


async def exposed(connection: Connection, ids: list[str], language: Language) -> dict[str, Exposed]:
    """What the registries know of these entities, without those that are ours; raises as `exposed_ids`."""
    entries = _ENTRIES.validate_python(await connection.call("config/entity_registry/get_entries", entity_ids=ids))
    areas = _AREAS.validate_python(await connection.call("config/area_registry/list"))
    devices = _DEVICES.validate_python(await connection.call("config/device_registry/list"))
    rooms = {area.area_id: called(area.name, area.aliases, language)[0] for area in areas}
    places = {device.id: device.area_id for device in devices}
    found = {}
    for entity in ids:
        entry = entries.get(entity) or _Entry(platform="")
        if not entry.ours:
            area = entry.area_id or places.get(entry.device_id or "") or ""
            found[entity] = Exposed(entity, _tidied(entry.aliases), rooms.get(area))
    return found


# Names.


def called(name: str, aliases: Iterable[str | None], language: Language) -> tuple[str, tuple[str, ...]]:
    """The name that is spoken, and the others: among Koreans a Korean alias goes before a name that is not Korean."""
    names = _tidied((name, *sorted(filter(None, aliases)))) or ("?",)
    spoken = names[0]
    if language == "ko" and not _HANGUL.search(spoken):
        spoken = next(filter(_HANGUL.search, names), spoken)
    return spoken, tuple(other for other in names if other != spoken)


_HANGUL = re.compile("[가-힣]")


def _tidied(names: Iterable[str | None]) -> tuple[str, ...]:
    """What can be said of the names, each once: letters and digits of any script, no pictures and no control marks."""
    return tuple(dict.fromkeys(filter(None, (_tidy(name) for name in names if name))))


def _tidy(name: str) -> str:
    plain = unicodedata.normalize("NFC", name)[: 4 * LONGEST_NAME]
    said = "".join(sign if _is_said(sign) else " " for sign in plain)
    tidy = " ".join(said.split())[:LONGEST_NAME].strip()
    return tidy if any(map(str.isalnum, tidy)) else ""


def _is_said(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN" or sign in "-'&+.%"


def device_id(entity: str) -> str:
    """The device's id: the entity's with `ha_` before it; one that is too long is cut, and stays one of its own."""
    plain = "ha_" + entity.replace(".", "_")
    if is_id(plain):
        return plain
    ending = hashlib.blake2s(entity.encode(), digest_size=4).hexdigest()
    return f"{re.sub('[^A-Za-z0-9_-]', '_', plain)[: LONGEST_ID - len(ending) - 1]}_{ending}"
