"""Answers to questions: from the states of the devices that were asked about to a few short sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hub.butler.measures import MEASURES, Known, State, measured, room_temperature, tell
from hub.butler.resolve import Resolved
from hub.butler.wording import SPOKEN_ALONE, duration, kind, names
from hub.grammar.lexicon import SlotValue
from hub.home import Device, Home
from hub.payloads import Value
from hub.texts import Language, text

_RESTING = frozenset({"off", "idle", "ended", "charging"})
_OPENINGS = frozenset({"cover", "valve", "binary_sensor"})
_DOORS: Mapping[Value, bool] = {"open": True, "opened": True, "closed": False, "close": False}


def told(meant: Resolved, states: Mapping[str, State], home: Home, language: Language) -> list[str]:
    """The sentences that answer a question; `states` is by device."""
    known = [(device, state) for i, state in states.items() if (device := home.device(i))]
    if not known:
        return [text("done.other", language)]
    match meant.intent:
        case "HassClimateGetTemperature":
            return room_temperature(known, home, language)
        case "JipsaGetRemainingTime":
            return [remaining(device, state, language) for device, state in known]
        case "HassGetState":
            return _states(meant, known, home, language)
    return [text("state.unknown", language, device=device.name) for device, _ in known]


def _states(meant: Resolved, known: Known, home: Home, language: Language) -> list[str]:
    asked, measure = meant.slots.get("state"), meant.slots.get("device_class")
    if measure == "door" and asked is None:
        asked = "open"
    if measure in MEASURES and (asked not in _ASPECTS or measure == "motion"):
        return measured(str(measure), _of_compartment(meant, known), home, language)
    if len(known) > 1 and asked in _ASPECTS:
        return _which(str(asked), measure, known, home, language)
    if len(known) > SPOKEN_ALONE:
        openings = all(device.type in _OPENINGS for device, _ in known)
        return _which("open" if openings else "on", measure, known, home, language)
    return [_one(device, state, asked, measure == "door", home, language) for device, state in known]


def _of_compartment(meant: Resolved, known: Known) -> Known:
    """What is known of the compartment that was asked about, or of all."""
    compartment = meant.slots.get("compartment")
    if compartment is None:
        return known
    name = f"{compartment}_temperature"
    return [(device, {name: state.get(name)}) for device, state in known]


def _which(asked: str, device_class: SlotValue | None, known: Known, home: Home, language: Language) -> list[str]:
    """Which of several devices are as was asked; what is not known is told only where none is known to be so."""
    holds, wanted = _ASPECTS[asked]
    found = [(device, holds(device, state)) for device, state in known]
    so = [device for device, it_is in found if it_is is wanted]
    unknown = [device for device, it_is in found if it_is is None]
    if so:
        return [text(f"some.{asked}", language, devices=names(so, home, language, device_class))]
    said = [text("state.unknown", language, device=names(unknown, home, language, device_class))] if unknown else []
    if len(unknown) == len(known):
        return said
    noun = kind([device for device, _ in known], device_class, language)
    return [text(f"none.{asked}", language, kind=noun), *said]


def _one(device: Device, state: State, asked: SlotValue | None, of_door: bool, home: Home, language: Language) -> str:
    """How one device is: in the aspect that was asked, or else in the first that is known of it."""
    aspects = [_ASPECTS[asked][0]] if asked in _ASPECTS else _LOOKED_AT.get(device.type, [is_on])
    for holds in aspects:
        it_is = holds(device, state)
        if it_is is not None:
            key = next(said for said, aspect in _ASPECTS.items() if aspect == (holds, it_is))
            door = "door_" if of_door and holds is is_open and device.type not in _LOOKED_AT else ""
            return text(f"state.{door}{key}", language, device=device.name)
    if asked is None:
        for name in MEASURES:
            if sentences := tell(name, [(device, state)], home, language):
                return sentences[0]
    return text("state.unknown", language, device=device.name)


def is_on(device: Device, state: State) -> bool | None:
    """Whether a device is on, or runs; None where that is not known."""
    power, status = state.get("power"), state.get("status")
    if isinstance(power, bool):
        return power
    return None if status is None else status not in _RESTING


def is_open(device: Device, state: State) -> bool | None:
    """Whether something stands open, or unlocked; None where that is not known."""
    if device.type == "lock":
        locked = is_locked(device, state)
        return None if locked is None else not locked
    position = state.get("position")
    if isinstance(position, int | float) and not isinstance(position, bool):
        return position > 0
    for name in ("open", "door", *(("power",) if device.type in _OPENINGS else ())):
        value = state.get(name)
        if isinstance(value, str):
            value = _DOORS.get(value)
        if isinstance(value, bool):
            return value
    return None


def is_locked(device: Device, state: State) -> bool | None:
    """Whether something is locked, or a valve closed; None where that is not known."""
    if device.type == "valve":
        opened = is_open(device, state)
        return None if opened is None else not opened
    locked = state.get("locked", state.get("power") if device.type == "lock" else None)
    return locked if isinstance(locked, bool) else None


Aspect = Callable[[Device, State], bool | None]

_ASPECTS: Mapping[SlotValue | None, tuple[Aspect, bool]] = {
    "on": (is_on, True),
    "off": (is_on, False),
    "open": (is_open, True),
    "closed": (is_open, False),
    "locked": (is_locked, True),
    "unlocked": (is_locked, False),
}
"""What may be asked with the slot `state`: how it is found out, and which answer means that it is so."""

_LOOKED_AT: Mapping[str, list[Aspect]] = {
    "cover": [is_open],
    "valve": [is_open],
    "binary_sensor": [is_open, is_on],
    "lock": [is_locked],
}
"""What is told first of devices of these types when it was not said what is asked."""


def remaining(device: Device, state: State, language: Language) -> str:
    """How long a machine still runs, in one sentence."""
    minutes = state.get("remaining_minutes")
    status = state.get("status")
    if status == "ended":
        return text("state.ended", language, device=device.name)
    if status in {"off", "idle"}:
        return text("state.resting", language, device=device.name)
    if not isinstance(minutes, int | float) or minutes <= 0:
        return text("state.running" if status is not None else "state.unknown", language, device=device.name)
    return text("state.remaining", language, device=device.name, duration=duration(int(minutes) * 60, language))
