"""What the devices of one appliance can do: its ThinQ profile, read through the table of its type.

A profile is `{"property": {resource: {property: descriptor}}}`, where `property` may be a list by location; two
machines in one have a profile each, under a key of their own (sections.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from devices.thinq.rows import ApplianceType, Row
from devices.thinq.sections import paths, sections
from devices.thinq.words import label, noun, section_noun
from hub.messages import Property
from hub.payloads import Value
from hub.texts import Language

ANY_NUMBER = "temperature_number"
"""Stands among the words of a property that may be a number as well: they are not all that it can be."""

LONGEST_DAY = 24 * 60 - 1
"""Minutes that a duration may have where the profile does not say how many hours."""


class ProfileError(ValueError):
    """A profile that cannot be read; the text says why."""


class Bounds(BaseModel):
    """What a `range` may be."""

    min: float
    max: float
    step: float = 1
    excluded: list[float] = Field(default_factory=list, alias="except")


def _modes(value: Any) -> Any:
    """`["r","w"]`, and the bare `"rw"` that some profiles have, as a set of letters."""
    return frozenset("".join(value)) if isinstance(value, str | list) else value


class Descriptor(BaseModel):
    """What a profile says of one property."""

    type: str
    mode: Annotated[frozenset[Literal["r", "w"]], BeforeValidator(_modes)] = frozenset()
    value: dict[Literal["r", "w"], Bounds | list[Any]] = Field(default_factory=dict)

    @classmethod
    def read(cls, raw: Any) -> Descriptor | None:
        """From a profile's entry; a plain value there is a constant that can only be read. None for nonsense."""
        if isinstance(raw, str):
            return cls(type="string", mode=frozenset("r"), value={"r": [raw]})
        try:
            return cls.model_validate(raw)
        except ValidationError:
            return None

    def bounds(self, mode: Literal["r", "w"]) -> Bounds | None:
        """The range in one direction, where there is one."""
        value = self.value.get(mode)
        return value if isinstance(value, Bounds) else None

    def values(self, mode: Literal["r", "w"]) -> list[str]:
        """The enumerated words in one direction."""
        value = self.value.get(mode)
        return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class Capability:
    """One row of the table as this appliance has it: the paths it can be read from and written to, best first."""

    row: Row
    read: Mapping[str, Descriptor]
    write: Mapping[str, Descriptor]

    def ours(self, word: str) -> Value:
        """Our value for a ThinQ word."""
        return self.row.values[word] if word in self.row.values else word.lower()

    def theirs(self, value: Value, descriptor: Descriptor) -> Value:
        """The ThinQ value for ours, among those that `descriptor` lets us write; raises KeyError."""
        if self.row.type in {"number", "integer"} or (descriptor.type == "boolean" and isinstance(value, bool)):
            return value
        words = {self.ours(word): word for word in reversed(descriptor.values("w"))}
        if isinstance(value, str | bool) and value in words:
            return words[value]
        raise KeyError(value)

    def target(self, mode: Value) -> tuple[str, Descriptor]:
        """Where it is written to while the appliance is in `mode`."""
        special = self.row.by_mode.get(mode) if isinstance(mode, str) else None
        path = special if special in self.write else next(iter(self.write))
        assert path is not None
        return path, self.write[path]

    def property(self, language: Language = "ko") -> Property:
        """What `About` says of it: everything it can be in any mode."""
        return self._shaped([*self.read.values(), *self.write.values()], list(self.write.values()), language)

    def writable_property(self, mode: Value) -> Property:
        """What it can be set to while the appliance is in `mode`."""
        if self.row.parts:
            return self.property()
        _, descriptor = self.target(mode)
        return self._shaped([], [descriptor], "ko")

    def _shaped(self, readable: Sequence[Descriptor], writable: Sequence[Descriptor], language: Language) -> Property:
        row, shape = self.row, dict[str, Any]()
        if row.type == "enum":
            words = [word for one in readable for word in one.values("r")]
            words += [word for one in writable for word in one.values("w")]
            ours = [row.absent, *map(self.ours, words)] if readable else [*map(self.ours, words)]
            values = [value for value in dict.fromkeys(ours) if isinstance(value, str)]
            shape["values"] = None if ANY_NUMBER in values else values or None
            shape["labels"] = {value: said for value in values if (said := label(row.name, value, language))} or None
        elif row.parts and row.type != "time":
            shape |= {"min": 0, "max": self._longest() if writable else None}
        elif row.type in {"number", "integer"}:
            shape |= _bounds(readable, writable)
        name = noun(row.name, row.noun, language)
        return Property(
            type=row.type, writable=bool(writable), unit=row.unit, name=name, platform=row.platform, **shape
        )

    def _longest(self) -> float:
        """The most that the hours, minutes and seconds can say together."""
        most = 0.0
        for path, size in self.row.parts.items():
            bounds = self.write[path].bounds("w") if path in self.write else None
            if bounds is not None:
                most += bounds.max * size
        return most or LONGEST_DAY * (60 if self.row.unit == "s" else 1)


