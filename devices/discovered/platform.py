"""What the tables of components are made of: an entity as it was heard, and a row for each topic that it hears or says.

A component of Home Assistant's MQTT integration, such as `climate`, is turned into an entity as Home Assistant would
have it, with its state and attributes, so that the tables of devices/homeassistant/entities make a device of it. What
those tables call for a change, a service, becomes messages on the topics of the entity.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from devices.discovered.configs import Away, Config
from devices.discovered.templates import said, told
from devices.homeassistant.entities import KINDS, Call, Entity, Kind
from devices.homeassistant.entities.descriptor import UNAVAILABLE, UNKNOWN, finite

NONE: Final = "None"
"""What is told where something is not known."""

TELLING: Final = Kind(
    lambda entity: "button" if entity.text("device_class") == "button" else "sensor", (),
    lambda entity: entity.text("device_class"),
)  # fmt: skip
"""How an entity becomes a device that only tells of events."""

LONGEST_EVENT = 64
"""Characters of the name of an event."""

MOST_EXTRA = 50
"""Attributes that an entity may tell beside its own."""


Data = Mapping[str, Any]
"""What a service is given."""


@dataclass(frozen=True, slots=True)
class Send:
    """A message for a device."""

    topic: str
    payload: str
    qos: int
    retain: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A topic that an entity hears: the keys of its name and of its template, and what becomes of what is told."""

    topic: str
    template: str | None
    take: Callable[[Seen, str], None]


@dataclass(frozen=True, slots=True)
class Command:
    """A message that a service sends: the keys of topic and template, the value, and what it leads to.

    `value` makes of the service's data what the template gets as `value`, None where there is nothing to send.
    `told` is the key of the topic that tells the result; where there is none, `assume` says what it is.
    """

    topic: str
    template: str | None
    value: Callable[[Seen, Data], Any]
    told: str | None = None
    assume: Callable[[Seen, Data], None] = lambda seen, data: None
    variables: Callable[[Seen, Data], Data] = lambda seen, data: {}


@dataclass(frozen=True, slots=True)
class Platform:
    """A component: of which domain its entities are, what they hear, what they can be told, and what never changes."""

    domain: str
    reads: tuple[Read, ...] = ()
    commands: Mapping[str, tuple[Command, ...]] = field(default_factory=dict)
    """Service → the messages that it may send."""
    fixed: Callable[[Config], dict[str, Any]] = lambda config: {}
    """Attributes by what was announced; those that are heard are there as None."""


class Seen:
    """One entity: what was announced of it, and what was heard of it since."""

    def __init__(self, config: Config, platform: Platform) -> None:
        self.config = config
        self.platform = platform
        self.state = UNKNOWN
        self.attributes: dict[str, Any] = platform.fixed(config)
        self.extra: dict[str, Any] = {}
        """Attributes that it tells of its own accord; those of its domain go before them."""
        self.happened: dict[str, Any] | None = None
        """The last event that it told, until somebody takes it."""
        self.ways = config.availability()
        self._online: dict[Away, bool] = {}
        self._latest = False
        self.reads = tuple(read for read in platform.reads if config.has(read.topic))

    @property
    def kind(self) -> Kind:
        """How it becomes a device."""
        return KINDS.get(self.platform.domain, TELLING)

    @property
    def events(self) -> list[str]:
        """The kinds of events that it may tell of, as far as they are words."""
        known = self.config.texts("event_types") if self.platform.domain == "event" else []
        return [event for event in known if event.isprintable() and 0 < len(event) <= LONGEST_EVENT]

    @property
    def available(self) -> bool:
        """Whether it can be reached: one that tells of that has to have said so."""
        if not self.ways:
            return True
        match self.config.text("availability_mode", "latest"):
            case "all":
                return all(self._online.get(way, False) for way in self.ways)
            case "any":
                return any(self._online.values())
        return self._latest

    @property
    def fahrenheit(self) -> bool:
        """Whether it counts in degrees Fahrenheit."""
        return self.config.text("temperature_unit").upper() in {"F", "°F"}

    def entity(self) -> Entity:
        """The entity as Home Assistant would have it."""
        state = self.state if self.available else UNAVAILABLE
        return Entity(f"{self.platform.domain}.it", state, {**self.extra, **self.attributes}, self.fahrenheit)

    def topics(self) -> set[str]:
        """What it listens to."""
        own = {self.config.text(read.topic) for read in self.reads} | {way.topic for way in self.ways}
        more = self.config.text("json_attributes_topic")
        return own | {more} if more else own

    def hear(self, topic: str, payload: str) -> None:
        """Take what was told on one of its topics. Raises BadTemplate where a template has no result."""
        for way in self.ways:
            if way.topic == topic:
                self._reach(way, told(way.template, payload))
        for read in self.reads:
            if self.config.text(read.topic) == topic:
                value = told(self.config.text(read.template) if read.template else None, payload)
                if value:  # what says nothing changes nothing
                    read.take(self, value)
        if self.config.text("json_attributes_topic") == topic:
            self._tell_more(told(self.config.text("json_attributes_template"), payload))

    def _reach(self, way: Away, word: str) -> None:
        if word in (way.online, way.offline):
            self._online[way] = self._latest = word == way.online

    def _tell_more(self, words: str) -> None:
        with suppress(ValueError, RecursionError):
            found = json.loads(words)
            if isinstance(found, dict):
                self.extra = dict(list(found.items())[:MOST_EXTRA])

    def send(self, topic: str, payload: str) -> Send:
        """A message on the topic that the key `topic` names."""
        qos = min(2, max(0, int(self.config.number("qos", 0))))
        return Send(self.config.text(topic), payload, qos, self.config.flag("retain"))

    def sends(self, call: Call) -> list[Send] | None:
        """What a service sends; None where the entity cannot do that. Raises BadTemplate."""
        sends = []
        for command in self._commands(call):
            value = command.value(self, call.data)
            if value is not None:
                template = self.config.text(command.template) if command.template else None
                payload = said(template, value, **command.variables(self, call.data))
                sends.append(self.send(command.topic, payload))
        return sends or None

    def assume(self, call: Call) -> None:
        """Be as a service wants it, where nothing tells whether it is so."""
        for command in self._commands(call):
            told = command.told is not None and self.config.has(command.told) and not self.config.flag("optimistic")
            if not told and command.value(self, call.data) is not None:
                command.assume(self, call.data)

    def _commands(self, call: Call) -> list[Command]:
        known = self.platform.commands.get(call.service.partition(".")[2], ())
        return [command for command in known if self.config.has(command.topic)]


