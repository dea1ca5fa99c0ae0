"""Understanding text: everything that a sentence may mean in one home, or nothing.

A sentence is a row of clauses (불 끄고 에어컨 켜줘). A clause is accepted when a frame explains all of it:
its phrases in any order, then a verb. What is not explained is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from hub.grammar.automaton import Letters
from hub.grammar.lexicon import Lexicon, lexicon, walk
from hub.grammar.nearest import Names
from hub.grammar.parse import Parse, Word
from hub.grammar.reading import Reading
from hub.grammar.said import Said
from hub.grammar.spans import Spans
from hub.grammar.template import Text
from hub.grammar.vocabulary import Vocabulary
from hub.home import Home
from hub.korean.jamo import squash

MAX_LENGTH = 200
"""Syllables of the longest sentence that is looked at: nobody asks a butler for more in one breath."""

MAX_TEXT = 10 * MAX_LENGTH
"""Characters of the longest text that is looked at: a syllable may be three jamo, with spaces between them."""

MAX_TURNED = 40
"""Syllables of the longest sentence in which words after the verb, or a verb of several acts, are looked for."""

MAX_UNKNOWN = 24
"""Syllables of the longest sentence in which a name that nobody has is looked for."""

MAX_CLAUSES = 6
"""Commands in one sentence."""

ALONE = frozenset({"JipsaYes", "JipsaNo", "JipsaFragment", "JipsaRepeat", "JipsaAgain", "JipsaUndo"})
"""Intents that are about the conversation itself: a sentence of its own, and only where nothing else is meant."""


class Grammar:
    """The grammar of one home. Build it once; it is rebuilt when the home changes."""

    def __init__(self, home: Home, known: Lexicon | None = None) -> None:
        """`known` is the lexicon, with the household's own sentences where there are any."""
        self.words = Vocabulary(home, known or lexicon())
        self._openings: Letters | None = None
        self._names: Names | None = None
        self._last: tuple[str, Spans] | None = None

    def nearest(self, said: str) -> str | None:
        """The name of a device or a room (squashed) that was nearly said."""
        if self._names is None:  # most sentences do not ask
            self._names = Names(self.words.names)
        return self._names.nearest(said)

    def parse(self, text: str) -> list[tuple[Parse, ...]]:
        """All meanings of `text`, each a row of clauses, best explained first; empty when it is no sentence."""
        spans = self._spans(text, MAX_LENGTH)
        if spans is None:
            return []
        return self._read(Reading(spans)) or self._turned(spans)

    def shared(self, text: str) -> list[tuple[Parse, ...]]:
        """The meanings of a sentence whose verb asks something else of each target: 현관문이랑 가스 밸브 잠가줘."""
        spans = self._spans(text, MAX_TURNED)
        return _best(sentence for _, sentence in self._shared(spans)) if spans is not None else []

    def _spans(self, text: str, longest: int) -> Spans | None:
        """What stands where in the sentence; None when there is nothing in it, or more than `longest` syllables.

        That of the last sentence is kept, since one that is refused is read again to say why.
        """
        if len(text) > MAX_TEXT:
            return None
        if self._last is None or self._last[0] != text:
            self._last = text, Spans(self.words, Said.of(text))
        spans = self._last[1]
        return spans if 0 < len(spans.said.text) <= longest else None

    def _read(self, reading: Reading) -> list[tuple[Parse, ...]]:
        return _best(sentence for start in reading.starts() for sentence in reading.sentences(start, MAX_CLAUSES))

    def _turned(self, spans: Spans) -> list[tuple[Parse, ...]]:
        """The meanings of a sentence with words after its verb (꺼줘, 거실 불), read with the verb at its end."""
        found: list[tuple[Parse, ...]] = []
        said = spans.said
        if len(said.text) <= MAX_TURNED:
            for at in range(len(said.text) - 1):
                for end, acts in spans.stems(at).requests():
                    if end < len(said.text) and self._goes_on(said.text[end]):
                        # One command, and nothing is skipped: what stands first was said before the verb, or after it.
                        turned = Spans(self.words, said.last(at, end))
                        found += Reading(turned, acts, free=False).sentences(0, 1)
        return _best(found)

    def _shared(self, spans: Spans) -> Iterator[tuple[int, tuple[Parse, ...]]]:
        """The number of syllables after the last target, which belong to all of them, and a meaning."""
        said = spans.said
        for end, after in spans.joints():
            rest = Spans(self.words, said.without(0, after))
            last = [
                (len(rest.said.text) - stop, sentence)
                for sentence in self._read(Reading(rest, free=False))
                if len(sentence) == 1 and (stop := _targets_end(sentence[0]))
            ]
            for tail, others in last or self._shared(rest):
                first = Spans(self.words, said.without(end, len(said.text) - tail))
                for sentence in self._read(Reading(first, free=False)):
                    if len(sentence) == 1:
                        yield tail, (*sentence, *others)

    def _goes_on(self, letter: str) -> bool:
        """Whether any phrase or filler may begin with this letter."""
        if self._openings is None:
            first = self.words.beginnings.first
            calls = (first[call] or frozenset() for call in self.words.constructions.automaton.start.calls)
            fillers = (self.words.lists[name].first_letters() for name in ("filler", "opener"))
            letters = frozenset(self.words.constructions.automaton.start.letters)
            self._openings = letters.union(*calls, *fillers)
        return letter in self._openings

    def unknown(self, text: str) -> list[str]:
        """Parts of a refused sentence that stand where a device or a room should (스탠드 켜줘), shortest first."""
        spans = self._spans(text, MAX_UNKNOWN)
        if spans is None:
            return []
        reading = Reading(spans, free=False, gap=True)
        sentences = (found for start in reading.starts() for found in reading.sentences(start, MAX_CLAUSES))
        parts = {parse.unknown for sentence in sentences for parse in sentence} - _known_words(self.words.lexicon)
        unknown = (part for part in parts if part and not self._closes(part, 0))
        return sorted(unknown, key=lambda part: (len(part), part))

    def is_new(self, part: str, text: str) -> bool:
        """Whether a part of a text may be a name that nobody has: one word, in which no known word is found."""
        if not any(part in squash(word) for word in text.split()):
            return False
        ends = {end for entries in self.words.lists.values() for end, _ in entries.matches(part, 0)}
        if any(end > 1 or self._closes(part, end) for end in ends):
            return False
        names = (self.words.lists[name] for name in ("device", "area", "type"))
        return not any(
            end > at + 1 for entries in names for at in range(1, len(part)) for end, _ in entries.matches(part, at)
        )

    def _closes(self, part: str, at: int) -> bool:
        return bool(self.words.lexicon.closings.at(part, at).final((len(part),)))

    def explained(self, text: str) -> tuple[tuple[Word, ...], str | None]:
        """As much of the beginning of a refused sentence as means something, and the rest, as it was said.

        The rest is None where nothing at all is explained.
        """
        spans = self._spans(text, MAX_TURNED)
        if spans is None:
            return (), None
        said = spans.said
        words = Reading(spans, free=False, open_ended=True).furthest()
        if not words or words[-1].end == len(said.text):
            return words, None
        return words, said.as_said(words[-1].end, len(said.text))


