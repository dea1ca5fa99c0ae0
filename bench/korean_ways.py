"""Ways to understand Korean commands: Jipsa's, and hassil with Home Assistant's Korean sentences.

hassil is driven as Home Assistant does it: a trie picks the names that the text has, each with the domain and device
class of its entity as context; the speaker's area is context; the best result with the longest name wins. A sentence
that this does not understand Home Assistant tries twice more, with hidden entities and with unknown names, to say what
was wrong: `tries` has that, `hassil` leaves it out. This hassil has no fuzzy matching.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from hub.home import HOME_ASSISTANT_TYPES, Device, Home

SAID_AT = datetime(2026, 11, 25, 10).astimezone()
"""When the corpus is said."""

WAYS = {"jipsa": "Jipsa", "hassil": "hassil, first try", "tries": "hassil, all tries"}

Understand = Callable[[str, str | None], Any]
Load = Callable[[Home], tuple[Understand, Callable[[Home], object]]]
"""Makes a way ready for a home; returned with it is what has to be done when the home has changed."""


def load_jipsa(home: Home) -> tuple[Understand, Callable[[Home], object]]:
    """Jipsa's understander."""
    from hub.butler.understanding import Understander

    def ready(home: Home) -> Understander:
        return Understander(home, lambda: SAID_AT)

    return ready(home).understand, ready


def load_hassil(home: Home, *, all_tries: bool = False) -> tuple[Understand, Callable[[Home], object]]:
    """hassil with Home Assistant's Korean sentences, as components/conversation/default_agent.py drives it."""
    from hassil import Intents, recognize_all, recognize_best
    from hassil.intents import SlotList, TextSlotList
    from hassil.trie import Trie
    from home_assistant_intents import get_intents

    intents = Intents.from_dict(get_intents("ko") or {})

    def ready(home: Home) -> tuple[SlotList, Trie]:
        places = [(name, name) for room in home.rooms for name in room.names]
        bearers = [(name, name, _context(device)) for device in home.devices for name in device.names]
        names = Trie()
        for (name, _, _), value in zip(bearers, _listed(bearers).values, strict=True):
            names.insert(name.strip().lower(), value)
        return _listed(places), names

    def _listed(entries: Sequence[Any]) -> TextSlotList:
        return TextSlotList.from_tuples(entries, allow_template=False)

    areas, names = ready(home)

    def understand(text: str, room: str | None) -> Any:
        said = TextSlotList("name", [value for _, _, value in names.find(text.strip().lower())])
        lists: dict[str, SlotList] = {"area": areas, "name": said}
        place = home.room(room) if room else None
        context = {"area": {"value": place.name, "text": place.name}} if place else None

        def best(lists: dict[str, SlotList]) -> Any:
            return recognize_best(text, intents, lists, intent_context=context, language="ko", best_slot_name="name")

        result = best(lists)
        if result is None and all_tries:
            best({**lists, "name": TextSlotList("name", [])})
            for _ in recognize_all(text, intents, lists, intent_context=context, allow_unmatched_entities=True):
                pass
        return result

    return understand, ready


LOADERS: dict[str, Load] = {
    "jipsa": load_jipsa,
    "hassil": load_hassil,
    "tries": lambda home: load_hassil(home, all_tries=True),
}

MODULES = {
    "jipsa": ("hub.butler.understanding",),
    "hassil": ("hassil", "home_assistant_intents"),
    "tries": ("hassil", "home_assistant_intents"),
}

DOMAINS = {
    "television": "media_player", "boiler": "climate", "system_boiler": "climate", "ceiling_fan": "fan",
    "air_purifier": "fan", "ventilator": "fan", "hood": "fan", "dehumidifier": "humidifier", "stick_cleaner": "vacuum",
}  # fmt: skip
"""The domain of each type that is none; other appliances are switches, so that they can be turned on."""


def domain_of(device: Device) -> str:
    """The domain that Home Assistant would have the device in."""
    return device.type if device.type in HOME_ASSISTANT_TYPES else DOMAINS.get(device.type, "switch")


def _context(device: Device) -> dict[str, str]:
    of = {"device_class": device.device_class} if device.device_class else {}
    return {"domain": domain_of(device), **of}
