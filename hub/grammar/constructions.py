"""The frames of the lexicon made ready for reading: their templates in one automaton, and sets of frames as bits.

Frames that differ in types and verbs alone are one construction (불이랑 가스 꺼줘). A walk over the phrases of a
sentence carries one number, the set of constructions that may still come of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from hub.grammar.automaton import Automaton
from hub.grammar.closings import Acts
from hub.grammar.lexicon import Frame, Lexicon
from hub.grammar.template import Choice, Listed, Node, Rule, Sequence, Text
from hub.grammar.trie import Trie
from hub.korean.dates import DATE_SIGNS
from hub.korean.jamo import squash
from hub.korean.reading import readings
from hub.korean.times import CLOCK_SIGNS, DURATION_SIGNS

OF_EVERYTHING = frozenset({"HassTurnOn", "HassTurnOff", "HassGetState", "HassLightSet"})
"""Intents that can be about everything in a room, whatever it is."""

OF_CLASSES = ("cover", "binary_sensor", "sensor")
"""Types whose devices may have a device class that people name."""


SIGNS = {"duration": DURATION_SIGNS, "clock": CLOCK_SIGNS, "date": DATE_SIGNS}
"""Lists that are read by rule, and what a text that has such a thing always has."""


@dataclass(frozen=True, slots=True)
class Construction:
    """Frames that differ in their types and acts alone, and their templates, as bits."""

    frames: tuple[Frame, ...]
    required: int
    templates: int
    """Those that they require, and those that may be there."""


class Constructions:
    """All constructions; the n-th is bit n of every set. Templates have numbers, and bits of their own."""

    def __init__(self, known: Lexicon) -> None:
        families: defaultdict[object, list[Frame]] = defaultdict(list)
        for frame in known.frames:
            key = (frame.intent, frame.phrases, frame.optional, frame.target, frame.area, frame.bare, frame.slots,
                   bool(frame.types))  # fmt: skip
            families[key].append(frame)
        numbers: dict[Node, int] = {}
        self.all: list[Construction] = []
        self.of_type: defaultdict[str, int] = defaultdict(int)
        self.of_act: defaultdict[str, int] = defaultdict(int)
        self.typed = self.bare = self._needy = self._every = 0
        for members in families.values():
            self._add(members, numbers)
        self.roles = ["phrase"] * len(numbers) + list(known.phrases)
        templates = (*numbers, *known.phrases.values())
        # Texts may end anywhere: their templates stand apart, since a clause has one text at most.
        texts = frozenset(number for number, node in enumerate(templates) if holds_text(known, node))
        self.automaton = Automaton.of(templates, frozenset(range(len(templates))) - texts)
        self.with_text = Automaton.of(templates, texts)
        self.texts = sum(1 << number for number in texts)
        self.users = self._users(len(numbers)) + [self.typed] * len(known.phrases)
        self._shared = (1 << len(templates)) - (1 << len(numbers))
        self._sure = 0
        sure: defaultdict[str, int] = defaultdict(int)
        for number, node in enumerate(templates):
            words = literals(known, node)
            if words is not None:
                self._sure |= 1 << number
                for word in words:
                    sure[word] |= 1 << number
        self._words: Trie[int] = Trie()
        for word, users in sure.items():
            self._words.add(word, users)
        self._words.pack()
        self._needed: dict[int, int] = {}
        self._unsure = self._choosy = 0
        for at, construction in enumerate(self.all):
            needs = list(bits(construction.required & self._sure))
            if not needs:
                self._unsure |= 1 << at
            if len(needs) > 1:
                self._choosy |= 1 << at
            for number in needs[:1]:
                self._needed[number] = self._needed.get(number, 0) | 1 << at
        self._complete: dict[int, int] = {}
        self._closed_by: dict[Acts, int] = {}
        self._frames: dict[tuple[int, Acts | None], tuple[Frame, ...]] = {}

    def _add(self, members: list[Frame], numbers: dict[Node, int]) -> None:
        first, bit = members[0], 1 << len(self.all)
        required = sum(1 << numbers.setdefault(node, len(numbers)) for node in dict.fromkeys(first.phrases))
        optional = sum(1 << numbers.setdefault(node, len(numbers)) for node in dict.fromkeys(first.optional))
        self.all.append(Construction(tuple(members), required, required | optional))
        if first.bare:
            self.bare |= bit
        if first.target == "required":
            self._needy |= bit
            if first.intent in OF_EVERYTHING:
                self._every |= bit
        for frame in members:
            for kind in frame.types:
                self.of_type[kind] |= bit
                self.typed |= bit if frame.target != "within" else 0
            for act in frame.acts:
                self.of_act[act] |= bit

    def _users(self, templates: int) -> list[int]:
        """For each of so many templates the constructions that have a place for it."""
        users = [0] * templates
        for at, construction in enumerate(self.all):
            for number in bits(construction.templates):
                users[number] |= 1 << at
        return users

    def missing(self, text: str) -> int:
        """The templates that a text has no word of."""
        present = 0
        for at in range(len(text)):
            for _, numbers in self._words.matches(text, at):
                present |= numbers
        return self._sure & ~present

    def possible(self, missing: int, closing: Acts, mentioned: int | None) -> int:
        """The constructions that a text may be: with templates not `missing`, closed by one of these acts or by none.

        `mentioned` are those of the types that the text names; None where a target may be left out.
        """
        found = self.bare
        for act in closing:
            found |= self.of_act[act]
        if mentioned is not None:
            found &= ~self._needy | self._every | mentioned
        # Few templates are there, and most constructions need one of which is sure that it is there or not.
        there = self._unsure
        for number in bits(self._sure & ~missing):
            there |= self._needed.get(number, 0)
        for at in bits(there & found & self._choosy):
            if self.all[at].required & missing:
                there &= ~(1 << at)
        return found & there

    def closed_by(self, acts: Acts | None) -> int:
        """The constructions that a verb of these acts may close; None: those that need no verb."""
        if acts is None:
            return self.bare
        if acts not in self._closed_by:
            self._closed_by[acts] = reduce(or_, (self.of_act[act] for act in acts), 0)
        return self._closed_by[acts]

    def frames(self, at: int, acts: Acts | None) -> tuple[Frame, ...]:
        """The frames of a construction that a verb of these acts closes; None: those that need no verb."""
        found = self._frames.get((at, acts))
        if found is None:
            found = tuple(f for f in self.all[at].frames if (f.acts & acts if acts is not None else f.bare))
            self._frames[at, acts] = found
        return found

    def templates(self, possible: int) -> int:
        """The templates that any of these constructions has a place for."""
        if possible == (1 << len(self.all)) - 1:
            return -1
        found = self._shared if possible & self.typed else 0
        for at in bits(possible):
            found |= self.all[at].templates
        return found

    def complete(self, used: int) -> int:
        """The constructions that lack no template when those of `used` were said."""
        if used not in self._complete:
            self._complete[used] = sum(
                1 << at
                for at, construction in enumerate(self.all)
                if construction.required & used == construction.required
            )
        return self._complete[used]


@lru_cache(maxsize=2)
def constructions(known: Lexicon) -> Constructions:
    """The constructions of a lexicon, the same for every home."""
    return Constructions(known)


def bits(numbers: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while numbers:
        lowest = numbers & -numbers
        yield lowest.bit_length() - 1
        numbers ^= lowest


def literals(known: Lexicon, node: Node) -> frozenset[str] | None:
    """Words of which a text must have one to match `node`; None where nothing is sure."""
    match node:
        case Text(text):
            return frozenset({text})
        case Listed(name) if name in SIGNS:
            return SIGNS[name]
        case Listed(name) if name in known.lists:
            return _words_of_list(known, name)
        case Rule(name) if name in known.rules:
            return _words_of_rule(known, name)
        case Choice(items):
            each = [literals(known, item) for item in items]
            sure = [words for words in each if words is not None]
            return frozenset().union(*sure) if len(sure) == len(each) else None
        case Sequence(items):
            choices = [words for item in items if (words := literals(known, item)) is not None]
            return min(choices, key=lambda words: (-min(map(len, words)), len(words)), default=None)
    return None


@lru_cache(maxsize=1024)  # some lists and rules are in hundreds of templates
def _words_of_list(known: Lexicon, name: str) -> frozenset[str]:
    return frozenset(squash(form) for entry in known.lists[name] for form in (entry.words, *readings(entry.words)))


@lru_cache(maxsize=1024)
def _words_of_rule(known: Lexicon, name: str) -> frozenset[str] | None:
    return literals(known, known.rules[name])


def holds_text(known: Lexicon, node: Node) -> bool:
    """Whether `node` has a place for text that no list has."""
    match node:
        case Listed(name):
            return name in known.texts
        case Rule(name):
            return name in known.rules and holds_text(known, known.rules[name])
        case Choice(items) | Sequence(items):
            return any(holds_text(known, item) for item in items)
    return False
