"""One device on its way into Home Assistant: its properties not shown yet, and the components made of them so far."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from devices.homeassistant import ids, jinja
from hub.messages import About, Property, Topic
from hub.payloads import is_id
from hub.texts import Language, has_text, text

Component = dict[str, Any]
"""One entity, or trigger, of a discovery payload."""

LONGEST_WORD = 100
"""Characters of a name or of a value's label."""


def component(platform: str, unique_id: str, object_id: str, name: str | None, **fields: Any) -> Component:
    """An entity by these ids; without a name it is called like its device."""
    return {
        "p": platform,
        "unique_id": unique_id,
        "default_entity_id": f"{platform}.{object_id}",
        "object_id": object_id,  # the same, as Home Assistant before 2025.10 wants it
        "name": name,
        **{name: value for name, value in fields.items() if value is not None},
    }


class Showing:
    """What the platforms take properties from, and put components into."""

    def __init__(self, about: About, language: Language) -> None:
        self.about = about
        self.language: Language = language
        self.left = {name: _sound(prop) for name, prop in about.properties.items()}
        """Properties that no component stands for yet."""
        self.components: dict[str, Component] = {}
        self._base = ids.object_id(about)

    @property
    def state(self) -> str:
        """The topic of its state."""
        return Topic.device(self.about.id, "state")

    @property
    def set(self) -> str:
        """The topic that takes several properties at once."""
        return Topic.device(self.about.id, "set")

    def has(self, name: str, *types: str, writable: bool = True) -> Property | None:
        """A property of one of these types that is not shown yet."""
        prop = self.left.get(name)
        return prop if prop is not None and prop.type in types and (prop.writable or not writable) else None

    def number(self, name: str, *, writable: bool = True) -> Property | None:
        """A number that is not shown yet."""
        return self.has(name, "number", "integer", writable=writable)

    def choice(self, name: str) -> Property | None:
        """A writable choice between values that is not shown yet."""
        prop = self.has(name, "enum")
        return prop if prop is not None and prop.values else None

    def take(self, *names: str) -> None:
        """These are shown now."""
        for name in names:
            self.left.pop(name, None)

    def add(self, platform: str, key: str, name: str | None, **fields: Any) -> None:
        """One more entity. `key` is its part of the unique id: the property's name, or the platform."""
        own = ids.key(key)
        object_id = self._base if name is None else f"{self._base}_{ids.slug(own)}"
        unique_id = f"{ids.identifier(self.about.id)}_{own}"
        self.components[f"{platform}_{own}"] = component(platform, unique_id, object_id, name, **fields)

    def sends(self, name: str, expression: str | None = None, prefix: str = "") -> dict[str, str]:
        """The fields for a command that sets one property: to what is sent, or to what `expression` makes of it."""
        if is_id(name):
            template = {} if expression is None else {f"{prefix}command_template": jinja.sent(expression)}
            return {f"{prefix}command_topic": Topic.device(self.about.id, f"set/{name}"), **template}
        return self.sends_all(f"{{{jinja.literal(name)}: {expression or 'value'}}}", prefix)

    def sends_all(self, expression: str, prefix: str = "") -> dict[str, str]:
        """The fields for a command that sets several properties: those of the object that `expression` makes."""
        return {f"{prefix}command_topic": self.set, f"{prefix}command_template": jinja.sent(expression)}

    # What people call it.

    def noun(self, name: str, prop: Property) -> str:
        """What a property is called."""
        key = f"discovery.property-{name}"
        said = prop.name or (text(key, self.language) if has_text(key) else name.replace("_", " "))
        return _sentence(said, name)

    def labels(self, name: str, prop: Property) -> dict[str, str]:
        """Each value of a property to what it is called."""
        return {value: self._label(name, value, prop) for value in prop.values or ()}

    def words(self, name: str, prop: Property, known: Collection[str] = ()) -> dict[str, str]:
        """Each value of a property to the word that Home Assistant shows and sends; what it knows stays as it is."""
        found: dict[str, str] = {}
        for value, label in self.labels(name, prop).items():
            word = value if value in known else label
            while word in found.values():
                word = f"{word} ({value})"
            found[value] = word
        return found

    def _label(self, name: str, value: str, prop: Property) -> str:
        labels: Mapping[str, str] = prop.labels or {}
        keys = (f"discovery.value-{name}-{value}", f"discovery.value-{value}")
        known = next((text(key, self.language) for key in keys if has_text(key)), value.replace("_", " "))
        said = _sentence(labels.get(value, known), "–")
        return text("discovery.nothing", self.language) if said.lower() == "none" else said


def _sentence(said: str, otherwise: str) -> str:
    """A name as Home Assistant shows names: with a capital, not empty, not too long."""
    said = " ".join(said.split())[:LONGEST_WORD] or otherwise
    return said[0].upper() + said[1:]


def _sound(prop: Property) -> Property:
    """The property without bounds that are none."""
    low, high, step = (None if bound is None or not math.isfinite(bound) else bound for bound in
                       (prop.min, prop.max, prop.step))  # fmt: skip
    if low is not None and high is not None and low > high:
        low = high = None
    if step is not None and step <= 0:
        step = None
    return prop.model_copy(update={"min": low, "max": high, "step": step})
