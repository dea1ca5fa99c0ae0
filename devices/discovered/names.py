"""What discovered devices are called: their ids, their names, and the rooms that they stand in."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from devices.discovered.configs import Config
from devices.homeassistant.inward_exposed import called
from hub.home import Home
from hub.payloads import is_id
from hub.texts import Language, has_text, text

BEGIN: Final = "mqtt_"
"""How the ids of discovered devices begin."""

LONGEST_ID: Final = 64


def device_id(config: Config) -> str:
    """An id that stays the same for good: of the component and the unique id; cut, it stays one of its own."""
    whole = f"{BEGIN}{config.component}_{config.unique}"
    plain = re.sub("[^A-Za-z0-9_-]", "_", whole)
    if plain == whole and is_id(plain):
        return plain
    ending = hashlib.blake2s(whole.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{plain[: LONGEST_ID - len(ending) - 1]}_{ending}"


def names(config: Config, alone: bool, language: Language) -> tuple[str, tuple[str, ...]]:
    """The name and the other names: what is `alone` on its device is called like it, others by their own name."""
    device, own = str(config.device.get("name") or ""), _own_name(config, language)
    full = f"{device} {own}" if own and not own.startswith(device) else own or device
    # 안방 난방 of a wallpad needs nothing before it; l1 and 온도 are whose?
    of_its_own = config.component not in {"sensor", "binary_sensor"} and config.has("name")
    among = own if of_its_own and _HANGUL.search(own) else full
    return called((device if alone else "") or among or config.unique, [full], language)


def property_label(config: Config, language: Language) -> str | None:
    """What people call something that a device measures."""
    return _own_name(config, language) or None


def room(config: Config, spoken: tuple[str, ...], home: Home) -> str | None:
    """The room that is suggested, by the home's name for it, or else the one of the home that a name begins with."""
    suggested = str(config.device.get("suggested_area") or "").strip()
    if suggested:
        known = home.resolve_room(suggested)
        return known.name if known is not None else suggested
    begun = [
        (len(word), one.name)
        for one in home.rooms
        for word in one.names
        for name in spoken
        if name.startswith(word) and name != word
    ]
    return max(begun)[1] if begun else None


_HANGUL: Final = re.compile("[가-힣]")


def _own_name(config: Config, language: Language) -> str:
    """The name of the entity; what has none is called by what it measures."""
    if "name" in config.fields:
        return config.text("name").strip()
    kind = config.text("device_class")
    key = f"word.measure-{kind}"
    return text(key, language) if has_text(key) else kind.replace("_", " ")
