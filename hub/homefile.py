"""The home file as the page sets it up: its rooms and devices changed as a person with an editor would change them.

A change is made on the text of the file, and what comes out is read and checked as a whole before it takes the place
of the old file. A change names the file that it was made for, so two people never undo what the other one did.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hub.config import SEARCHED, Settings, settings_file
from hub.files import write_file
from hub.home import Home, Id, Room, home_in, load_home, merge
from hub.korean.roman import romanized
from hub.messages import About
from hub.payloads import MOST_DEVICES
from hub.texts import Language, text
from hub.yamledit import edited
from hub.yamlfile import Fault, SettingsError, YamlFile

ORDER = {
    "rooms": ("id", "name", "aliases", "floor"),
    "devices": ("id", "name", "type", "room", "aliases", "device_class", "hidden", "gpio"),
}
"""In which order a person writes the keys of an entry."""

MOST_ALIASES = 50

Entry = dict[str, Any]
"""A room or a device as it stands in the file."""


def _tidied(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


Typed = Annotated[str, Field(max_length=200), AfterValidator(_tidied)]
"""A name as somebody types it: it may be empty still, which is a flaw."""


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Typed | None = None
    aliases: list[Typed] | None = Field(default=None, max_length=MOST_ALIASES)


class RoomChange(_Change):
    """What is to be otherwise about a room; what is not said stays. A room with an unknown id is new and gets another.

    `floor` is taken away by null.
    """

    id: str = Field(max_length=64)
    floor: int | None = None


class DeviceChange(_Change):
    """What is to be otherwise about a device; `room` is the id of one, null for none."""

    id: Id
    room: str | None = Field(default=None, max_length=64)
    hidden: bool | None = None


class Changes(BaseModel):
    """All that one person changes at once. Rooms that `order` leaves out come last."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rooms: list[RoomChange] = Field(default=[], max_length=MOST_DEVICES)
    devices: list[DeviceChange] = Field(default=[], max_length=MOST_DEVICES)
    removed: list[str] = []
    """Ids of rooms."""
    order: list[str] = []
    """Ids of rooms."""


class Flaw(BaseModel):
    """One thing about a room or a device that a person should look at.

    `place` is `rooms.<id>` or `devices.<id>`, or empty for what is about the whole; `key` is what of it (`name`,
    `aliases` and which one, …). What `blocks` is not saved.
    """

    place: str = ""
    key: str = ""
    index: int | None = None
    reason: str
    blocks: bool = False


class FlawedError(Exception):
    """A change would make a home file that cannot be used; nothing was changed."""

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__("\n".join(flaw.reason for flaw in flaws))
        self.flaws = flaws


class ConflictError(Exception):
    """Somebody else has changed the file meanwhile; nothing was changed."""


def home_place(settings: Settings, config: Path | None = None) -> Path:
    """Where the home file is, or would be: beside the settings, which are those of `config` where that is given."""
    return settings.home or (settings_file(config) or SEARCHED[0]).absolute().with_name("home.yaml")


@dataclass(frozen=True, slots=True)
class HomeFile:
    """The home file as it was read, which may be none."""

    path: Path
    content: bytes
    home: Home
    language: Language

    @classmethod
    def read(cls, path: Path, language: Language) -> HomeFile:
        """Read and check it. Raises SettingsError with every fault, OSError."""
        if not path.exists():
            return cls(path, b"", Home(), language)
        return cls(path, path.read_bytes(), load_home(path, language), language)

    @property
    def digest(self) -> str:
        """Stands for what is in the file."""
        return hashlib.sha256(self.content).hexdigest()[:20]

    def changed(self, changes: Changes, abouts: Mapping[str, About]) -> HomeFile:
        """The file as it is after the changes; nothing is written. Raises FlawedError, SettingsError.

        `abouts` is what bridges say of devices: one without an entry gets one.
        """
        editor = _Editor(self.home, merge(self.home, abouts.values()), abouts, changes)
        content = edited(self.path, self.content, editor.apply, self.language)
        if flaws := list(editor.flaws(self.language)):
            raise FlawedError(flaws)
        file = YamlFile.parse(self.path, content, self.language)
        try:
            home = home_in(file)
        except SettingsError as error:
            raise FlawedError([flaw(fault, file.data, blocks=True) for fault in error.faults]) from None
        return HomeFile(self.path, content, home, self.language)

    def save(self, changes: Changes, abouts: Mapping[str, About], based_on: str) -> HomeFile:
        """Change the file, where it is still the one with the digest `based_on`.

        Raises ConflictError, FlawedError, SettingsError, OSError; nothing is changed then.
        """
        if self.digest != based_on:
            raise ConflictError(str(self.path))
        after = self.changed(changes, abouts)
        if after.content != self.content:
            write_file(self.path, after.content)
        return after


_PLACE = re.compile(
    r"(?P<group>rooms|devices)(?:\[(?P<at>\d+)\]|\.(?P<id>[^.\[]+))(?:\.(?P<key>\w+)(?:\[(?P<index>\d+)\])?)?"
)


def flaw(fault: Fault, data: Any = None, *, blocks: bool = False) -> Flaw:
    """A fault of a home file, with what is in the file as `data`, as a flaw of the room or the device that it is in."""
    found = _PLACE.match(fault.path)
    if found is None:
        return Flaw(reason=fault.what, blocks=blocks)
    entry = data[found["group"]][int(found["at"])]["id"] if found["at"] else found["id"]
    index = int(found["index"]) if found["index"] else None
    return Flaw(
        place=f"{found['group']}.{entry}", key=found["key"] or "", index=index, reason=fault.what, blocks=blocks
    )


