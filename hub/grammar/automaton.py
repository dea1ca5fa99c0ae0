"""Templates compiled into one automaton over syllables, and what of it matches somewhere in a text.

Fixed text is shared letter by letter, as in a trie. Lists and rules are calls: they are matched once at each place of a
text, however many templates ask for them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from hub.grammar.template import Choice, Gap, Listed, Node, Rule, Sequence, Text

Pairs = tuple[tuple[str, object], ...]
"""Slots and their values in the order in which they were said."""

Call = Listed | Rule


CALLS: list[Call] = []
"""Every call of any automaton; states know them by their numbers here."""

_NUMBERS: dict[Call, int] = {}


def number_of(call: Call) -> int:
    """The number of a call."""
    if call not in _NUMBERS:
        _NUMBERS[call] = len(CALLS)
        CALLS.append(call)
    return _NUMBERS[call]


class State:
    """A state: where each letter leads, which calls lead on (by their numbers), and the templates that end here.

    `templates` are those that may still end, as bits.
    """

    __slots__ = ("calls", "ends", "letters", "templates")

    def __init__(self) -> None:
        self.letters: dict[str, State] = {}
        self.calls: dict[int, State] = {}
        self.ends: tuple[int, ...] = ()
        self.templates = 0


@dataclass(frozen=True, slots=True)
class Automaton:
    """Templates, each with a number; `start` is where all of them begin."""

    start: State

    @classmethod
    def of(cls, templates: Iterable[Node], only: Container[int] | None = None) -> Automaton:
        """Compile templates, or `only` those of some numbers; they are numbered in their order."""
        start = State()
        for number, node in enumerate(templates):
            if only is not None and number not in only:
                continue
            for state in _add([start], node):
                if number not in state.ends:
                    state.ends = (*state.ends, number)
        return cls(_merged(start, {}, {}))


def _merged(state: State, same: dict[object, State], merged: dict[State, State]) -> State:
    """The one state for all from which the same templates end after the same text; nine of ten are copies of others."""
    if state not in merged:
        for step, then in state.letters.items():
            state.letters[step] = _merged(then, same, merged)
        for call, then in state.calls.items():
            state.calls[call] = _merged(then, same, merged)
        state.templates = sum(1 << number for number in state.ends)
        for then in (*state.letters.values(), *state.calls.values()):
            state.templates |= then.templates
        key = (state.ends, frozenset(state.letters.items()), frozenset(state.calls.items()))
        merged[state] = same.setdefault(key, state)
    return merged[state]


def _add(states: list[State], node: Node) -> list[State]:
    """The states that are reached from `states` through `node`; missing ones are made."""
    match node:
        case Gap():
            return states
        case Text(text):
            for letter in text:
                states = [state.letters.setdefault(letter, State()) for state in states]
            return states
        case Sequence(items):
            for item in items:
                states = _add(states, item)
            return states
        case Choice(items):
            reached = (state for item in items for state in _add(states, item))
            return list({id(state): state for state in reached}.values())
        case Listed() | Rule():
            number = number_of(node)
            return [state.calls.setdefault(number, State()) for state in states]


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
