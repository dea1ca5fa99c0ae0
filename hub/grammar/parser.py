"""Understanding text: everything that a sentence may mean in one home, or nothing.

A sentence is accepted when a frame explains all of it: its phrases in any order, then a verb. What is not explained
is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hub.grammar.lexicon import Frame, Lexicon, SlotValue, lexicon
from hub.grammar.template import Choice, Gap, Listed, Node, Rule, Sequence, Text
from hub.grammar.trie import Trie
from hub.home import Home
from hub.korean.jamo import squash
from hub.korean.numerals import read
from hub.korean.reading import read_aloud

Pairs = tuple[tuple[str, object], ...]
"""Slots in the order in which they were said; `device` holds the ids that bear the name."""

HERE = "here"
"""The area of somebody who says 여기."""

MAX_LENGTH = 200
"""Syllables of the longest sentence that is looked at: nobody asks a butler for more in one breath."""


MAX_STEPS = 4_000
"""Steps after which a frame gives up on a text: sentences take dozens, and garbage must not take for ever."""


@dataclass(frozen=True, slots=True)
class Parse:
    """One meaning of a sentence, before the home decides which devices it is about."""

    frame: Frame
    slots: dict[str, SlotValue]
    areas: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    every: bool = False


class Grammar:
    """The grammar of one home. Build it once; it is rebuilt when the home changes."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.lexicon: Lexicon = lexicon()
        self.lists: dict[str, Trie[Pairs]] = _lexicon_tries()
        self.lists["area"] = Trie()
        for room in home.rooms:
            for name in _spellings(room.names):
                self.lists["area"].add(name, (("area", room.id),))
        self.lists["device"] = Trie()
        for name, devices in _bearers(home).items():
            self.lists["device"].add(name, (("device", devices),))

    def parse(self, text: str) -> list[Parse]:
        """All meanings of `text`, best explained first; empty when it is no sentence of this grammar."""
        squashed = squash(text)
        if not squashed or len(squashed) > MAX_LENGTH:
            return []
        return _Reading(self, squashed).parses()


def _spellings(names: tuple[str, ...]) -> Iterator[str]:
    """The squashed names, each as it is written (LG 에어컨) and as it is read aloud (엘지 에어컨)."""
    yield from dict.fromkeys(squash(form) for name in names for form in (name, read_aloud(name)))


def _bearers(home: Home) -> dict[str, tuple[str, ...]]:
    """For each spelling of a name or alias, the ids of the devices that bear it."""
    found: dict[str, tuple[str, ...]] = {}
    for device in home.devices:
        if not device.hidden:
            for name in _spellings(device.names):
                found[name] = (*found.get(name, ()), device.id)
    return found


def _lexicon_tries() -> dict[str, Trie[Pairs]]:
    tries: dict[str, Trie[Pairs]] = {}
    for name, entries in lexicon().lists.items():
        tries[name] = Trie()
        for entry in entries:
            tries[name].add(squash(entry.words), entry.slots)  # type: ignore[arg-type]
    tries["type"] = Trie()
    for kind, nouns in lexicon().types.items():
        for noun in nouns:
            tries["type"].add(squash(noun), (("type", kind),))
    tries["here"] = Trie()
    for word in lexicon().here:
        tries["here"].add(squash(word), (("area", HERE),))
    tries["filler"] = Trie()
    for word in lexicon().fillers:
        tries["filler"].add(squash(word), ())
    return tries


