"""Which devices are meant: from the names, kinds and rooms that were said to device ids of this home."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import permutations

from hub.butler.later import Slots
from hub.grammar.lexicon import SlotValue, lexicon
from hub.grammar.parse import HERE, Named, Parse
from hub.home import Device, Home


class Refusal(StrEnum):
    """Why a sentence leads to no intent."""

    NOT_A_COMMAND = "not_a_command"
    NEGATED = "negated"
    NO_SUCH_TIME = "no_such_time"
    UNKNOWN_DEVICE = "unknown_device"
    WHICH_DEVICE = "which_device"
    WHICH_ROOM = "which_room"
    AMBIGUOUS = "ambiguous"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Resolved:
    """An intent with its slots, and the devices that it is about (none: it goes to the assistant)."""

    intent: str
    slots: dict[str, SlotValue]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnresolvedError(Exception):
    """No device, or more than one, is meant."""

    reason: Refusal
    choices: tuple[str, ...] = ()
    """The devices (which_device, which_room) that could be meant."""


WITH_DOMAIN = frozenset({"HassTurnOn", "HassTurnOff", "HassGetState", "HassLightSet", "HassSetPosition"})
"""Home Assistant's intents that have a slot for the kind of device; ours (Jipsa…) have one too."""

QUESTIONS = frozenset({"HassGetState", "HassClimateGetTemperature", "JipsaGetRemainingTime"})
"""Intents that change nothing: they may be about every device that fits, so that nobody is asked which."""

SUMMARY = "JipsaHomeSummary"
"""The intent that is about every device."""

NO_APPLIANCES = frozenset({
    "alarm", "button", "conversation", "number", "reminder", "scene", "schedule", "script", "select", "timer", "todo",
    "weather",
})  # fmt: skip
"""Types of devices that are neither on nor off nor open."""

OF_ROOMS = frozenset({"HassVacuumCleanArea"})
"""Intents whose room is no place where their device stands."""

EVERYDAY = frozenset({
    "light", "switch", "fan", "ceiling_fan", "climate", "media_player", "television", "humidifier", "dehumidifier",
    "air_purifier",
})  # fmt: skip
"""What 다 꺼줘 is about: never refrigerators, running washers or locks."""

MEASURED_BY = {
    "battery": {"vacuum", "stick_cleaner", "lawn_mower", "lock"},
    "filter": {"air_purifier", "water_purifier", "climate", "ventilator", "dehumidifier", "humidifier", "refrigerator"},
    "humidity": {"humidifier", "dehumidifier", "climate"},
    "pm1": {"air_purifier", "climate"},
    "pm25": {"air_purifier", "climate"},
    "pm10": {"air_purifier", "climate"},
    "air_quality": {"air_purifier", "climate"},
    "water": {"humidifier", "dehumidifier", "water_purifier"},
    "energy": {"switch"},
    "volume": {"media_player", "television"},
    "brightness": {"light"},
}
"""Types of devices that measure something, beside the sensors of that device class."""


def resolve(parse: Parse, slots: Slots, home: Home, room: str | None) -> list[Resolved]:
    """Find the devices that `parse` is about, for a speaker in the room with id `room` (None: unknown).

    One intent for each target that was named, in each room that was named. Raises UnresolvedError.
    """
    if parse.intent == SUMMARY:
        return [Resolved(parse.intent, slots, appliances(home))]
    if not parse.types:
        rooms = [found.name for named in parse.named for area in named.areas if (found := home.room(area))]
        return [Resolved(parse.intent, {**slots, "area": name}, ()) for name in rooms] or [
            Resolved(parse.intent, slots, ())
        ]
    search = _Search(parse, slots, home, room)
    if parse.intent in OF_ROOMS:
        return [search.cleaned(place) for named in parse.named for place in _places(named)]
    targets = [place for named in parse.named or (Named(),) for place in _places(named)]
    meant = [search.found(target) for target in targets]
    if _says_twice(targets, meant):
        raise UnresolvedError(Refusal.AMBIGUOUS)
    return meant


