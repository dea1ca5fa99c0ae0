"""The grammar as the recognizer hears it: the same frames, as one automaton over groups of words said in one breath.

Where the parser reads text, this walks the same templates and writes out what can be said: names and numbers of this
home only, particles in the form that fits the sound before them, the commonest verb endings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hub.grammar.acceptor import Acceptor
from hub.grammar.lexicon import Frame, lexicon
from hub.grammar.template import Choice, Gap, Listed, Node, Rule, Sequence, Text
from hub.home import Home
from hub.korean.jamo import is_syllable
from hub.korean.josa import josa
from hub.korean.numerals import forms
from hub.korean.reading import read_aloud, unreadable


@dataclass(frozen=True, slots=True)
class _Particle:
    """A pair of particles: which one is said depends on the sound before it."""

    pair: str


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


def spoken_grammar(home: Home) -> Acceptor:
    """Everything that can be said to this home, as an acceptor over word groups in hangul without spaces."""
    return _Builder(home).build()


def spoken_names(home: Home) -> Iterator[tuple[str, str]]:
    """Every name and alias that people say in this home, with what cannot be read aloud in it ("" when all can)."""
    names = [name for room in home.rooms for name in room.names]
    names += [name for device in home.devices if not device.hidden for name in device.names]
    for name in names:
        yield name, " ".join(unreadable(name))


class _Builder:
    def __init__(self, home: Home) -> None:
        self._home = home
        self._lexicon = lexicon()
        self._types = frozenset(device.type for device in home.devices if not device.hidden)
        self._phrases: dict[tuple[int, frozenset[str]], _Phrase] = {}
        self._arcs: list[tuple[int, int, str]] = []
        self._states = 2  # start and end
        self._closings: dict[frozenset[str], int] = {}

    def build(self) -> Acceptor:
        for frame in self._lexicon.frames:
            if frame.spoken and not (frame.types and self._types.isdisjoint(frame.types)):
                self._add_frame(frame)
        return Acceptor(arcs=self._arcs, finals=frozenset({1}))

    def _state(self) -> int:
        self._states += 1
        return self._states - 1

    def _add_frame(self, frame: Frame) -> None:
        """Every order of the frame's phrases, each said at most once, then its verbs."""
        own = {f"own {index}": node for index, node in enumerate(frame.phrases)}
        shared = self._lexicon.phrases if frame.types else {}
        phrases = {name: self._phrase(node, frame.types) for name, node in {**own, **shared}.items()}
        if any(not phrases[name].arcs for name in own):
            return  # it needs a list that is empty in this home
        states: dict[frozenset[str], int] = {frozenset(): self._state()}
        self._arcs.append((0, states[frozenset()], ""))
        queue = [frozenset[str]()]
        for done in queue:
            here = states[done]
            if own.keys() <= done:
                self._close(frame, done, here)
            for name, phrase in phrases.items():
                if name in done or not phrase.arcs:
                    continue
                then = done | {name}
                if then not in states:
                    states[then] = self._state()
                    queue.append(then)
                self._splice(phrase, here, states[then])

    def _close(self, frame: Frame, done: frozenset[str], here: int) -> None:
        named = "target" in done or {"area", "all"} <= done
        if frame.target == "required" and not named:
            return
        if frame.bare == "always" or (frame.bare == "named" and named):
            self._arcs.append((here, 1, ""))
        if frame.acts:
            self._arcs.append((here, self._closing(frame.acts), ""))

    def _closing(self, acts: frozenset[str]) -> int:
        """The state from which the verbs of these acts lead to the end."""
        if acts not in self._closings:
            self._closings[acts] = state = self._state()
            verbs = dict.fromkeys(form for act in sorted(acts) for form in self._lexicon.spoken_endings[act])
            softened = self._state()
            self._arcs.append((state, softened, ""))
            self._arcs.append((state, softened, self._lexicon.fillers[0]))
            self._arcs.extend((softened, 1, form) for form in verbs)
        return self._closings[acts]

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
                    self._spell(net, self._lexicon.rules[name], start, end, types)
            case Choice(items):
                for item in items:
                    self._spell(net, item, start, end, types)
            case Sequence(items):
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
        if unreadable(words):
            return  # `jipsa home check` reports it
        groups = read_aloud(words).split()
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
                yield from self._lexicon.types.get(kind, ())
        elif name == "here":
            yield from self._lexicon.here
        else:
            for entry in self._lexicon.lists[name]:
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
