"""Which devices are meant: from the names, kinds and rooms that were said to device ids of this home."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.grammar.lexicon import SlotValue
from hub.grammar.parser import HERE, Parse
from hub.home import Device, Home


class Refusal(StrEnum):
    """Why a sentence leads to no intent."""

    NOT_A_COMMAND = "not_a_command"
    UNKNOWN_DEVICE = "unknown_device"
    WHICH_DEVICE = "which_device"
    WHICH_ROOM = "which_room"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Resolved:
    """An intent with its slots, and the devices that it is about (none: it goes to the assistant)."""

    intent: str
    slots: dict[str, SlotValue]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unresolved:
    """No device, or more than one, is meant."""

    reason: Refusal
    choices: tuple[str, ...] = ()
    """The devices (which_device, which_room) that could be meant."""


WITH_DOMAIN = frozenset({"HassTurnOn", "HassTurnOff", "HassGetState", "HassLightSet", "HassSetPosition"})
"""Home Assistant's intents that have a slot for the kind of device; ours (Jipsa…) have one too."""


def resolve(parse: Parse, home: Home, room: str | None) -> Resolved | Unresolved:
    """Find the devices that `parse` is about, for a speaker in the room with id `room` (None: unknown)."""
    frame = parse.frame
    if not frame.types:
        return Resolved(frame.intent, dict(parse.slots), ())
    areas = tuple(room if area == HERE else area for area in parse.areas)
    if None in areas:
        return Unresolved(Refusal.WHICH_ROOM)
    rooms = frozenset(area for area in areas if area is not None)
    if parse.devices:
        return _named(parse, home, rooms, room)
    kinds = frozenset(parse.types) or frame.types
    candidates = [d for d in home.devices if d.type in kinds and not d.hidden and (not rooms or d.room in rooms)]
    return _kind(parse, home, candidates, rooms, room)


def _named(parse: Parse, home: Home, rooms: frozenset[str], room: str | None) -> Resolved | Unresolved:
    bearers = [device for i in parse.devices if (device := home.device(i))]
    if rooms:
        bearers = [device for device in bearers if device.room in rooms]
    if not bearers:
        return Unresolved(Refusal.UNKNOWN_DEVICE)
    if len(bearers) > 1 and not parse.every:
        near = [device for device in bearers if device.room == room and room is not None]
        if len(near) != 1:
            return Unresolved(Refusal.WHICH_DEVICE, tuple(device.id for device in bearers))
        bearers = near
    slots: dict[str, SlotValue] = {"name": bearers[0].name, **_area_slot(home, rooms)}
    return _resolved(parse, slots, bearers)


def _kind(
    parse: Parse, home: Home, candidates: list[Device], rooms: frozenset[str], room: str | None
) -> Resolved | Unresolved:
    if not candidates:
        return Unresolved(Refusal.UNKNOWN_DEVICE)
    if not rooms and not parse.every:
        near = [device for device in candidates if device.room == room and room is not None]
        if near:
            candidates = near
            rooms = frozenset({near[0].room or ""})
        elif len(candidates) > 1:
            return Unresolved(Refusal.WHICH_DEVICE, tuple(device.id for device in candidates))
    slots: dict[str, SlotValue] = _area_slot(home, rooms)
    if parse.types and (parse.frame.intent in WITH_DOMAIN or parse.frame.intent.startswith("Jipsa")):
        slots["domain"] = candidates[0].type
    if not parse.types and not rooms and len(candidates) == 1:
        slots["name"] = candidates[0].name
    return _resolved(parse, slots, candidates)


def _area_slot(home: Home, rooms: frozenset[str]) -> dict[str, SlotValue]:
    names = [found.name for room in sorted(rooms) if (found := home.room(room))]
    return {"area": names[0]} if len(names) == 1 else {}


def _resolved(parse: Parse, slots: dict[str, SlotValue], devices: list[Device]) -> Resolved:
    targets = tuple(dict.fromkeys(device.id for device in devices))
    return Resolved(parse.frame.intent, {**slots, **parse.slots}, targets)