class _Reading:
    """One sentence being read: matches are remembered, since frames share most of their phrases."""

    def __init__(self, grammar: Grammar, text: str) -> None:
        self._grammar = grammar
        self._lexicon = grammar.lexicon
        self._text = text
        self._acts = [self._lexicon.endings.get(text[at:], frozenset()) for at in range(len(text) + 1)]
        self._memo: dict[tuple[int, int, frozenset[str]], list[tuple[int, Pairs]]] = {}

    def parses(self) -> list[Parse]:
        closing = frozenset().union(*self._acts)
        found: dict[str, Parse] = {}
        for frame in self._lexicon.frames:
            if frame.bare or not frame.acts.isdisjoint(closing):
                for pairs in self._explain(frame):
                    parse = _as_parse(frame, pairs)
                    found.setdefault(repr((frame.intent, sorted(parse.slots.items()), parse.areas, parse.devices,
                                           parse.types, parse.every)), parse)  # fmt: skip
        return list(found.values())

    def _explain(self, frame: Frame) -> Iterator[Pairs]:
        """The slots of every way in which the frame explains the whole text."""
        own = len(frame.phrases)
        phrases = [*frame.phrases, *(self._lexicon.phrases.values() if frame.types else ())]
        every = self._lexicon.phrases["all"]
        required = (1 << own) - 1
        stack: list[tuple[int, int, Pairs]] = [(0, 0, ())]
        seen: set[tuple[int, int, Pairs]] = set()
        while stack and len(seen) < MAX_STEPS:
            done, at, pairs = stack.pop()
            if (done, at, pairs) in seen:
                continue
            seen.add((done, at, pairs))
            if done & required == required and self._closes(frame, at, pairs):
                yield pairs
            for index, phrase in enumerate(phrases):
                if not done >> index & 1:
                    for end, more in self._match(phrase, at, frame.types):
                        if end > at:
                            again = phrase is every  # 다, 전부 다, 모두: as often as one likes
                            stack.append((done if again else done | 1 << index, end, pairs + more))
            stack.extend((done, end, pairs) for end, _ in self._grammar.lists["filler"].matches(self._text, at))

    def _closes(self, frame: Frame, at: int, pairs: Pairs) -> bool:
        said = {slot for slot, _ in pairs}
        named = bool(said & {"device", "type"}) or {"area", "every"} <= said
        if frame.target == "required" and not named:
            return False
        if at < len(self._text):
            return not frame.acts.isdisjoint(self._acts[at])
        return frame.bare == "always" or (frame.bare == "named" and named)

    def _match(self, node: Node, at: int, types: frozenset[str]) -> list[tuple[int, Pairs]]:
        """Where `node` may end when it begins at `at`, and the slots that it sets."""
        match node:
            case Text(text):
                return [(at + len(text), ())] if self._text.startswith(text, at) else []
            case Gap():
                return [(at, ())]
            case Listed(name, slot):
                return self._listed(name, slot, at, types)
        key = (id(node), at, types)
        if key not in self._memo:
            self._memo[key] = self._match_group(node, at, types)
        return self._memo[key]

    def _match_group(self, node: Node, at: int, types: frozenset[str]) -> list[tuple[int, Pairs]]:
        match node:
            case Rule(name):
                if name in self._lexicon.particles:
                    forms = self._lexicon.particles[name].split("/")
                    ends = [at + len(form) for form in forms if self._text.startswith(form, at)]
                    return [(end, ()) for end in ends if not self._cuts_number(at, end)]
                return self._match(self._lexicon.rules[name], at, types)
            case Choice(items):
                found = [result for item in items for result in self._match(item, at, types)]
                return list(dict.fromkeys(found))
            case Sequence(items):
                found = [(at, ())]
                for item in items:
                    found = [
                        (end, pairs + more) for start, pairs in found for end, more in self._match(item, start, types)
                    ]
                return found
        raise AssertionError(node)

    def _cuts_number(self, at: int, end: int) -> bool:
        """Whether text[at:end] only begins a longer numeral: 에어컨 이십육 도 is 26, not 에어컨이 십육 도.

        Beyond tens the rest is sooner a word that begins alike: 이 조정해 줘, 이 백색으로.
        """
        return any(longer > end and value < 100 for longer, value in read(self._text, at))

    def _listed(self, name: str, slot: str, at: int, types: frozenset[str]) -> list[tuple[int, Pairs]]:
        numbers = self._lexicon.numbers.get(name)
        if numbers is not None:
            found_numbers = read(self._text, at)
            return [(end, ((slot, value),)) for end, value in found_numbers if numbers.low <= value <= numbers.high]
        found: list[tuple[int, Pairs]] = []
        for end, pairs in self._grammar.lists[name].matches(self._text, at):
            kept = tuple((key or slot, value) for key, value in pairs)
            if name == "device":
                kept = self._of_types(kept, types)
            if name in {"device", "type"} and not (kept and (name == "device" or kept[0][1] in types)):
                continue
            found.append((end, kept))
        return found

    def _of_types(self, pairs: Pairs, types: frozenset[str]) -> Pairs:
        ids = pairs[0][1]
        assert isinstance(ids, tuple)
        fitting = tuple(i for i in ids if (device := self._grammar.home.device(i)) and device.type in types)
        return (("device", fitting),) if fitting else ()


def _as_parse(frame: Frame, pairs: Pairs) -> Parse:
    said: dict[str, list[object]] = {}
    for slot, value in pairs:
        said.setdefault(slot, []).append(value)
    slots = {slot: values[-1] for slot, values in said.items() if slot not in {"area", "device", "type", "every"}}
    devices = said.get("device", [])
    return Parse(
        frame=frame,
        slots={**dict(frame.slots), **slots},  # type: ignore[dict-item]
        areas=tuple(dict.fromkeys(map(str, said.get("area", ())))),
        devices=tuple(i for ids in devices for i in ids),  # type: ignore[attr-defined]
        types=tuple(dict.fromkeys(map(str, said.get("type", ())))),
        every="every" in said,
    )
