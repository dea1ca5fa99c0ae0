"""The grammar as the recognizer hears it: the same frames, as one automaton over groups of words said in one breath.

Where the parser reads text, this walks the same templates and writes out what can be said: names and numbers of this
home only, particles in the form that fits the sound before them, the commonest verb endings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hub.grammar import template
from hub.grammar.acceptor import Acceptor
from hub.grammar.constructions import OF_EVERYTHING
from hub.grammar.lexicon import Frame, Lexicon, lexicon
from hub.grammar.template import Choice, Gap, Listed, Node, Rule, Text
from hub.home import Home
from hub.korean.jamo import is_syllable, squash
from hub.korean.josa import josa
from hub.korean.numerals import forms
from hub.korean.reading import readings, unreadable


@dataclass(frozen=True, slots=True)
class _Particle:
    """A pair of particles: which one is said depends on the sound before it."""

    pair: str


SOFTENERS = ("좀", "다")
"""What is listened for right before the verb: 불 좀 꺼줘, and for devices 파란색으로 다 바꿔줘."""

LISTENED_WORDS = 6
"""Words for one thing that are listened for: the first, since lists begin with the commonest."""

_Letter = str | _Particle | Gap
"""What one arc of a phrase reads."""


@dataclass(slots=True)
class _Net:
    """A small automaton under construction, from state 0 to state 1."""

    arcs: list[tuple[int, int, _Letter]] = field(default_factory=list)
    states: int = 2

    def state(self) -> int:
        self.states += 1
        return self.states - 1


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase as word groups, from state 0 to state 1; `states` counts its states."""

    arcs: tuple[tuple[int, int, str], ...]
    states: int


def spoken_grammar(home: Home, known: Lexicon | None = None) -> Acceptor:
    """Everything that can be said to this home, as an acceptor over word groups in hangul without spaces.

    `known` is the lexicon, with the household's own sentences where there are any.
    """
    return _Builder(home, known or lexicon()).build()


def spoken_names(home: Home) -> Iterator[tuple[str, str]]:
    """Every name and alias that people say in this home, with what cannot be read aloud in it ("" when all can)."""
    names = [name for room in home.rooms for name in room.names]
    names += [name for device in home.devices if not device.hidden for name in device.names]
    for name in names:
        yield name, " ".join(unreadable(name))