def _bounds(readable: Sequence[Descriptor], writable: Sequence[Descriptor]) -> dict[str, float | None]:
    ranges = [one.bounds("w") for one in writable] or [one.bounds("r") for one in readable]
    bounds = [one for one in ranges if one is not None]
    if not bounds or len(bounds) != len(ranges):
        return {}
    steps = {one.step for one in bounds}
    return {
        "min": min(one.min for one in bounds),
        "max": max(one.max for one in bounds),
        "step": steps.pop() if len(steps) == 1 else None,
    }


@dataclass(frozen=True, slots=True)
class Profile:
    """What one device can do: the whole appliance, or the section of it that is a device of its own."""

    kind: ApplianceType
    section: str
    capabilities: Mapping[str, Capability]

    def properties(self, language: Language = "ko") -> dict[str, Property]:
        """What `About` says of the device."""
        return {name: capability.property(language) for name, capability in self.capabilities.items()}


@dataclass(frozen=True, slots=True)
class ApplianceProfile:
    """What one appliance is: its devices, the sections of its states, and what it may tell of (LG's codes)."""

    devices: tuple[Profile, ...]
    sections: tuple[str, ...]
    pushes: tuple[str, ...]

    @classmethod
    def read(cls, kind: ApplianceType, raw: Any) -> ApplianceProfile:
        """From LG's profile JSON. Raises ProfileError."""
        document = raw if isinstance(raw, dict) else {}
        halves = {name: half for name in kind.halves if isinstance(half := document.get(name), dict)}
        descriptors = _described("", document.get("extensionProperty"), document.get("error"))
        names: list[str] = []
        for half, part in (halves or {"": document}).items():
            for section, properties in sections(part.get("property")):
                names.append(half or section)
                descriptors |= _described(names[-1], properties, part.get("error"))
        devices = tuple(profile for profile in _devices(kind, names, descriptors) if profile.capabilities)
        if not devices:
            raise ProfileError("the profile has no property that is known of this type")
        pushes = [code for part in (document, *halves.values()) for code in _pushes(part)]
        return cls(devices, tuple(filter(None, dict.fromkeys(names))), tuple(dict.fromkeys(pushes)))


def _devices(kind: ApplianceType, names: Sequence[str], descriptors: Mapping[str, Descriptor]) -> Iterator[Profile]:
    """One device for each section, or one with all of them as its zones."""
    if kind.zones:
        zones = (row.of_zone(name, section_noun(name, "ko")) for name in names if name for row in kind.zones)
        yield Profile(kind, "", _capabilities((*kind.rows, *zones), descriptors))
        return
    for name in dict.fromkeys(names):
        own = kind.halves.get(name, kind)
        yield Profile(own, name, _capabilities((row.within(name) for row in own.rows), descriptors))


def _described(section: str, properties: Any, errors: Any) -> dict[str, Descriptor]:
    """What a profile says of one section, by path."""
    prefix = f"{section}/" if section else ""
    entries = paths(properties) if isinstance(properties, dict) else ()
    found = {f"{prefix}{path}": one for path, raw in entries if (one := Descriptor.read(raw))}
    if isinstance(errors, list):
        found[f"{prefix}error"] = Descriptor(type="enum", mode=frozenset("r"), value={"r": errors})
    return found


def _pushes(part: Mapping[str, Any]) -> list[str]:
    told = part.get("notification")
    codes = told.get("push") if isinstance(told, dict) else None
    return [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []


def _capabilities(rows: Iterable[Row], descriptors: Mapping[str, Descriptor]) -> dict[str, Capability]:
    """What the appliance has of the rows; of two rows for one property the first."""
    capabilities: dict[str, Capability] = {}
    for row in rows:
        found = _capability(row, {path: descriptors[path] for path in _paths(row, descriptors)})
        if found.read or found.write:
            capabilities.setdefault(row.name, found)
    return capabilities


def _capability(row: Row, known: Mapping[str, Descriptor]) -> Capability:
    read = {path: one for path, one in known.items() if "r" in one.mode}
    return Capability(row, read, {path: one for path, one in known.items() if "w" in one.mode})


def _paths(row: Row, descriptors: Mapping[str, Descriptor]) -> Iterator[str]:
    """The first source that there is, every part, and what the modes have of their own."""
    found = next((source for source in row.sources.split() if source in descriptors), None)
    if found is not None:
        yield found
    for path in (*row.parts, *row.by_mode.values()):
        if path in descriptors and path != found:
            yield path
