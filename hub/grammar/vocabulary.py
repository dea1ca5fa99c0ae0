"""The words of one home: the lexicon, and what its rooms and devices are called.

It is made once for a home; sentences only look things up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache

from hub.grammar.automaton import CALLS, Automaton, Beginnings, Call, Letters, Pairs, first_letters
from hub.grammar.constructions import constructions
from hub.grammar.lexicon import Lexicon
from hub.grammar.parse import HERE, Noun
from hub.grammar.template import Rule
from hub.grammar.trie import Trie
from hub.home import Home
from hub.korean.dates import DATE_STARTS
from hub.korean.jamo import squash
from hub.korean.numerals import NUMERAL_STARTS
from hub.korean.reading import readings
from hub.korean.times import CLOCK_STARTS

_READ_BY_RULE: dict[str, Letters] = {
    "duration": NUMERAL_STARTS | {"반"}, "clock": NUMERAL_STARTS | CLOCK_STARTS, "date": NUMERAL_STARTS | DATE_STARTS,
}  # fmt: skip
"""What the lists that are read by rule may begin with."""


WHOLE_NAMES = frozenset({"scene", "script", "button"})
"""Types of which nobody says a part of the name: 영화 모드 is no 모드."""


class Vocabulary:
    """What words mean in one home, for whoever reads a sentence."""

    def __init__(self, home: Home, known: Lexicon) -> None:
        self.home = home
        self.lexicon = known
        self.constructions = constructions(known)
        self.rules = _rules(known)
        self.lists: dict[str, Trie[Pairs]] = {**_lexicon_tries(known), "area": Trie(), "device": Trie()}
        for room in home.rooms:
            for name in _spellings(room.names):
                self.lists["area"].add(name, (("area", room.id),))
        self.types: dict[str, str] = {device.id: device.type for device in home.devices}
        bearers = _bearers(home)
        self.lists["type"] = _nouns(home, known, bearers)
        general = bearers.keys() | {text for name in ("area", "type", "class") for text in self.lists[name].texts()}
        for name, devices in (bearers | _short_names(home, general)).items():
            self.lists["device"].add(name, (("device", devices),))
        self.hesitations = frozenset(map(squash, (*known.fillers, *known.openers)))
        self.names = frozenset(name for entries in ("area", "device") for name in self.lists[entries].texts())
        self._first: dict[int, Letters | None] = {}
        for number in range(len(CALLS)):
            self._first_of(number)
        self.beginnings = Beginnings([self._first[number] for number in range(len(CALLS))])

    def given(self, pairs: Pairs) -> Pairs:
        """Slots as a sentence of the household gives them, with its names and rooms as the ids of this home.

        A name that nobody has becomes a device without bearers.
        """
        return tuple(self._given(slot, value) for slot, value in pairs)

    def _given(self, slot: str, value: object) -> tuple[str, object]:
        match slot, value:
            case "name", str():
                return "device", _whole(self.lists["device"], value, ())
            case "area", str() if self.home.room(value) is None:
                return "area", _whole(self.lists["area"], value, value)
            case "domain", _:
                return "type", value
            case "device_class", _:
                return "class", value
        return slot, value

    def _first_of(self, number: int) -> Letters | None:
        """The letters that a call may begin with in this home."""
        if number not in self._first:
            self._first[number] = None  # nothing is known of a rule while it asks for itself
            self._first[number] = self._letters_of(CALLS[number])
        return self._first[number]

    def _letters_of(self, call: Call) -> Letters | None:
        known, name = self.lexicon, call.name
        if isinstance(call, Rule):
            if (pair := known.particles.get(name) or known.fitting.get(name)) is not None:
                return frozenset(form[0] for form in pair.split("/"))
            # Calls of another household's sentences have numbers, too.
            return first_letters(self.rules[name].start, self._first_of) if name in self.rules else None
        if name in known.numbers:
            return NUMERAL_STARTS
        if name in self.lists:
            return self.lists[name].first_letters()
        return _READ_BY_RULE.get(name)


def _spellings(names: tuple[str, ...]) -> Iterator[str]:
    """The squashed names, each as it is written (LG 에어컨) and as it is read aloud (엘지 에어컨)."""
    yield from dict.fromkeys(squash(form) for name in names for form in (name, *readings(name)))


def _spelled(nouns: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Each noun in each of its spellings, with what it means."""
    for meant, words in nouns.items():
        for word in words:
            for noun in _spellings((word,)):
                yield meant, noun


