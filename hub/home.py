"""The home: its rooms and devices and what people call them, from config/home.yaml and from what bridges announce."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, JsonValue, PrivateAttr

from hub.keeping.versions import Version, current, newest
from hub.korean.jamo import squash
from hub.messages import About
from hub.payloads import is_id
from hub.texts import Language
from hub.yamlfaults import closest
from hub.yamlfile import Fault, Key, SettingsError, YamlFile, fault_in

HOME_ASSISTANT_TYPES = frozenset({
    "light", "switch", "fan", "climate", "cover", "lock", "valve", "vacuum", "media_player", "humidifier",
    "water_heater", "lawn_mower", "sensor", "binary_sensor", "camera", "scene", "script", "button", "siren", "timer",
    "number", "select",
})  # fmt: skip
"""Types that are Home Assistant domains."""

THINQ_TYPES = frozenset({
    "washer", "dryer", "washtower", "refrigerator", "kimchi_refrigerator", "styler", "dish_washer", "air_purifier",
    "dehumidifier", "oven", "cooktop", "hood", "microwave_oven", "water_purifier", "wine_cellar", "ceiling_fan",
    "system_boiler", "boiler", "stick_cleaner", "ventilator", "home_brew", "plant_cultivator", "television",
})  # fmt: skip
"""Types of appliances that no Home Assistant domain fits, named as ThinQ names them."""

DEVICE_TYPES = HOME_ASSISTANT_TYPES | THINQ_TYPES
"""Every type that home.yaml may give a device."""


def _checked_id(value: str) -> str:
    if not is_id(value):
        raise fault_in("bad_id", got=value)
    return value


def _checked_name(value: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", value).split())
    if not name:
        raise fault_in("empty_name")
    return name


Id = Annotated[str, AfterValidator(_checked_id)]
"""An id that can stand in a topic."""

Name = Annotated[str, AfterValidator(_checked_name)]
"""What people call something: not empty, composed Hangul."""


class _Named(BaseModel):
    """What people call by a name, and where it stands in the home file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    name: Name
    aliases: tuple[Name, ...] = ()
    _entry: tuple[YamlFile, tuple[Key, ...]] | None = PrivateAttr(default=None)

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is called, the name first."""
        return (self.name, *self.aliases)

    @property
    def entry(self) -> tuple[YamlFile, tuple[Key, ...]]:
        """The file that it was read from and where it stands there, for checks that name the line."""
        group = f"{type(self).__name__.lower()}s"
        unread = YamlFile(Path("home.yaml"), {group: {self.id: self.model_dump(mode="json")}})
        return self._entry or (unread, (group, self.id))

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.model_dump() == other.model_dump()

    def __hash__(self) -> int:
        return hash(self.id)


class Room(_Named):
    """A room: its id, what it is called, and its floor (1 is the ground floor as Korea counts, -1 the basement)."""

    floor: int | None = None


class Device(_Named):
    """A device: its id, names, type, and the id of its room.

    `device_class` says of what sort a cover or a sensor is, in Home Assistant's words (curtain, window, humidity);
    `gpio` says how it is wired, for the gpio bridge.
    """

    type: str
    room: str | None = None
    device_class: str | None = None
    hidden: bool = False
    gpio: dict[str, JsonValue] | None = None


@dataclass(frozen=True)
class Home:
    """The rooms and devices of one home, looked up by id and by name."""

    rooms: Sequence[Room] = ()
    devices: Sequence[Device] = ()

    @cached_property
    def _rooms(self) -> dict[str, Room]:
        return {room.id: room for room in self.rooms}

    @cached_property
    def _devices(self) -> dict[str, Device]:
        return {device.id: device for device in self.devices}

    @cached_property
    def _room_names(self) -> dict[str, Room]:
        return {_squashed(name): room for room in reversed(self.rooms) for name in (room.id, *room.names)}

    @cached_property
    def spoken_rooms(self) -> tuple[str, ...]:
        """The names and aliases of all rooms, as the grammar reads them."""
        return tuple(squash(name) for room in self.rooms for name in room.names)

    @cached_property
    def _of_type(self) -> dict[str, tuple[Device, ...]]:
        kinds: defaultdict[str, list[Device]] = defaultdict(list)
        for device in self.devices:
            if not device.hidden:
                kinds[device.type].append(device)
        return {kind: tuple(devices) for kind, devices in kinds.items()}

    def of_types(self, kinds: Iterable[str]) -> list[Device]:
        """The devices of these types that are not hidden, in the order of the home within each type."""
        return [device for kind in kinds for device in self._of_type.get(kind, ())]

    def room(self, room_id: str) -> Room | None:
        """The room with this id."""
        return self._rooms.get(room_id)

    def device(self, device_id: str) -> Device | None:
        """The device with this id."""
        return self._devices.get(device_id)

    def devices_in(self, room_id: str) -> tuple[Device, ...]:
        """The devices of a room, in the order of the home."""
        return tuple(device for device in self.devices if device.room == room_id)

    def room_of(self, device: Device) -> Room | None:
        """The room that a device stands in, where that is known."""
        return None if device.room is None else self.room(device.room)

    def to_json(self) -> str:
        """The home as one JSON object: `{"rooms": […], "devices": […]}`."""
        return _HomeFile(rooms=list(self.rooms), devices=list(self.devices)).model_dump_json(exclude_defaults=True)

    @classmethod
    def from_json(cls, payload: bytes | str) -> Home:
        """Read what `to_json` wrote. Raises ValueError when it is something else."""
        entries = _HomeFile.model_validate_json(payload)
        return cls(tuple(entries.rooms or ()), tuple(entries.devices or ()))

    def resolve_room(self, spoken: str) -> Room | None:
        """The room whose id, name or alias is `spoken`; spaces and capitals do not matter."""
        return self._room_names.get(_squashed(spoken))


def _squashed(name: str) -> str:
    return "".join(unicodedata.normalize("NFC", name).casefold().split())


class _HomeFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: Version = newest("home")
    rooms: list[Room] | None = None
    devices: list[Device] | None = None


def load_home(path: Path | None, language: Language = "en") -> Home:
    """Read home.yaml; raises SettingsError with every fault, in `language`. No path is a home without entries."""
    return Home() if path is None else home_in(YamlFile.read(path, language))


def home_in(file: YamlFile) -> Home:
    """The home of a file that was read. Raises SettingsError with every fault."""
    file = current(file, "home")
    entries = file.validate(_HomeFile)
    rooms, devices = entries.rooms or [], entries.devices or []
    faults = [*_room_faults(file, rooms), *_device_faults(file, rooms, devices)]
    if faults:
        raise SettingsError(sorted(faults, key=lambda fault: fault.line or 0))
    for index, room in enumerate(rooms):
        room._entry = (file, ("rooms", index))
    home = Home(tuple(rooms))
    return Home(home.rooms, tuple(_placed(home, device, file, index) for index, device in enumerate(devices)))


def _placed(home: Home, device: Device, file: YamlFile, index: int) -> Device:
    room = home.resolve_room(device.room) if device.room else None
    placed = device.model_copy(update={"room": room.id} if room else {})
    placed._entry = (file, ("devices", index))
    return placed


def _room_faults(file: YamlFile, rooms: list[Room]) -> Iterator[Fault]:
    yield from _repeated_ids(file, "rooms", rooms)
    seen: dict[str, int] = {}
    for index, room in enumerate(rooms):
        aliases = ((("aliases", number), alias) for number, alias in enumerate(room.aliases))
        for keys, name in ((("name",), room.name), *aliases):
            first = seen.setdefault(_squashed(name), index)
            if first != index:
                line = file.line_of("rooms", first)
                yield file.fault(("rooms", index, *keys), "duplicate_room", got=name, first=line)


def _device_faults(file: YamlFile, rooms: list[Room], devices: list[Device]) -> Iterator[Fault]:
    yield from _repeated_ids(file, "devices", devices)
    home = Home(rooms)
    for index, device in enumerate(devices):
        here = ("devices", index)
        if device.type not in DEVICE_TYPES:
            near = closest(device.type, DEVICE_TYPES)
            yield file.fault((*here, "type"), "unknown_type", near, got=device.type)
        if device.room is not None and home.resolve_room(device.room) is None:
            near = closest(device.room, [name for room in rooms for name in (room.id, *room.names)])
            yield file.fault((*here, "room"), "unknown_room", near, got=device.room)


def _repeated_ids(file: YamlFile, key: str, entries: Sequence[Room | Device]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for index, entry in enumerate(entries):
        first = seen.setdefault(entry.id, index)
        if first != index:
            line = file.line_of(key, first, "id")
            yield file.fault((key, index, "id"), "duplicate_id", got=entry.id, first=line)


def merge(home: Home, abouts: Iterable[About]) -> Home:
    """The home with the devices that bridges announced; what an entry of home.yaml says goes before what they say.

    A room that is announced by a name the home does not know becomes a room of its own.
    """
    new: dict[str, Room] = {}
    devices = {device.id: device for device in home.devices}
    for about in abouts:
        spoken = (about.room or "").strip()
        room = home.resolve_room(spoken) or new.get(_squashed(spoken)) if spoken else None
        if spoken and room is None:
            room = _new_room(spoken)
            new |= {_squashed(name): room for name in (room.id, room.name)}
        announced = Device(
            id=about.id,
            name=about.name.strip() or about.id,
            type=about.type,
            room=room.id if room else None,
            aliases=tuple(alias for alias in about.aliases if alias.strip()),
            device_class=about.device_class,
        )
        entry = devices.get(about.id)
        devices[about.id] = announced if entry is None else _overridden(announced, entry)
    return Home((*home.rooms, *dict.fromkeys(new.values())), tuple(devices.values()))


def _overridden(announced: Device, entry: Device) -> Device:
    said = entry.model_fields_set
    silent = {name: getattr(announced, name) for name in ("room", "aliases", "device_class") if name not in said}
    return entry.model_copy(update=silent)


def _new_room(name: str) -> Room:
    """A room with an id that is the same every time the name is announced."""
    room_id = "room-" + hashlib.blake2s(_squashed(name).encode(), digest_size=4).hexdigest()
    return Room(id=room_id, name=name)