def _best(sentences: Iterable[tuple[Parse, ...]]) -> list[tuple[Parse, ...]]:
    """Each meaning once, and of those that leave words unexplained only the ones that leave fewest."""
    sentences = list(sentences)
    sentences = [one for one in sentences if not _converses(one)] or [one for one in sentences if len(one) == 1]
    if len(sentences) < 2:
        return sentences
    found: dict[object, tuple[Parse, ...]] = {}
    costs: dict[object, tuple[int, ...]] = {}
    for sentence in sentences:
        key = tuple(parse.meaning() for parse in sentence)
        cost = _cost(sentence)
        if key not in costs or cost < costs[key]:
            found[key], costs[key] = sentence, cost
    least = min(costs.values(), default=None)
    return [sentence for key, sentence in found.items() if costs[key] == least]


def _targets_end(parse: Parse) -> int:
    """Where the targets of a clause end; 0 where anything else is said before or between them."""
    targets = [word.role in _TARGETS for word in parse.words]
    count = targets.index(False) if False in targets else 0
    return parse.words[count - 1].end if count and not any(targets[count:]) else 0


_TARGETS = frozenset({"area", "target"})


def _converses(sentence: tuple[Parse, ...]) -> bool:
    """Whether it is about the conversation: 네, but not the 어 of 어, 고마워."""
    return any(parse.intent in ALONE for parse in sentence)


def _cost(sentence: tuple[Parse, ...]) -> tuple[int, ...]:
    free, named, fillers, cut = map(sum, zip(*(parse.cost() for parse in sentence), strict=True))
    opener = sentence[0].start
    return free + (2 * (opener == 1) if free else 0), len(sentence), named, fillers + 2 * opener, cut


@lru_cache(maxsize=2)
def _known_words(known: Lexicon) -> frozenset[str]:
    """Words that mean something: they are no names that nobody has (냉방 난방으로)."""
    values = (entry.words for entries in known.lists.values() for entry in entries)
    nouns = (noun for kinds in (known.types, known.classes) for words in kinds.values() for noun in words)
    said = (*values, *nouns, *known.fillers, *known.openers, *known.closers, *known.here)
    asks = known.verbs["asks"].keys() | known.verbs["describes"].keys()
    asked = (phrase for frame in known.frames if frame.acts & asks for phrase in frame.phrases)
    templates = [*known.rules.values(), *asked]
    texts = frozenset(node.text for template in templates for node in walk(template) if isinstance(node, Text))
    return texts.union(map(squash, said))
