"""What one appliance can do: its ThinQ profile, read through the table of its type.

A profile is `{property: {resource: {property: descriptor}}}`. Where an appliance has locations (washers, ovens)
`property` is a list with one such object per location; where a resource comes in units or compartments the resource
itself is a list. Both are flattened here to one mapping from paths such as `temperatureInUnits[C].targetTemperature`,
for profiles and for states alike, and `nest` turns a path back into what a control request looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from devices.thinq.descriptors import ApplianceType, Row
from hub.messages import Property, Value

_PATH = re.compile(r"(?P<resource>\w+)(\[(?P<place>\w+)\])?\.(?P<key>\w+)")

_UNITS = frozenset({"C", "F"})


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


def at_location(document: Any, location: str | None) -> dict[str, Any] | None:
    """The part of a profile's `property` or of a state that is about `location` (None: the first or only one)."""
    for part in document if isinstance(document, list) else [document]:
        if not isinstance(part, dict):
            continue
        here = location_of(part)
        if location is None or here is None or here == location:
            return part
    return None


def location_of(part: Mapping[str, Any]) -> str | None:
    """The location that one part of a profile or state is about."""
    location = part.get("location")
    name = location.get("locationName") if isinstance(location, dict) else None
    return name if isinstance(name, str) else None


def flatten(part: Mapping[str, Any]) -> dict[str, Any]:
    """`{resource: {property: x}}`, with lists by unit or location inside, as `{path: x}`."""
    flat: dict[str, Any] = {}
    for resource, content in part.items():
        if isinstance(content, dict):
            flat |= {f"{resource}.{key}": entry for key, entry in content.items()}
        elif isinstance(content, list):
            for entry in content:
                if isinstance(entry, dict):
                    place = entry.get("locationName") or entry.get("unit")
                    flat |= {f"{resource}[{place}].{key}": inner for key, inner in entry.items()}
        else:
            flat[resource] = content
    return flat


def nest(path: str, value: Value, location: str | None = None) -> dict[str, Any]:
    """The control request that sets `path` to `value`: one object, also where the state has a list."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise ValueError(f"{path!r} is no path to a property")
    body: dict[str, Any] = {match["key"]: value}
    if match["place"]:
        body["unit" if match["place"] in _UNITS else "locationName"] = match["place"]
    where = {"location": {"locationName": location}} if location else {}
    return {**where, match["resource"]: body}


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

    def property(self) -> Property:
        """What `About` says of it: everything it can be in any mode."""
        return self._shaped([*self.read.values(), *self.write.values()], list(self.write.values()))

    def writable_property(self, mode: Value) -> Property:
        """What it can be set to while the appliance is in `mode`."""
        _, descriptor = self.target(mode)
        return self._shaped([], [descriptor])

    def _shaped(self, readable: Sequence[Descriptor], writable: Sequence[Descriptor]) -> Property:
        shape: dict[str, Any] = {}
        if self.row.type == "enum":
            words = [word for one in readable for word in one.values("r")]
            words += [word for one in writable for word in one.values("w")]
            ours = [self.row.absent, *map(self.ours, words)] if readable else [*map(self.ours, words)]
            shape["values"] = [value for value in dict.fromkeys(ours) if isinstance(value, str)] or None
        elif self.row.type in {"number", "integer"}:
            ranges = [one.bounds("w") for one in writable] or [one.bounds("r") for one in readable]
            bounds = [one for one in ranges if one is not None]
            if bounds and len(bounds) == len(ranges):
                steps = {one.step for one in bounds}
                shape["min"] = min(one.min for one in bounds)
                shape["max"] = max(one.max for one in bounds)
                shape["step"] = steps.pop() if len(steps) == 1 else None
        return Property(type=self.row.type, writable=bool(writable), unit=self.row.unit, **shape)


@dataclass(frozen=True, slots=True)
class Profile:
    """What one appliance can do."""

    kind: ApplianceType
    location: str | None
    capabilities: Mapping[str, Capability]

    @classmethod
    def read(cls, kind: ApplianceType, raw: Any) -> Profile:
        """From LG's profile JSON; of several locations the first. Raises ProfileError."""
        document = raw if isinstance(raw, dict) else {}
        part = at_location(document.get("property"), None)
        if part is None:
            raise ProfileError("the profile has no properties")
        descriptors = {path: found for path, entry in flatten(part).items() if (found := Descriptor.read(entry))}
        if isinstance(errors := document.get("error"), list):
            descriptors["error"] = Descriptor(type="enum", mode=frozenset("r"), value={"r": errors})
        found_rows = ((row, _capability(row, descriptors)) for row in kind.rows)
        capabilities = {row.name: capability for row, capability in found_rows if capability is not None}
        if not capabilities:
            raise ProfileError("the profile has no property that is known of this type")
        return cls(kind, location_of(part), capabilities)

    def properties(self) -> dict[str, Property]:
        """What `About` says of the appliance."""
        return {name: capability.property() for name, capability in self.capabilities.items()}


def _capability(row: Row, descriptors: Mapping[str, Descriptor]) -> Capability | None:
    known = {path: descriptors[path] for path in _paths(row, descriptors)}
    read = {path: one for path, one in known.items() if "r" in one.mode}
    write = {path: one for path, one in known.items() if "w" in one.mode}
    return Capability(row, read, write) if read or write else None


def _paths(row: Row, descriptors: Mapping[str, Descriptor]) -> Iterator[str]:
    """The first source that there is, then what the modes have of their own."""
    found = next((source for source in row.sources if source in descriptors), None)
    if found is not None:
        yield found
    for path in row.by_mode.values():
        if path in descriptors and path != found:
            yield path