def _says_twice(targets: Sequence[Named], found: Sequence[Resolved]) -> bool:
    """Whether a kind adds nothing to the names: 뒷문이랑 현관문 where 뒷문 is the only door. Which is the other one?"""
    both = list(zip(targets, found, strict=True))
    called = {device for target, meant in both if target.devices for device in meant.targets}
    return any(called.issuperset(meant.targets) for target, meant in both if not target.devices)


def appliances(home: Home) -> tuple[str, ...]:
    """The devices that are on or off or open, as far as they are shown."""
    return tuple(device.id for device in home.devices if not device.hidden and device.type not in NO_APPLIANCES)


def _places(named: Named) -> Iterator[Named]:
    """The target in each of its rooms, and on each of its floors."""
    for area in named.areas:
        yield replace(named, areas=(area,), floors=())
    for floor in named.floors:
        yield replace(named, areas=(), floors=(floor,))
    if not named.placed:
        yield named


class _Search:
    """The devices that targets of one clause mean."""

    def __init__(self, parse: Parse, slots: Slots, home: Home, room: str | None) -> None:
        self._parse = parse
        self._types = parse.types
        self._slots = slots
        self._home = home
        self._room = room
        self._question = parse.intent in QUESTIONS
        self._excepted = self._left_out()

    def found(self, named: Named) -> Resolved:
        """The intent for one target in one place."""
        rooms = self._rooms(named)
        bearers = self._kept(self._bearers(named))
        if not bearers and named.inherited:
            named, rooms = _anywhere(named), None
            bearers = self._kept(self._bearers(named))
        if not bearers:
            raise UnresolvedError(Refusal.UNKNOWN_DEVICE)
        if not self._parse.every and (named.devices or rooms is None):
            near = [device for device in bearers if self._room is not None and device.room == self._room]
            bearers = bearers if near else self._called(named, bearers)
            several = len(bearers) > 1 and not self._question
            if several and (len(near) != 1 if named.devices else not near):
                raise _which(bearers)
            if near:
                bearers = near
                rooms = rooms if named.devices else {near[0].room or ""}
        bearers = self._called(named, bearers)
        return self._resolved({**self._target_slots(named, rooms, bearers), **self._slots}, bearers)

    def cleaned(self, named: Named) -> Resolved:
        """The intent for a room that a robot shall clean: of several robots the one of that room, or of its floor."""
        rooms = self._rooms(named) or set()
        robots = self._kept(self._bearers(_anywhere(named)))
        floors = {room.floor for room in self._home.rooms if room.id in rooms}
        near = [device for device in robots if device.room in rooms] or [
            device for device in robots if (place := self._home.room_of(device)) and place.floor in floors
        ]
        if not robots:
            raise UnresolvedError(Refusal.UNKNOWN_DEVICE)
        if len(robots) > 1 and len(near) != 1:
            raise _which(robots)
        slots = self._area_slots(named, rooms)
        return self._resolved({**slots, **self._slots}, near if len(near) == 1 else robots)

    def _left_out(self) -> frozenset[str]:
        """The devices that are left out of all that is meant."""
        if not self._parse.excepted:
            return frozenset()
        found = {named: frozenset(device.id for device in self._borne(named)) for named in self._parse.excepted}
        left_out = frozenset[str]().union(*found.values())
        if any(not found[named] for named in found if not _is_place(named)):
            raise UnresolvedError(Refusal.UNKNOWN_DEVICE)
        if any(few < many for few, many in permutations(found.values(), 2)):
            raise UnresolvedError(Refusal.AMBIGUOUS)  # 부엌 불 식탁등 빼고: 식탁등 is left out of 부엌 불
        if self._parse.every and not any(map(_is_place, found)):
            kinds = [named for named in self._parse.named if not _is_place(named)]
            if kinds and left_out.isdisjoint(device.id for named in kinds for device in self._borne(named)):
                raise UnresolvedError(Refusal.AMBIGUOUS)  # 선풍기 에어컨 빼고 다: no 에어컨 is one of the 선풍기
        return left_out

    def _borne(self, named: Named) -> list[Device]:
        """The devices that a target may mean; anywhere, where its room was only said for the target before it."""
        found = self._bearers(named)
        return self._called(named, found if found or not named.inherited else self._bearers(_anywhere(named)))

    def _called(self, named: Named, devices: list[Device]) -> list[Device]:
        """Of devices of one kind those that have the noun that was said in their names, unless all are meant."""
        called = [device for device in devices if device.id in named.among]
        return called if called and not self._parse.every else devices

    def _resolved(self, slots: Slots, devices: Sequence[Device]) -> Resolved:
        return Resolved(self._parse.intent, slots, tuple(dict.fromkeys(device.id for device in devices)))

    def _kept(self, devices: list[Device]) -> list[Device]:
        return [device for device in devices if device.id not in self._excepted]

    def _rooms(self, named: Named) -> set[str] | None:
        """Ids of the rooms that were named; None when none was."""
        if not named.placed:
            return None
        if HERE in named.areas and self._room is None:
            raise UnresolvedError(Refusal.WHICH_ROOM)
        rooms = {self._room or "" if area == HERE else area for area in named.areas}
        upstairs = {room.id for room in self._home.rooms if room.floor in named.floors} if named.floors else set()
        return rooms | upstairs

    def _bearers(self, named: Named) -> list[Device]:
        """The devices that a target may mean, in its rooms."""
        rooms = self._rooms(named)
        if named.devices:
            known = (device for i in named.devices if (device := self._home.device(i)))
            return [device for device in known if device.type in self._types and _is_in(device, rooms)]
        devices = (device for device in self._home.of_types(self._kinds(named)) if _is_in(device, rooms))
        return [device for device in devices if self._is_of(device, named)]

    def _kinds(self, named: Named) -> list[str]:
        """The types of devices that a target without a name may mean."""
        kinds = self._types if named.kind is None else self._types & {named.kind}
        return sorted(kinds & EVERYDAY if self._parse.every and not (named.kind or named.device_class) else kinds)

    def _is_of(self, device: Device, named: Named) -> bool:
        """Whether a device of these types is what was named, or, when nothing was, what the intent can be about."""
        if named.kind is not None:
            return True
        if named.device_class is not None:
            plain = device.type == "cover" and named.device_class in lexicon().plain_covers
            return device.device_class == named.device_class or (device.device_class is None and plain)
        measure = self._slots.get("device_class")
        if self._parse.intent == "HassClimateGetTemperature":
            measure = "temperature"
        if device.type in {"sensor", "binary_sensor"}:
            return measure is not None and device.device_class == measure
        return self._parse.intent != "HassGetState" or device.type in MEASURED_BY.get(str(measure), self._types)

    def _target_slots(self, named: Named, rooms: set[str] | None, devices: Sequence[Device]) -> Slots:
        slots = self._area_slots(named, rooms)
        if named.devices or (len(devices) == 1 and devices[0].id in named.among):
            return {"name": devices[0].name, **slots}
        if named.kind and (self._parse.intent in WITH_DOMAIN or self._parse.intent.startswith("Jipsa")):
            slots["domain"] = named.kind
        if named.device_class:
            slots |= {"domain": devices[0].type, "device_class": named.device_class}
        if not named.kind and not named.device_class and rooms is None and len(devices) == 1:
            slots["name"] = devices[0].name
        return slots

    def _area_slots(self, named: Named, rooms: set[str] | None) -> Slots:
        if named.floors:
            return {"floor": named.floors[0]}
        names = [found.name for room in sorted(rooms or ()) if (found := self._home.room(room))]
        return {"area": names[0]} if len(names) == 1 else {}


def _anywhere(named: Named) -> Named:
    return replace(named, areas=(), floors=(), inherited=False)


def _is_in(device: Device, rooms: set[str] | None) -> bool:
    """Whether a device stands in one of these rooms; None is anywhere."""
    return rooms is None or device.room in rooms


def _is_place(named: Named) -> bool:
    """Whether only a room or a floor was said."""
    return not (named.devices or named.kind or named.device_class)


def _which(devices: Sequence[Device]) -> UnresolvedError:
    return UnresolvedError(Refusal.WHICH_DEVICE, tuple(device.id for device in devices))
