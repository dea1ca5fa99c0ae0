"""What was done: from an intent and what changed to one sentence. The sentences: texts/done.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hub.butler.resolve import Resolved
from hub.butler.wording import clock, degrees, distinct, duration, kelvin, names, word
from hub.grammar.lexicon import SlotValue
from hub.home import Device, Home
from hub.payloads import Value
from hub.texts import Language, has_text, text

Changed = Mapping[str, Mapping[str, Value]]

NEVER_ALREADY = frozenset({"cover", "lock", "valve", "scene", "script", "button"})
"""Types that are not simply on or off: nobody says that they are so already."""

_MOVED: Mapping[str, tuple[str, ...]] = {
    # what is moved: the properties that may show it
    "temperature": ("target_temperature", "fridge_temperature", "freezer_temperature", "convertible_temperature"),
    "brightness": ("brightness",),
    "humidity": ("target_humidity",),
    "volume": ("volume",),
}

_DELAYS: Mapping[str, int] = {
    # property: the seconds that it counts in
    "start_in_minutes": 60, "end_in_minutes": 60, "delay_start_hours": 3600, "delay_end_hours": 3600,
}  # fmt: skip

_UNITS: Mapping[str, int] = {"hours": 3600, "minutes": 60, "seconds": 1}


def done(meant: Resolved, changed: Changed, home: Home, language: Language) -> str:
    """The sentence for an intent that was carried out; `changed` is by device, and empty where all was so already."""
    devices = [device for i in changed if (device := home.device(i))]
    if not devices:
        return text("done.other", language)
    words = _words(meant, changed, language) | {"devices": names(devices, home, language)}
    nothing_new = not any(changed.values()) and has_text(f"already.{meant.intent}")
    if nothing_new and devices[0].type not in NEVER_ALREADY:
        return text(f"already.{meant.intent}", language, **words)
    itself = ["itself"] if meant.slots.get("search_query") == devices[0].name else []  # music that the music plays
    return text(_key("done", meant, [*itself, *_details(meant), devices[0].type, *meant.slots]), language, **words)


def asked_for(meant: Resolved, device: Device, home: Home, language: Language, said: str) -> str:
    """What who `said` something asks for of one device, as a part of a question about it: 현관문을 열어 달라고."""
    words = _words(meant, {}, language) | {"devices": distinct(device, home.devices, home), "said": f"'{said}'"}
    return text(_key("asked", meant, [*_details(meant), device.type, *meant.slots]), language, **words)


def _key(group: str, meant: Resolved, about: Iterable[str]) -> str:
    """The sentence of a group for an intent that is about something."""
    keys = [*(f"{group}.{meant.intent}-{detail}" for detail in about), f"{group}.{meant.intent}", f"{group}.other"]
    return next(key for key in keys if has_text(key))


def _words(meant: Resolved, changed: Changed, language: Language) -> dict[str, str]:
    """What sentences are made of, beside the devices."""
    words = {name: word(name, value, language) for name, value in meant.slots.items()}
    return words | _parts(meant, changed, language)


def _details(meant: Resolved) -> Iterator[str]:
    """What tells sentences of one intent apart before the kind of device does: brightness-up, up, off, duration."""
    said = [str(meant.slots[name]) for name in ("property", "swing", "state") if name in meant.slots]
    way = _direction(meant)
    yield "-".join([*said, *([way] if way else [])])
    if way:
        yield way
    if _seconds(meant.slots):
        yield "duration"
    if "fan_step" in meant.slots:
        yield "fan_step"


def _direction(meant: Resolved) -> str | None:
    step = meant.slots.get("direction", meant.slots.get("volume_step"))
    if isinstance(step, int | float):
        return "up" if step > 0 else "down"
    return step


def _parts(meant: Resolved, changed: Changed, language: Language) -> dict[str, str]:
    """Further words that sentences are made of."""
    slots = meant.slots
    parts = {"duration": duration(_seconds(slots), language), "to": _to(meant, changed, language)}
    if meant.intent == "HassLightSet" and "temperature" in slots:
        parts["kelvin"] = kelvin(slots["temperature"], language)
    if meant.intent in {"JipsaDelayStart", "JipsaDelayEnd"}:
        parts["when"] = _when(slots, changed, language)
    if "property" in slots and "compartment" in slots:
        words = (word(name, slots[name], language) for name in ("compartment", "property"))
        parts["property"] = " ".join(words)
    return parts


def _to(meant: Resolved, changed: Changed, language: Language) -> str:
    """To which value something was moved, where it is the same for all devices."""
    what = str(meant.slots.get("property", "volume" if "volume_step" in meant.slots else ""))
    shown = {
        value
        for changes in changed.values()
        for name in _MOVED.get(what, ())
        if isinstance(value := changes.get(name), int | float)
    }
    if len(shown) != 1:
        return ""
    value = shown.pop()
    return text(f"to.{what}", language, value=degrees(value, language) if what == "temperature" else f"{value:g}")


def _when(slots: Mapping[str, SlotValue], changed: Changed, language: Language) -> str:
    """When an appliance starts or ends: as it took it, which may be to the hour, and as it was said."""
    seconds = next(
        (
            round(value * size)
            for changes in changed.values()
            for name, size in _DELAYS.items()
            if isinstance(value := changes.get(name), int | float) and value > 0
        ),
        _seconds(slots),
    )
    time = slots.get("time")
    words = {"duration": duration(seconds, language), "time": clock(str(time), language)}
    if time is None:
        return text("when.in", language, **words)
    return text("when.about" if seconds else "when.at", language, **words)


def _seconds(slots: Mapping[str, SlotValue]) -> int:
    given = ((slots.get(unit), size) for unit, size in _UNITS.items())
    return round(sum(value * size for value, size in given if isinstance(value, int | float)))