# What becomes of what is told.


def words(*table: tuple[str, tuple[str, ...], str]) -> Callable[[Seen, str], None]:
    """The state by its words: the state, the keys that may name its word, and the usual word."""

    def take(seen: Seen, word: str) -> None:
        for state, keys, usual in table:
            if word == seen.config.first(keys, usual):
                seen.state = state
                return
        if word == NONE:
            seen.state = UNKNOWN

    return take


def as_state(seen: Seen, word: str) -> None:
    """The state is what is told."""
    seen.state = UNKNOWN if word == NONE else word


def as_text(name: str) -> Callable[[Seen, str], None]:
    """An attribute is what is told."""

    def take(seen: Seen, word: str) -> None:
        seen.attributes[name] = None if word == NONE else word

    return take


def as_number(name: str, size: Callable[[Config], float] = lambda config: 1.0) -> Callable[[Seen, str], None]:
    """An attribute is the number that is told, times its size; what is no number is not known."""

    def take(seen: Seen, word: str) -> None:
        number = finite(word)
        seen.attributes[name] = None if number is None else number * size(seen.config)

    return take


def heard(config: Config, *pairs: tuple[str, str]) -> dict[str, Any]:
    """Attributes that are not known yet: their names, and the keys of their topics; those without a topic are none."""
    return {name: None for name, topic in pairs if config.has(topic)}


def features(config: Config, *table: tuple[int, str]) -> int:
    """Home Assistant's features: each with the key of the topic that it needs."""
    return sum(bit for bit, topic in table if config.has(topic))


# What services send.


def word(key: str, usual: str) -> Callable[[Seen, Data], Any]:
    """The word that a key names; one that says null says that it cannot be done."""

    def value(seen: Seen, data: Data) -> Any:
        return None if key in seen.config.fields and not seen.config.has(key) else seen.config.text(key, usual)

    return value


def datum(name: str) -> Callable[[Seen, Data], Any]:
    """What the service was given."""
    return lambda seen, data: data.get(name)


def be(state: str) -> Callable[[Seen, Data], None]:
    """Have a state."""

    def assume(seen: Seen, data: Data) -> None:
        seen.state = state

    return assume


def be_given(name: str) -> Callable[[Seen, Data], None]:
    """Have the state that the service was given."""

    def assume(seen: Seen, data: Data) -> None:
        seen.state = str(data[name])

    return assume


def have(attribute: str, name: str) -> Callable[[Seen, Data], None]:
    """Have an attribute that the service was given."""

    def assume(seen: Seen, data: Data) -> None:
        seen.attributes[attribute] = data[name]

    return assume


def turns(template: str | None = "command_template", topic: str = "command_topic") -> dict[str, tuple[Command, ...]]:
    """Turn on and off by a word."""
    return {
        f"turn_{state}": (Command(topic, template, word(f"payload_{state}", state.upper()), "state_topic", be(state)),)
        for state in ("on", "off")
    }


def setting(attribute: str, name: str, part: str, told: str | None = None) -> Command:
    """Set an attribute to what the service was given as `name`, on the topics whose keys begin with `part`."""
    told = told or f"{part}_state_topic"
    return Command(f"{part}_command_topic", f"{part}_command_template", datum(name), told, have(attribute, name))