def room_id(name: str, taken: Mapping[str, object]) -> str:
    """An id for a new room, made of its name: 서재 is seojae; with a number where that one is taken already."""
    letters = re.sub(r"[^a-z0-9]+", "_", romanized(name).lower()).strip("_")[:40] or "room"
    numbers = (f"{letters}_{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (letters, *numbers) if one not in taken)


class _Editor:
    """Makes changes on the data of a home file."""

    def __init__(self, home: Home, known: Home, abouts: Mapping[str, About], changes: Changes) -> None:
        """`home` is what the file says, `known` the same with what bridges announce."""
        self._known = known
        self._abouts = abouts
        self._changes = changes
        self._rooms: dict[str, Entry] = {}
        self._devices: dict[str, Entry] = {}
        self._stands = {device.id: device.room for device in home.devices}
        """The id of the room that each device of the file stands in."""
        self._ids: dict[str, str] = {}
        """What rooms that are new are called in the changes, and their ids."""

    def apply(self, data: Any) -> None:
        """Change what is in the file."""
        self._rooms = {room["id"]: room for room in data.get("rooms") or ()}
        self._devices = {device["id"]: device for device in data.get("devices") or ()}
        for room in self._changes.rooms:
            self._change_room(room)
        for removed in self._changes.removed:
            self._rooms.pop(removed, None)
        for device in self._changes.devices:
            self._change_device(device)
        self._place()
        order = [self._ids.get(name, name) for name in self._changes.order]
        rooms = [self._rooms[name] for name in dict.fromkeys((*order, *self._rooms)) if name in self._rooms]
        for group, entries in (("rooms", rooms), ("devices", list(self._devices.values()))):
            if entries or data.get(group):
                data[group] = entries

    def flaws(self, language: Language) -> Iterator[Flaw]:
        """What cannot be done."""
        for room in self._changes.removed:
            left = [device for device, stands in self._stands.items() if stands == room]
            moved = {device.id for device in self._changes.devices if "room" in device.model_fields_set}
            left += [device.id for device in self._known.devices_in(room) if device.id not in {*left, *moved}]
            if left:
                reason = text("web_setup.room_not_empty", language, n=len(left))
                yield Flaw(place=f"rooms.{room}", reason=reason, blocks=True)
        for device in self._changes.devices:
            if device.id not in self._devices:
                reason = text("web_setup.device_gone", language, device=device.id)
                yield Flaw(place=f"devices.{device.id}", reason=reason, blocks=True)

    def _change_room(self, change: RoomChange) -> None:
        entry = self._rooms.get(change.id)
        announced = self._known.room(change.id)
        if entry is None:
            name = change.name or (announced.name if announced else "")
            own = change.id if announced else room_id(name, self._rooms)
            entry = self._rooms[own] = {"id": own, "name": name}
            self._ids[change.id] = own
        for key in ("name", "aliases", "floor"):
            if key in change.model_fields_set:
                _put(entry, "rooms", key, getattr(change, key))

    def _change_device(self, change: DeviceChange) -> None:
        entry = self._devices.get(change.id)
        about = self._abouts.get(change.id)
        if entry is None:
            device = self._known.device(change.id)
            if device is None:
                return  # it is told in `flaws`
            entry = self._devices[change.id] = {"id": device.id, "name": device.name, "type": device.type}
            self._stands[change.id] = device.room if device.room in self._rooms else None
        if change.name is not None:
            entry["name"] = change.name
        if change.hidden is not None:
            _put(entry, "devices", "hidden", change.hidden)
        if change.aliases is not None:
            _put(entry, "devices", "aliases", change.aliases, even_so=about is not None and bool(about.aliases))
        if "room" in change.model_fields_set:
            self._stands[change.id] = self._room(change.room)
            if change.room is None:
                _put(entry, "devices", "room", None, even_so=about is not None and bool(about.room))

    def _room(self, named: str | None) -> str | None:
        """The id of the room that is meant; one that only a bridge named comes into the file."""
        if named is None:
            return None
        meant = self._ids.get(named, named)
        if meant not in self._rooms and (room := self._known.room(meant)) is not None:
            self._rooms[meant] = {"id": room.id, "name": room.name}
        return meant

    def _place(self) -> None:
        """Name the room of each device anew where what stands there would mean another one now, or none."""
        rooms = Home(tuple(_unchecked(entry) for entry in self._rooms.values()))
        for device, entry in self._devices.items():
            stands = self._stands.get(device)
            resolved = rooms.resolve_room(str(entry["room"])) if entry.get("room") else None
            if stands is not None and (resolved is None or resolved.id != stands):
                _put(entry, "devices", "room", self._rooms[stands]["name"] if stands in self._rooms else stands)


def _unchecked(entry: Entry) -> Room:
    aliases = tuple(map(str, entry.get("aliases") or ()))
    return Room.model_construct(id=entry["id"], name=str(entry["name"]), aliases=aliases)


def _put(entry: Entry, group: str, key: str, value: Any, *, even_so: bool = False) -> None:
    """Give an entry a key, in the place where a person would write it; what says nothing is left out, or with `even_so`
    written nevertheless.
    """
    if (value is None or value is False or value == []) and not even_so:
        entry.pop(key, None)
    elif key in entry:
        entry[key] = value
    else:
        later = ORDER[group][ORDER[group].index(key) + 1 :]
        behind = {name: entry.pop(name) for name in later if name in entry}
        entry[key] = value
        entry.update(behind)
