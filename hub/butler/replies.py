"""What the butler answers: from intents and the bridges' replies to one short, polite sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.butler.resolve import Refusal, Resolved
from hub.butler.understanding import Understanding
from hub.grammar.lexicon import SlotValue, lexicon
from hub.home import Device, Home
from hub.korean.josa import josa
from hub.korean.times import say_duration
from hub.messages import Reply, Value
from hub.texts import Language, has_text, text

_SPOKEN_ALONE = 3
"""Up to so many devices are named one by one; more are counted."""


def refusal(understood: Understanding, home: Home, language: Language) -> str:
    """Why nothing was done."""
    assert understood.refused is not None
    key = f"refused.{understood.refused}"
    if understood.refused is not Refusal.WHICH_DEVICE:
        return text(key, language)
    devices = [device for i in understood.choices if (device := home.device(i))]
    return text(key, language, choices=_listed([_distinct(device, devices, home) for device in devices], language))


def answer(meant: Resolved, replies: Sequence[Reply], home: Home, language: Language) -> str:
    """What became of one intent, from the replies of all bridges that had a share in it."""
    spoken = [reply.say for reply in replies if reply.say]
    faults = list(dict.fromkeys(reply.error.message for reply in replies if reply.error))
    if not faults and not all(reply.ok for reply in replies):
        faults = [text("butler.failed", language)]
    states = {device: state for reply in replies for device, state in reply.state.items()}
    changed = {device: changes for reply in replies for device, changes in reply.changed.items()}
    if states:
        spoken.extend(_question(meant, home.device(i), state, home, language) for i, state in states.items())
    elif changed and not spoken:
        spoken.append(_done(meant, changed, home, language))
    return " ".join([*spoken, *faults]) or text("done.other", language)


def _done(meant: Resolved, changed: Mapping[str, Mapping[str, Value]], home: Home, language: Language) -> str:
    devices = [device for i in changed if (device := home.device(i))]
    if not devices:
        return text("done.other", language)
    slots = {name: _word(name, value, language) for name, value in meant.slots.items()}
    slots["devices"] = _names(devices, home, language)
    nothing_new = not any(changed.values()) and has_text(f"already.{meant.intent}")
    if nothing_new and devices[0].type not in {"cover", "lock", "valve"}:
        return text(f"already.{meant.intent}", language, **slots)
    about = [devices[0].type, *meant.slots]
    keys = [*(f"done.{meant.intent}-{detail}" for detail in about), f"done.{meant.intent}", "done.other"]
    return text(next(key for key in keys if has_text(key)), language, **slots)


def _question(
    meant: Resolved, device: Device | None, state: Mapping[str, Value], home: Home, language: Language
) -> str:
    if device is None:
        return text("done.other", language)
    match meant.intent:
        case "HassGetState" if isinstance(state.get("power"), bool):
            return text(f"state.{'on' if state['power'] else 'off'}", language, device=device.name)
        case "HassGetState" if state.get("status") is not None:
            running = state["status"] not in {"off", "idle", "ended", "charging"}
            return text(f"state.{'on' if running else 'off'}", language, device=device.name)
        case "HassClimateGetTemperature" if isinstance(degrees := state.get("current_temperature"), int | float):
            room = home.room_of(device)
            place = room.name if room else device.name
            return text("state.temperature", language, place=place, temperature=f"{degrees:g}")
        case "JipsaGetRemainingTime":
            return _remaining(device, state, language)
    return text("state.unknown", language, device=device.name)


def _remaining(device: Device, state: Mapping[str, Value], language: Language) -> str:
    minutes = state.get("remaining_minutes")
    status = state.get("status")
    if status == "ended":
        return text("state.ended", language, device=device.name)
    if status in {"off", "idle"}:
        return text("state.resting", language, device=device.name)
    if not isinstance(minutes, int | float) or minutes <= 0:
        return text("state.running" if status is not None else "state.unknown", language, device=device.name)
    duration = say_duration(int(minutes) * 60) if language == "ko" else f"{minutes:g} minutes"
    return text("state.remaining", language, device=device.name, duration=duration)


def _word(slot: str, value: SlotValue, language: Language) -> str:
    """A slot's value as people say it: blue is 파란색."""
    if language == "ko":
        # mode is also what clean_mode sets; the list that is named like the slot comes first.
        names = sorted(lexicon().lists, key=lambda name: name != slot)
        lists = [lexicon().lists[name] for name in names if name == slot or name.endswith(f"_{slot}")]
        for entry in (entry for entries in lists for entry in entries):
            if entry.slots[0][1] == value:
                return entry.words
    return f"{value:g}" if isinstance(value, int | float) else value


def _names(devices: Sequence[Device], home: Home, language: Language) -> str:
    if len(devices) > _SPOKEN_ALONE:
        kinds = {device.type for device in devices}
        noun = text("count.devices", language)
        if language == "ko" and len(kinds) == 1:
            noun = lexicon().types.get(kinds.pop(), (noun,))[0]
        return text("count.all", language, n=len(devices), noun=noun)
    return _listed([_distinct(device, devices, home) for device in devices], language)


def _distinct(device: Device, among: Sequence[Device], home: Home) -> str:
    """The device's name, with its room where another one is called the same."""
    same = [other for other in among if other.name == device.name]
    room = home.room_of(device)
    return f"{room.name} {device.name}" if len(same) > 1 and room else device.name


def _listed(names: Sequence[str], language: Language) -> str:
    """The names joined: 거실등과 안방등; 거실등, 안방등과 주방등."""
    if len(names) < 2:
        return "".join(names)
    *first, last = names
    joiner = josa(first[-1], "과/와") if language == "ko" else " and"
    return f"{', '.join(first)}{joiner} {last}"