class _Builder:
    def __init__(self, home: Home, known: Lexicon) -> None:
        self._home = home
        self._lexicon = known
        self._types = frozenset(device.type for device in home.devices if not device.hidden)
        self._phrases: dict[tuple[int, frozenset[str]], _Phrase] = {}
        self._arcs: list[tuple[int, int, str]] = []
        self._states = 2  # start and end
        self._closings: dict[tuple[frozenset[str], tuple[str, ...]], int] = {}

    def build(self) -> Acceptor:
        for frame in self._lexicon.frames:
            if frame.spoken and not (frame.types and self._types.isdisjoint(frame.types)):
                self._add_frame(frame)
        return Acceptor(arcs=self._arcs, finals=frozenset({1}))

    def _state(self) -> int:
        self._states += 1
        return self._states - 1

    def _add_frame(self, frame: Frame) -> None:
        """The frame in the order of everyday speech: room, device, 'all', the frame's own phrases in any order, verb.

        Text may come in every order; here each further order would make the graph many times larger, and everything
        in it harder to tell apart.
        """
        own = [self._phrase(node, frame.types) for node in frame.phrases]
        if not all(phrase.arcs for phrase in own):
            return  # it needs a list that is empty in this home
        start = self._state()
        self._arcs.append((0, start, ""))
        if not frame.types or frame.target == "within":
            self._add_own(frame, own, start, named=False)
            return
        area, target, every = (
            self._phrase(self._lexicon.spoken_phrases[name], frame.types) for name in ("area", "target", "all")
        )
        placed, said, named = self._state(), self._state(), self._state()
        self._splice(area, start, placed)
        self._splice(target, start, said)
        self._splice(target, placed, said)
        self._arcs.append((said, named, ""))
        self._splice(every, said, named)
        if frame.intent in OF_EVERYTHING:
            self._splice(every, placed, named)
        self._add_own(frame, own, named, named=True)
        if frame.target == "optional":
            unnamed = self._state()
            self._arcs += [(start, unnamed, ""), (placed, unnamed, "")]
            self._add_own(frame, own, unnamed, named=False)

    def _add_own(self, frame: Frame, own: Sequence[_Phrase], start: int, *, named: bool) -> None:
        """The frame's own phrases in every order, then its verbs."""
        states = {frozenset[int](): start}
        queue = [frozenset[int]()]
        for done in queue:
            here = states[done]
            for index, phrase in enumerate(own):
                then = done | {index}
                if index not in done:
                    if then not in states:
                        states[then] = self._state()
                        queue.append(then)
                    self._splice(phrase, here, states[then])
        end = states[frozenset(range(len(own)))]
        if frame.bare == "always" or (frame.bare == "named" and named):
            self._arcs.append((end, 1, ""))
        if frame.acts:
            self._arcs.append((end, self._closing(frame), ""))

    def _closing(self, frame: Frame) -> int:
        """The state from which the verbs of a frame lead to the end."""
        softeners = SOFTENERS if frame.types else SOFTENERS[:1]
        key = (frame.acts, softeners)
        if key not in self._closings:
            self._closings[key] = state = self._state()
            softened = self._state()
            self._arcs.extend((state, softened, word) for word in ("", *softeners))
            verbs = dict.fromkeys(form for act in sorted(frame.acts) for form in self._lexicon.spoken_endings[act])
            self._arcs.extend((softened, 1, form) for form in verbs)
        return self._closings[key]

    def _splice(self, phrase: _Phrase, start: int, end: int) -> None:
        inner = {0: start, 1: end}
        for source, target, label in phrase.arcs:
            ends = []
            for state in (source, target):
                if state not in inner:
                    inner[state] = self._state()
                ends.append(inner[state])
            self._arcs.append((ends[0], ends[1], label))

    def _phrase(self, node: Node, types: frozenset[str]) -> _Phrase:
        key = (id(node), types)
        if key not in self._phrases:
            net = _Net()
            self._spell(net, node, 0, 1, types)
            self._phrases[key] = _group(net)
        return self._phrases[key]

    def _spell(self, net: _Net, node: Node, start: int, end: int, types: frozenset[str]) -> None:
        """Write the node out as arcs between two states."""
        match node:
            case Text(text):
                if all(map(is_syllable, text)):
                    net.arcs.append((start, end, text))
            case Gap():
                net.arcs.append((start, end, node))
            case Rule(name):
                if name in self._lexicon.particles:
                    net.arcs.append((start, end, _Particle(self._lexicon.particles[name])))
                else:
                    self._spell(net, self._lexicon.listened[name], start, end, types)
            case Choice(items):
                for item in items:
                    self._spell(net, item, start, end, types)
            case template.Sequence(items):
                for item in items[:-1]:
                    middle = net.state()
                    self._spell(net, item, start, middle, types)
                    start = middle
                if items:
                    self._spell(net, items[-1], start, end, types)
                else:
                    net.arcs.append((start, end, ""))
            case Listed(name):
                for words in dict.fromkeys(self._entries(name, types)):
                    self._spell_words(net, words, start, end)

    def _spell_words(self, net: _Net, words: str, start: int, end: int) -> None:
        for read in readings(words):
            self._spell_groups(net, [said for group in read.split() if (said := squash(group))], start, end)

    def _spell_groups(self, net: _Net, groups: list[str], start: int, end: int) -> None:
        if not all(map(is_syllable, "".join(groups))):
            return  # `jipsa home check` reports it
        for group in groups[:-1]:
            middle, after = net.state(), net.state()
            net.arcs.append((start, middle, group))
            net.arcs.append((middle, after, Gap()))
            start = after
        if groups:
            net.arcs.append((start, end, groups[-1]))

    def _entries(self, name: str, types: frozenset[str]) -> Iterator[str]:
        """The words of a list, as far as they can be said in this home."""
        if name in self._lexicon.numbers:
            numbers = self._lexicon.numbers[name]
            for number in numbers.spoken:
                yield next(form for form in forms(number, numbers.counter) if all(map(is_syllable, form)))
        elif name == "area":
            for room in self._home.rooms:
                yield from room.names
        elif name == "device":
            for device in self._home.devices:
                if device.type in types and not device.hidden:
                    yield from device.names
        elif name == "type":
            for kind in sorted(types & self._types):
                yield from self._lexicon.types.get(kind, ())[:LISTENED_WORDS]
        elif name == "here":
            yield from self._lexicon.here
        else:
            said: Counter[object] = Counter()
            for entry in self._lexicon.lists[name]:
                said[entry.slots] += 1
                if said[entry.slots] <= LISTENED_WORDS:
                    yield entry.words


def _group(net: _Net) -> _Phrase:
    """The same automaton with one arc per word group: everything said between two places to breathe."""
    leaving: dict[int, list[tuple[int, _Letter]]] = {}
    for source, target, letter in net.arcs:
        leaving.setdefault(source, []).append((target, letter))
    arcs: dict[tuple[int, int, str], None] = {}
    starts, seen = [0], {0}
    for start in starts:
        stack = [(start, "")]
        while stack:
            state, said = stack.pop()
            if state == 1:
                arcs[start, 1, said] = None
            for target, letter in leaving.get(state, ()):
                match letter:
                    case Gap():
                        arcs[start, target, said] = None
                        if target not in seen:
                            seen.add(target)
                            starts.append(target)
                    case _Particle(pair):
                        if said:
                            stack.append((target, said + josa(said, pair)))
                    case str():
                        stack.append((target, said + letter))
    return _Phrase(tuple(arcs), net.states)
