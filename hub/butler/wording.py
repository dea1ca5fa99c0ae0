"""Words for answers: devices by name or by number, values as people say them, lists joined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from hub.grammar.lexicon import SlotValue, lexicon
from hub.home import Device, Home
from hub.korean.josa import josa
from hub.korean.times import say_clock, say_duration
from hub.texts import Language, has_text, text

SPOKEN_ALONE = 3
"""Up to so many devices are named one by one; more are counted."""


def word(slot: str, value: SlotValue, language: Language) -> str:
    """A slot's value as people say it: blue is 파란색, -18 is 영하 18."""
    key = f"word.{slot}-{value}"
    if has_text(key):
        return text(key, language)
    if language == "ko":
        # mode is also what clean_mode sets; the list that is named like the slot comes first.
        names = sorted(lexicon().lists, key=lambda name: name != slot)
        lists = [lexicon().lists[name] for name in names if name == slot or name.endswith(f"_{slot}")]
        for entry in (entry for entries in lists for entry in entries):
            if entry.slots[0][1] == value:
                return entry.words
    if not isinstance(value, int | float):
        return value.replace("_", " ")
    return degrees(value, language) if slot == "temperature" else f"{value:g}"


def degrees(value: float, language: Language) -> str:
    """A temperature without its unit: 26, 영하 18."""
    return f"영하 {-value:g}" if language == "ko" and value < 0 else f"{value:g}"


def kelvin(value: SlotValue, language: Language) -> str:
    """A colour temperature by its name (전구색), or by its number."""
    key = f"word.kelvin-{value}"
    return text(key, language) if has_text(key) else text("word.kelvin", language, value=value)


def duration(seconds: int, language: Language) -> str:
    """A duration: 1시간 15분; 2 hours, 75 minutes, 90 seconds."""
    if language == "ko":
        return say_duration(seconds)
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    count = seconds // size
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


_UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))


def clock(said: str, language: Language) -> str:
    """A time of day as a slot holds it ("19:00"): 오후 7시; 7:00 PM."""
    try:
        then = time.fromisoformat(said)
    except ValueError:
        return said
    return say_clock(then) if language == "ko" else f"{then.hour % 12 or 12}:{then:%M} {then:%p}"


def kind(devices: Sequence[Device], device_class: SlotValue | None, language: Language) -> str:
    """What such devices are called: 창문, 불; 기기 where they are not all of one kind."""
    kinds = {device.type for device in devices}
    key = f"word.kind-{device_class}"
    if device_class is not None and has_text(key):
        return text(key, language)
    if len(kinds) != 1:
        return text("word.kind", language)
    one = kinds.pop()
    if language == "ko":
        return lexicon().types.get(one, (text("word.kind", language),))[0]
    return one.replace("_", " ")


def names(devices: Sequence[Device], home: Home, language: Language, device_class: SlotValue | None = None) -> str:
    """The devices by name, or by number where they are many."""
    if len(devices) > SPOKEN_ALONE:
        noun = kind(devices, device_class, language) if language == "ko" else text("count.devices", language)
        return text("count.all", language, n=len(devices), noun=noun)
    return listed([distinct(device, devices, home) for device in devices], language)


def distinct(device: Device, among: Sequence[Device], home: Home) -> str:
    """The device's name, with its room where another one is called the same."""
    same = [other for other in among if other.name == device.name]
    room = home.room_of(device)
    return f"{room.name} {device.name}" if len(same) > 1 and room else device.name


def listed(names: Sequence[str], language: Language) -> str:
    """The names joined: 거실등과 안방등; 거실등, 안방등과 주방등."""
    if len(names) < 2:
        return "".join(names)
    *first, last = names
    joiner = josa(first[-1], "과/와") if language == "ko" else " and"
    return f"{', '.join(first)}{joiner} {last}"
