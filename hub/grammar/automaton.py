"""Templates compiled into one automaton over syllables, and what of it matches somewhere in a text.

Fixed text is shared letter by letter, as in a trie. Lists and rules are calls: they are matched once at each place of a
text, however many templates ask for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from itertools import chain
from threading import Lock

from hub.grammar.template import Choice, Gap, Listed, Node, Rule, Sequence, Text

Pair = tuple[str, object]
Pairs = tuple[Pair, ...]
"""Slots and their values in the order in which they were said."""

Call = Listed | Rule


CALLS: list[Call] = []
"""Every call of any automaton; states know them by their numbers here."""

_NUMBERS: dict[Call, int] = {}

_NUMBERING = Lock()
"""Held while a call gets its number: the butler makes its grammar in a thread."""


def number_of(call: Call) -> int:
    """The number of a call."""
    with _NUMBERING:
        if call not in _NUMBERS:
            _NUMBERS[call] = len(CALLS)
            CALLS.append(call)
        return _NUMBERS[call]


class State:
    """A state: where each letter leads, which calls lead on (by their numbers), and the templates that end here.

    `templates` are those that may still end, as bits. A state is never changed, and shared by all that lead to it.
    """

    __slots__ = ("calls", "ends", "letters", "templates")

    def __init__(self, ends: tuple[int, ...], ways: Ways) -> None:
        self.ends = ends
        self.letters: dict[str, State] = {}
        self.calls: dict[int, State] = {}
        self.templates = 0
        for number in ends:
            self.templates |= 1 << number
        for step, then in ways.items():
            if isinstance(step, str):
                self.letters[step] = then
            else:
                self.calls[step] = then
            self.templates |= then.templates


Ways = dict[str | int, State]
"""Where letters and calls (by their numbers) lead."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """Templates, each with a number; `start` is where all of them begin."""

    start: State

    @classmethod
    def of(cls, templates: Iterable[Node], only: Container[int] | None = None) -> Automaton:
        """Compile templates, or `only` those of some numbers; they are numbered in their order."""
        states = _States()
        wanted = ((number, node) for number, node in enumerate(templates) if only is None or number in only)
        return cls(states.any_of(states.before(node, states.end(number)) for number, node in wanted))


class _States:
    """All states of one automaton while it is made, from the ends of the templates to their beginnings.

    What comes after is known when a state is made, so that the one which leads on in the same way is found instead of a
    copy: templates are alternatives of alternatives, and nine of ten states would be copies.
    """

    def __init__(self) -> None:
        self._made: dict[object, State] = {}
        self._joined: dict[frozenset[State], State] = {}

    def end(self, number: int) -> State:
        """The state in which the template of a number ends."""
        return self._state((number,), {})

    def before(self, node: Node, then: State) -> State:
        """The state from which `node` leads to `then`."""
        match node:
            case Text(text):
                for letter in reversed(text):
                    then = self._state((), {letter: then})
            case Sequence(items):
                for item in reversed(items):
                    then = self.before(item, then)
            case Choice(items):
                then = self.any_of(self.before(item, then) for item in items)
            case Listed() | Rule():
                then = self._state((), {number_of(node): then})
            case Gap():
                pass
        return then

    def any_of(self, states: Iterable[State]) -> State:
        """The state that leads to all that any of these leads to."""
        those = dict.fromkeys(states)
        if len(those) == 1:
            return next(iter(those))
        key = frozenset(those)
        if key not in self._joined:
            ways: defaultdict[str | int, list[State]] = defaultdict(list)
            for state in those:
                for letter, after in state.letters.items():
                    ways[letter].append(after)
                for call, after in state.calls.items():
                    ways[call].append(after)
            ends = sorted({number for state in those for number in state.ends})
            joined: Ways = {}
            # In one order, so that two states with the same ways are found to be the same.
            for step, then in sorted(ways.items(), key=lambda way: str(way[0])):
                joined[step] = self.any_of(then) if len(then) > 1 else then[0]
            self._joined[key] = self._state(tuple(ends), joined)
        return self._joined[key]

    def _state(self, ends: tuple[int, ...], ways: Ways) -> State:
        key = (ends, *chain.from_iterable(ways.items()))
        if key not in self._made:
            self._made[key] = State(ends, ways)
        return self._made[key]


Follow = Callable[[int, int], list[tuple[int, Pairs]]]
"""Where the call of a number may end when it begins at a place of the text, and the slots that it sets."""

Letters = frozenset[str]

MANY_CALLS = 8
"""Calls of a state from which on it is worth remembering which of them begin with a letter."""


class Beginnings:
    """Which calls of a state may begin with a letter; remembered where there are many, as at the start of templates."""

    def __init__(self, first: list[Letters | None]) -> None:
        """`first` has for each call the letters that it may begin with; None where that is not known."""
        self.first = first
        self._calls: dict[tuple[State, str], list[tuple[int, State]]] = {}

    def calls(self, state: State, letter: str) -> Iterable[tuple[int, State]]:
        """The calls of `state` that may begin with `letter`, and perhaps others; and where they lead."""
        if len(state.calls) < MANY_CALLS:
            return state.calls.items()
        key = (state, letter)
        if key not in self._calls:
            first = self.first
            self._calls[key] = [
                (call, then)
                for call, then in state.calls.items()
                if (letters := first[call]) is None or letter in letters
            ]
        return self._calls[key]


def matches(
    automaton: Automaton, text: str, at: int, follow: Follow, beginnings: Beginnings, wanted: int = -1
) -> list[tuple[int, int, Pairs]]:
    """Every template that matches at `at`: its number, where it ends, and the slots that it sets.

    Only templates of `wanted` are looked for.
    """
    first = beginnings.first
    found: list[tuple[int, int, Pairs]] = []
    stack: list[tuple[State, int, Pairs]] = [(automaton.start, at, ())]
    while stack:
        state, here, pairs = stack.pop()
        if state.ends:
            found += [(number, here, pairs) for number in state.ends]
        letter = text[here : here + 1]
        if (then := state.letters.get(letter)) is not None and then.templates & wanted:
            stack.append((then, here + 1, pairs))
        if state.calls:
            for call, then in beginnings.calls(state, letter):
                letters = first[call]
                if then.templates & wanted and (letters is None or letter in letters):
                    for end, more in follow(call, here):
                        stack.append((then, end, pairs + more if more else pairs))
    return found


def first_letters(state: State, first: Callable[[int], Letters | None]) -> Letters | None:
    """The letters that a way from `state` to an end may begin with; None when it may be empty or anything."""
    if state.ends:
        return None
    found = set(state.letters)
    for call in state.calls:
        letters = first(call)
        if letters is None:
            return None
        found |= letters
    return frozenset(found)
