"""What the tables of this package are made of: an entity as it was told, and a row for each property that it may have.

A row says from which attributes a property comes, how its value is read, and which service changes it. What an entity
really has comes from its own attributes. Home Assistant's names are those of
https://developers.home-assistant.io/docs/core/entity; ours are those of the contract (docs/contract.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from devices.values import Changes
from hub.messages import Property
from hub.payloads import Value

UNAVAILABLE: Final = "unavailable"
UNKNOWN: Final = "unknown"

LONGEST_TEXT = 200
"""Characters of a text attribute that are carried."""

MOST_VALUES = 200
"""Values that an option may have."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity as Home Assistant told it; `fahrenheit` where its climate counts so. Attributes may be anything."""

    id: str
    state: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    fahrenheit: bool = False

    @property
    def domain(self) -> str:
        """What it is: light, cover, …"""
        return self.id.partition(".")[0]

    @property
    def available(self) -> bool:
        """Whether Home Assistant can reach it."""
        return self.state != UNAVAILABLE

    def has(self, feature: int) -> bool:
        """Whether all bits of `feature` are in its supported_features."""
        features = self.attributes.get("supported_features")
        return isinstance(features, int) and features & feature == feature

    def number(self, name: str) -> float | None:
        """An attribute that is a finite number."""
        return finite(self.attributes.get(name))

    def text(self, name: str) -> str | None:
        """An attribute that is text, not longer than anybody reads."""
        value = self.attributes.get(name)
        return plain(value) if isinstance(value, str) and value else None

    def texts(self, name: str) -> list[str]:
        """An attribute that is a list of texts, each once."""
        value = self.attributes.get(name)
        known = value if isinstance(value, list | tuple) else ()
        texts = dict.fromkeys(item for item in known if isinstance(item, str) and item and item == plain(item))
        return list(texts)[:MOST_VALUES]


@dataclass(frozen=True, slots=True)
class Call:
    """A service to call on the entity, and its data; `then` makes the next call of what the service answered."""

    service: str
    data: Mapping[str, Any] = field(default_factory=dict)
    then: Callable[[Any], Call | None] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One property. `shape` is what it can be of this entity, or None where the entity has it not."""

    name: str
    shape: Callable[[Entity], Property | None]
    value: Callable[[Entity], Value] | None = None
    """Its value now, None where that is not known; without it the property can only be written."""
    call: Callable[[Entity, Changes], Call | None] | None = None
    """What brings about its part of the changes, or None where this entity cannot; without it it is only read."""


def unlike(entity: Entity) -> str | None:
    """No class of device."""
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """How the entities of a domain become devices: of which type and class, with which rows, in the order of calls."""

    type: Callable[[Entity], str]
    rows: tuple[Row, ...]
    device_class: Callable[[Entity], str | None] = unlike
    asks: Callable[[Entity, Changes], str | None] = lambda entity, changes: None
    """The key of the question that a person must say yes to first, for changes that open a home."""
    moving: frozenset[str] = frozenset()
    """States on the way to another: what was asked for is being done."""
    slow: bool = False
    """Whether that takes longer than anybody waits for an answer."""

    def properties(self, entity: Entity) -> dict[str, Property]:
        """What the device can be and do."""
        shapes = ((row.name, row.shape(entity)) for row in self.rows)
        return {name: shape for name, shape in shapes if shape is not None}

    def values(self, entity: Entity, properties: Container[str]) -> dict[str, Value]:
        """How the device is, as far as it has these properties."""
        return {row.name: row.value(entity) for row in self.rows if row.value is not None and row.name in properties}

    def calls(self, entity: Entity, changes: Changes) -> list[Call] | None:
        """The services that bring the changes about, each once, in order; None where the entity cannot do that."""
        merged: dict[str, Call] = {}
        for row in self.rows:
            if row.name not in changes or row.call is None:
                continue
            call = row.call(entity, changes)
            if call is None:
                return None
            known = merged.get(call.service)
            merged[call.service] = call if known is None else replace(known, data={**known.data, **call.data})
        return list(merged.values())


# Reading.


def plain(text: str) -> str:
    """A text that can be sent on, not longer than anybody reads."""
    return text[:LONGEST_TEXT].encode(errors="replace").decode()


def finite(value: Any) -> float | None:
    """A number that is neither a boolean nor endless; also one that is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def percent(value: float | None, whole: float = 100) -> int | None:
    """A part of `whole` as whole percent, between 0 and 100."""
    return None if value is None else round(min(1.0, max(0.0, value / whole)) * 100)


