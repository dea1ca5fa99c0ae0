"""The grammar of a home as a transducer from words of the vocabulary to what was said: the G of the home graph.

Its output symbols are ours: a piece that begins a phrase of the grammar is written as it is ("켜"), one that goes on
with a phrase has JOIN before it ("+주세요"), and every filler syllable is FILLER, so that no speech aside can be
mistaken for a word of a command, not even where it sounds the same.

Runs where kaldifst is, never where Vosk is.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.grammar.acceptor import Acceptor
from hub.korean.jamo import is_syllable
from hub.speech.cuts import cuts
from hub.speech.openfst import ARC, NOT_FINAL, Arcs, Fst, read_const, write_const
from hub.speech.tuning import FILLER, HESITATION, HESITATIONS, JOIN, Filler
from hub.speech.wake import WAKE, is_wake, wake_cuts


@dataclass(slots=True)
class Symbols:
    """Output symbols and their ids, in the order they were met; 0 is epsilon."""

    ids: dict[str, int] = field(default_factory=lambda: {"<eps>": 0})

    def id(self, symbol: str) -> int:
        """Return the id of `symbol`, a new one when it is new."""
        return self.ids.setdefault(symbol, len(self.ids))


def through_kaldifst(fst: Fst, work: Callable[[Any], Any]) -> Fst:
    """Have kaldifst do `work` on `fst`: it takes a StdVectorFst and returns one, or changes it and returns None."""
    import kaldifst

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fst"
        write_const(path, fst)
        native = kaldifst.StdVectorFst(kaldifst.StdConstFst.read(str(path)))
        done = work(native)
        kaldifst.StdConstFst(native if done is None else done).write(str(path))
        result = read_const(path)
        return Fst(result.start, result.finals, result.sources, result.arcs.copy())


def minimal(fst: Fst) -> Fst:
    """Return the smallest deterministic acceptor that accepts the same, without epsilons."""
    import kaldifst

    def work(native: Any) -> None:
        kaldifst.determinize_star(native)
        kaldifst.minimize(native)

    return through_kaldifst(fst, work)


def acceptor(arcs: Iterable[tuple[int, int, int]], finals: Iterable[int]) -> Fst:
    """Make an unweighted acceptor of arcs (source, destination, label) that starts in state 0."""
    table = np.array(list(arcs), dtype=np.int32).reshape(-1, 3)
    final_states = np.fromiter(finals, dtype=np.int32)
    count = int(max(table[:, :2].max(initial=0), final_states.max(initial=0))) + 1
    weights = np.full(count, NOT_FINAL, np.float32)
    weights[final_states] = 0
    filled = np.zeros(len(table), ARC)
    filled["next"] = table[:, 1]
    filled["input"] = filled["output"] = table[:, 2]
    return Fst.of(0, weights, table[:, 0], filled)


@dataclass(frozen=True, slots=True)
class Grammar:
    """The transducer, its output symbols, and the phrases that had to be left out because no words say them."""

    fst: Fst
    symbols: Symbols
    phrases: int
    unsayable: list[str]


def compile_grammar(accepted: Acceptor, vocabulary: Mapping[str, int], filler: Filler) -> Grammar:
    """Cut the phrases of `accepted` into words, minimize, and add the filler."""
    phrases = sorted({label for _source, _destination, label in accepted.arcs if label})
    number = {"": 0} | {phrase: place for place, phrase in enumerate(phrases, 1)}
    small = minimal(acceptor(((s, d, number[label]) for s, d, label in accepted.arcs), accepted.finals))
    symbols = Symbols()
    filler_id = symbols.id(FILLER)
    pairs: dict[tuple[int, int], int] = {}
    chains = [[], *(_chains(phrase, vocabulary, symbols, pairs) for phrase in phrases)]
    pauses = [pairs.setdefault((vocabulary[word], symbols.id(HESITATION)), len(pairs) + 1) for word in HESITATIONS]
    calls = {place for place, phrase in enumerate(phrases, 1) if is_wake(phrase)}
    unsayable = [phrase for phrase, found in zip(phrases, chains[1:], strict=True) if not found]
    mark = len(pairs) + 1
    commands, broken = _unmarked(minimal(_expanded(small, chains, _pauses(small, calls, pauses), mark)), mark)
    words, written = np.array([(0, 0), *pairs], np.int32).T
    commands.arcs["output"] = written[commands.arcs["input"]]
    commands.arcs["input"] = words[commands.arcs["input"]]
    # A word costs the same however many pieces say it: 꺼 줘 must not be dearer than 켜줘.
    begins = np.array([not symbol.startswith(JOIN) for symbol in symbols.ids])
    names = np.array([symbol.startswith(WAKE) for symbol in symbols.ids])
    costs = np.where(names, filler.wake, filler.word * begins).astype(np.float32)
    costs[symbols.id(HESITATION)] = filler.hesitation
    commands.arcs["weight"] += costs[commands.arcs["output"]]
    spoken = [vocabulary[syllable] for syllable in frequent_syllables(vocabulary, filler.syllables)]
    # Filler behind a command shall follow whole ones only, so that the other ends come last.
    fst = with_filler(commands, spoken, filler_id, filler)
    fst.finals[broken] = np.minimum(fst.finals[broken], np.float32(filler.broken))
    return Grammar(fst, symbols, len(phrases), unsayable)


def _chains(
    phrase: str, vocabulary: Mapping[str, int], symbols: Symbols, pairs: dict[tuple[int, int], int]
) -> list[list[int]]:
    """Return the cuts of `phrase` as chains of labels, each of which stands for a (word, output symbol) of `pairs`.

    What is written is divided as in the first cut, the shortest; longer ones end in bare JOINs. So they all write the
    same, and the recognizer's confidence in a piece is not divided among the ways to say it.
    """
    mark = WAKE if is_wake(phrase) else ""
    said = phrase.removeprefix(mark)
    found = wake_cuts(said, vocabulary) if mark else cuts(said, vocabulary)
    written: list[str] = []
    place = 0
    for word in found[0] if found else ():
        written.append((JOIN if place else mark) + said[place : place + len(word)])
        place += len(word)
    return [
        [
            pairs.setdefault((vocabulary[word], symbols.id(symbol)), len(pairs) + 1)
            for word, symbol in zip_longest(cut, written, fillvalue=JOIN)
        ]
        for cut in found
    ]


def _unmarked(commands: Fst, mark: int) -> tuple[Fst, NDArray[np.int32]]:
    """Return `commands` without the arcs labelled `mark`, and the states where they began."""
    marks = commands.arcs["input"] == mark
    return Fst(commands.start, commands.finals, commands.sources[~marks], commands.arcs[~marks]), np.unique(
        commands.sources[marks]
    )


def _pauses(small: Fst, calls: set[int], labels: Iterable[int]) -> list[tuple[int, int]]:
    """The states in which a command may begin, each with the labels of hesitation."""
    called = np.isin(small.arcs["input"], list(calls))
    begins = sorted({small.start, *small.arcs["next"][called].tolist()})
    return [(state, label) for state in begins for label in labels]


def _expanded(small: Fst, chains: list[list[list[int]]], pauses: list[tuple[int, int]], mark: int) -> Fst:
    """Replace every arc of phrases by the chains of labels that say its phrase.

    `pauses` are labels that may come any number of times in a state. Where a phrase ends, an arc labelled `mark` leads
    to the end, since minimizing gives the states other numbers.
    """
    arcs: list[tuple[int, int, int]] = []
    fresh = len(small.finals)
    # The reader of arcs starts in state 0, and minimizing may have started elsewhere.
    rename = {small.start: 0, 0: small.start}
    for source, phrase, after in zip(
        small.sources.tolist(), small.arcs["input"].tolist(), small.arcs["next"].tolist(), strict=True
    ):
        for chain in chains[phrase]:
            here = rename.get(source, source)
            for label in chain[:-1]:
                arcs.append((here, fresh, label))
                here, fresh = fresh, fresh + 1
            arcs.append((here, rename.get(after, after), chain[-1]))
    arcs += [(rename.get(state, state), rename.get(state, state), label) for state, label in pauses]
    arcs += [(rename.get(state, state), fresh, mark) for state in set(small.arcs["next"].tolist())]
    finals = np.flatnonzero(small.finals != NOT_FINAL).tolist()
    return acceptor(arcs, [fresh, *(rename.get(state, state) for state in finals)])


def frequent_syllables(vocabulary: Mapping[str, int], count: int) -> list[str]:
    """Return the `count` syllables that occur most in the words of the vocabulary and are words themselves."""
    seen = Counter(syllable for word in vocabulary for syllable in word)
    single = [word for word in vocabulary if is_syllable(word)]
    return sorted(single, key=lambda syllable: (-seen[syllable], syllable))[:count]


def with_filler(commands: Fst, spoken: list[int], filler_id: int, filler: Filler) -> Fst:
    """Add filler to `commands`: instead of a command, before one, and after one.

    A command with filler around it is no command either; it is there so that speech which only begins or ends like one
    (거실 난방을 켜 드릴게요) is heard as what it is.
    """
    before = len(commands.finals)
    behind, after = before + 1, before + 2
    beginning = commands.sources == commands.start
    returning = commands.arcs[beginning]
    returning["weight"] += np.float32(filler.enter)
    # Filler behind a command begins behind the words that end one: once for all of them, not once for every end.
    ending = commands.finals[commands.arcs["next"]] != NOT_FINAL
    leaving = commands.arcs[ending]
    leaving["weight"] += np.float32(filler.enter)
    leaving["next"] = behind
    blocks = [
        (commands.sources, commands.arcs),
        _fan(commands.start, before, spoken, filler_id, filler.cost),
        _fan(before, before, spoken, filler_id, filler.cost),
        (np.full(len(returning), before, np.int32), returning),
        (commands.sources[ending], leaving),
        _fan(behind, after, spoken, filler_id, filler.cost),
        _fan(after, after, spoken, filler_id, filler.cost),
    ]
    finals = np.append(commands.finals, np.array([0, NOT_FINAL, 0], np.float32))
    sources, arcs = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return Fst.of(commands.start, finals, sources, arcs)


def _fan(source: int, target: int, words: list[int], symbol: int, cost: float) -> tuple[NDArray[np.int32], Arcs]:
    """Return arcs from one state to another, one for every word."""
    arcs = np.zeros(len(words), ARC)
    arcs["input"] = words
    arcs["output"] = symbol
    arcs["weight"] = cost
    arcs["next"] = target
    return np.full(len(words), source, np.int32), arcs
