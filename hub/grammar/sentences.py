"""Sentences of the household: files in Home Assistant's own format, made part of the lexicon.

The format is that of Home Assistant's custom sentences
(https://www.home-assistant.io/voice_control/custom_sentences_yaml): intents with blocks of templates and fixed slots,
lists, expansion rules. Templates may use what the lexicon has as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.grammar.constructions import holds_text
from hub.grammar.lexicon import OPEN_LISTS, Entry, Frame, Lexicon, Numbers, SlotValue, walk
from hub.grammar.template import Choice, Listed, Node, Rule, Sequence, TemplateError, parse_template
from hub.home import Home
from hub.korean.jamo import squash
from hub.texts import Language, text
from hub.yamlfaults import closest
from hub.yamlfile import Fault, Key, SettingsError, YamlFile

OWN = "own:"
"""What the names of a file's own lists and rules begin with, so that they never hide those of the lexicon."""

LONGEST_TEXT = 40
"""Syllables of a wildcard."""

_LISTS_OF_THE_HOME = {"name": "device", "area": "area"}


_Written = Annotated[str, Field(max_length=500)]
"""A sentence, a rule or a value; nobody says longer ones, and a path through the automaton must have an end."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Context(_Model):
    domain: str | list[str]


class _Block(_Model):
    sentences: list[_Written]
    slots: dict[str, SlotValue] = Field(default_factory=dict)
    requires_context: _Context | None = None


class _Intent(_Model):
    data: list[_Block]


class _Value(_Model):
    in_: _Written = Field(alias="in")
    out: SlotValue


class _Range(_Model):
    from_: float = Field(alias="from")
    to: float
    step: int = 1
    multiplier: int = 1


class _List(_Model):
    values: list[_Written | _Value] | None = None
    range: _Range | None = None
    wildcard: bool = False


class _File(_Model):
    language: Literal["ko"] = "ko"
    intents: dict[str, _Intent] = Field(default_factory=dict)
    lists: dict[str, _List] = Field(default_factory=dict)
    expansion_rules: dict[str, _Written] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The lexicon with the household's sentences, and how many were read from each file."""

    lexicon: Lexicon
    counts: dict[Path, int]
    names: tuple[tuple[str, str, Fault], ...] = ()
    """Names and areas that blocks set, as slot and value, with the fault that each is where no home has it."""


def load_sentences(folder: Path | None, known: Lexicon, language: Language = "en") -> Loaded:
    """`known` and what the *.yaml files of `folder` add to it; raises SettingsError with every fault of every file."""
    counts: dict[Path, int] = {}
    faults: list[Fault] = []
    names: list[tuple[str, str, Fault]] = []
    for path in sorted(folder.glob("*.yaml")) if folder else ():
        try:
            file = _SentenceFile(YamlFile.read(path, language), known)
            known = file.added()
            counts[path] = file.count
            faults += file.faults
            names += file.names
        except SettingsError as error:
            faults += error.faults
    if faults:
        raise SettingsError(faults)
    return Loaded(known, counts, tuple(names))


def unknown_names(loaded: Loaded, home: Home) -> Iterator[Fault]:
    """Names of devices and rooms in fixed slots that the home lacks; a bridge may still announce them."""
    known = {
        "name": {squash(name) for device in home.devices for name in device.names},
        "area": {squash(name) for room in home.rooms for name in (room.id, *room.names)},
    }
    for slot, name, fault in loaded.names:
        if squash(name) not in known[slot]:
            yield fault