def _bearers(home: Home) -> dict[str, tuple[str, ...]]:
    """For each spelling of a name or alias, the ids of the devices that bear it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for device in home.devices:
        if not device.hidden:
            for name in _spellings(device.names):
                found[name].append(device.id)
    return {name: tuple(devices) for name, devices in found.items()}


def _short_names(home: Home, general: Set[str]) -> dict[str, tuple[str, ...]]:
    """The last words of names, and the devices whose names end with them: 스탠드 of 책상 스탠드.

    `general` are texts that mean something already.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for device in home.devices:
        if not device.hidden and device.type not in WHOLE_NAMES:
            for tail in {tail for name in device.names for tail in _tails(name)} - general:
                found[tail].append(device.id)
    return {tail: tuple(devices) for tail, devices in found.items()}


def _nouns(home: Home, known: Lexicon, bearers: Mapping[str, tuple[str, ...]]) -> Trie[Pairs]:
    """What kinds of devices are called. Where only some of a kind have the noun in their names, those are known.

    But lights are lights, whichever of 불 and 조명 is in their names. A noun that is the name of all there are of its
    kind (`bearers`) is left out: it means the same.
    """
    nouns = _kinds(known)
    longest = max(len(words) for _, words in nouns)
    of_kind: defaultdict[str, list[str]] = defaultdict(list)
    types = {device.id: device.type for device in home.devices if not device.hidden}
    for device, kind in types.items():
        of_kind[kind].append(device)
    called: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for name, devices in bearers.items():
        for letters in range(1, longest + 1):
            for device in devices:
                if types[device] != "light" and (known_as := (types[device], name[-letters:])) in nouns:
                    called[known_as][device] = None
    trie: Trie[Pairs] = Trie()
    for kind, noun in nouns:
        if bearers.get(noun, ()) != tuple(of_kind[kind]) or not of_kind[kind]:
            some = 0 < len(called[kind, noun]) < len(of_kind[kind])
            trie.add(noun, (("type", Noun(kind, tuple(called[kind, noun])) if some else kind),))
    return trie


@lru_cache(maxsize=2)
def _kinds(known: Lexicon) -> Mapping[tuple[str, str], None]:
    """Each noun of a type in each of its spellings, with the type before it."""
    return dict.fromkeys(_spelled(known.types))


def _tails(name: str) -> Iterator[str]:
    words = name.split()
    for first in range(1, len(words)):
        tail = squash("".join(words[first:]))
        if len(tail) > 1 and not tail[0].isdecimal():
            yield tail


@lru_cache(maxsize=2)
def _lexicon_tries(known: Lexicon) -> dict[str, Trie[Pairs]]:
    tries: dict[str, Trie[Pairs]] = {}
    for name, entries in known.lists.items():
        tries[name] = Trie()
        for entry in entries:
            for spelling in _spellings((entry.words,)):
                tries[name].add(spelling, entry.slots)  # type: ignore[arg-type]
    tries["class"] = Trie()
    for name, noun in _spelled(known.classes):
        tries["class"].add(noun, (("class", name),))
    tries["here"] = Trie()
    for word in known.here:
        tries["here"].add(squash(word), (("area", HERE),))
    tries["filler"] = _words(known.fillers)
    tries["joiner"] = _words(known.joiners)
    tries["opener"] = _words((*known.openers, *known.feelings))
    tries["closer"] = _words(known.closers, backwards=True)
    tries["feeling"] = _words((*known.closers, *known.feelings), backwards=True)
    for trie in tries.values():
        trie.pack()
    return tries


def _whole(entries: Trie[Pairs], name: str, default: object) -> object:
    """The value of the entry that is all of `name`."""
    said = squash(name)
    return next((pairs[0][1] for end, pairs in entries.matches(said, 0) if end == len(said)), default)


def _words(words: Iterable[str], *, backwards: bool = False) -> Trie[Pairs]:
    trie: Trie[Pairs] = Trie()
    for word in words:
        trie.add(squash(word)[:: -1 if backwards else 1], ())
    return trie


@lru_cache(maxsize=2)
def _rules(known: Lexicon) -> dict[str, Automaton]:
    return {name: Automaton.of((node,)) for name, node in known.rules.items()}