def celsius(value: float | None, fahrenheit: bool) -> float | None:
    """Degrees Celsius, to a tenth."""
    return None if value is None else round((value - 32) / 1.8 if fahrenheit else value, 1)


def degrees(value: Value, fahrenheit: bool) -> float:
    """Degrees Celsius (already checked) as the entity counts them."""
    number = finite(value) or 0.0
    return round(number * 1.8 + 32, 1) if fahrenheit else number


def is_on(entity: Entity) -> bool | None:
    """Whether the state is on or off."""
    return {"on": True, "off": False}.get(entity.state)


# Shapes.

SWITCH: Final = Property(type="boolean", writable=True)
SEEN: Final = Property(type="boolean")
SHARE: Final = Property(type="integer", min=0, max=100, step=1, unit="%")
SET_SHARE: Final = SHARE.model_copy(update={"writable": True})
DEGREES: Final = Property(type="number", unit="°C")


def always(shape: Property) -> Callable[[Entity], Property | None]:
    """Every entity of the domain has it."""
    return lambda entity: shape


def featured(shape: Property, *features: int) -> Callable[[Entity], Property | None]:
    """Those have it that have any of the features."""
    return lambda entity: shape if any(entity.has(feature) for feature in features) else None


def told(shape: Property, attribute: str) -> Callable[[Entity], Property | None]:
    """Those have it that tell the attribute, if only that it is not known."""
    return lambda entity: shape if attribute in entity.attributes else None


def number(low: float | None, high: float | None, step: float | None = None, unit: str | None = None) -> Property:
    """A number that can be set; bounds that are none are left out."""
    if low is not None and high is not None and low >= high:
        low = high = None
    if step is not None and (step <= 0 or (low is not None and high is not None and step > high - low)):
        step = None
    return Property(type="number", writable=True, min=low, max=high, step=step, unit=unit)


def choice(values: Iterable[str]) -> Property | None:
    """One of several values; no property where there are none."""
    known = list(values)
    return Property(type="enum", writable=True, values=known) if known else None


# Words.


def worded(theirs: Iterable[str], words: Mapping[str, str]) -> dict[str, str]:
    """Our word → theirs, for every option; one that has no word of ours, or whose word is taken, keeps its own."""
    found: dict[str, str] = {}
    for option in theirs:
        plain = option.casefold().replace(" ", "_").replace("-", "_")
        ours = words.get(plain, plain)
        found.setdefault(ours if ours not in found else option, option)
    return found


def ours(theirs: str | None, words: Mapping[str, str]) -> str | None:
    """Our word for an option, among those that `worded` made."""
    return next((word for word, option in words.items() if option == theirs), None)


def selected(
    name: str,
    options: str,
    now: str | None,
    words: Mapping[str, str],
    service: str,
    argument: str,
    needs: int = 0,
    without: frozenset[str] = frozenset(),
) -> Row:
    """A choice: the attribute `options` lists it, `now` (None: the state) tells it, a service with `argument` sets it.

    Entities have it that have the feature `needs`; options in `without` are none.
    """

    def known(entity: Entity) -> dict[str, str]:
        listed = entity.texts(options) if entity.has(needs) or not needs else []
        return worded((option for option in listed if option not in without), words)

    def call(entity: Entity, changes: Changes) -> Call | None:
        option = known(entity).get(str(changes[name]))
        return None if option is None else Call(service, {argument: option})

    return Row(
        name,
        lambda entity: choice(known(entity)),
        lambda entity: ours(entity.state if now is None else entity.text(now), known(entity)),
        call,
    )


def operations(*table: tuple[str, int, str]) -> Row:
    """What it can be told to do: our operation, the feature that it needs, and the service; the first that it has."""

    def found(entity: Entity) -> dict[str, str]:
        return {operation: service for operation, feature, service in reversed(table) if entity.has(feature)}

    def shape(entity: Entity) -> Property | None:
        known = found(entity)
        return choice(dict.fromkeys(operation for operation, _, _ in table if operation in known))

    def call(entity: Entity, changes: Changes) -> Call | None:
        service = found(entity).get(str(changes["operation"]))
        return None if service is None else Call(service)

    return Row("operation", shape, call=call)