class _SentenceFile:
    """One file: its sentences as frames of the lexicon."""

    def __init__(self, file: YamlFile, known: Lexicon) -> None:
        self._file = file
        self._known = known
        self._data = file.validate(_File)
        self._prefix = f"{OWN}{file.path.stem}:"
        self.faults: list[Fault] = []
        self.names: list[tuple[str, str, Fault]] = []
        self.count = 0

    def added(self) -> Lexicon:
        """The lexicon with what the file adds; faults are collected."""
        known, data = self._known, self._data
        rules = {name: self._template(rule, ("expansion_rules", name)) for name, rule in data.expansion_rules.items()}
        frames = tuple(self._frames())
        self._check_rules(rules)
        numbers = {name: Numbers(found.range.from_, found.range.to, range(0), "", found.range.multiplier)
                   for name, found in data.lists.items() if found.range}  # fmt: skip
        values = {name: tuple(_entries(found.values)) for name, found in data.lists.items() if found.values}
        texts = {name: LONGEST_TEXT for name, found in data.lists.items() if found.wildcard}
        own = self._prefix
        added = replace(
            known,
            numbers=known.numbers | {own + name: found for name, found in numbers.items()},
            lists=known.lists | {own + name: found for name, found in values.items()},
            texts=known.texts | {own + name: found for name, found in texts.items()},
            rules=known.rules | {own + name: found for name, found in rules.items()},
            listened=known.listened | {own + name: found for name, found in rules.items()},
        )
        # What cannot be written out cannot be listened for.
        heard = (replace(frame, spoken=not any(holds_text(added, node) for node in frame.phrases)) for frame in frames)
        return replace(added, frames=(*known.frames, *heard))

    def _frames(self) -> Iterator[Frame]:
        types: dict[str, frozenset[str]] = {}
        for frame in self._known.frames:
            types[frame.intent] = types.get(frame.intent, frozenset()) | frame.types
        for intent, found in self._data.intents.items():
            if intent not in types:
                self._fault(("intents", intent), "unknown_intent", closest(intent, types), got=intent)
                continue
            for number, block in enumerate(found.data):
                here = ("intents", intent, "data", number)
                self._note_names(block, here)
                kinds = types[intent]
                if block.requires_context:
                    domains = block.requires_context.domain
                    kinds &= frozenset([domains] if isinstance(domains, str) else domains)
                for at, sentence in enumerate(block.sentences):
                    self.count += 1
                    yield Frame(
                        intent=intent,
                        types=kinds,
                        target="within" if kinds else None,
                        area=None,
                        phrases=(self._template(sentence, (*here, "sentences", at)),),
                        optional=(),
                        acts=frozenset(),
                        bare="always",
                        slots=tuple(block.slots.items()),
                        spoken=True,
                    )

    def _note_names(self, block: _Block, here: tuple[Key, ...]) -> None:
        for slot in _LISTS_OF_THE_HOME.keys() & block.slots.keys():
            name = str(block.slots[slot])
            fault = self._file.fault((*here, "slots", slot), "unknown_name", got=name)
            self.names.append((slot, name, fault))

    def _template(self, template: str, keys: tuple[Key, ...]) -> Node:
        try:
            node = parse_template(template)
        except TemplateError as error:
            self._fault(keys, "other", reason=str(error))
            return Sequence(())
        return self._named(node, keys)

    def _named(self, node: Node, keys: tuple[Key, ...]) -> Node:
        """The node with the file's own lists and rules by the names that they have in the lexicon."""
        match node:
            case Sequence(items):
                return Sequence(tuple(self._named(item, keys) for item in items))
            case Choice(items):
                return Choice(tuple(self._named(item, keys) for item in items))
            case Listed(name, slot) if name in self._data.lists:
                return Listed(self._prefix + name, slot)
            case Listed(name, slot):
                known = (self._known.numbers, self._known.lists, self._known.texts, OPEN_LISTS, _LISTS_OF_THE_HOME)
                if not any(name in names for names in known):
                    near = closest(name, [*self._data.lists, *_LISTS_OF_THE_HOME])
                    self._fault(keys, "unknown_list", near, got=name)
                return Listed(_LISTS_OF_THE_HOME.get(name, name), slot)
            case Rule(name) if name in self._data.expansion_rules:
                return Rule(self._prefix + name)
            case Rule(name) if name not in self._known.rules and name not in self._known.particles:
                near = closest(name, [*self._data.expansion_rules, *self._known.rules])
                self._fault(keys, "unknown_rule", near, got=name)
        return node

    def _check_rules(self, rules: dict[str, Node]) -> None:
        """A rule that leads back to itself would never end."""
        asks = {
            name: {node.name.removeprefix(self._prefix) for node in walk(rule) if isinstance(node, Rule)}
            for name, rule in rules.items()
        }
        for name in rules:
            seen: set[str] = set()
            waiting = [name]
            while waiting:
                for asked in asks.get(waiting.pop(), set()) - seen:
                    seen.add(asked)
                    waiting.append(asked)
            if name in seen:
                self._fault(("expansion_rules", name), "endless_rule", got=name)

    def _fault(self, keys: tuple[Key, ...], key: str, suggestion: str | None = None, **values: object) -> None:
        self.faults.append(self._file.fault(keys, key, suggestion, **values))


def _entries(values: list[str | _Value]) -> Iterator[Entry]:
    for value in values:
        words, out = (value, value) if isinstance(value, str) else (value.in_, value.out)
        yield Entry(words, ((None, out),))


def report(loaded: Loaded, language: Language) -> Iterator[str]:
    """How many sentences were read, one line for each file."""
    for path, count in loaded.counts.items():
        yield text("check.sentences", language, file=path.name, n=count)
