"""Composition of the pruned HCLr with a home's G, with look-ahead, in numpy.

A composition without look-ahead walks the whole lexicon at every state of G and throws nearly all of it away again.
Here a pair of states is visited only if, from the lexicon's state, a word can still come that G's state takes (the
idea of OpenFst's label-lookahead filter). All pairs at one distance from the start are visited at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hub.speech.openfst import NOT_FINAL, Arcs, Fst

Bits = NDArray[np.uint64]
Numbers = NDArray[np.int64]


def compose(lexicon: Fst, grammar: Fst) -> Fst:
    """Compose `lexicon` (outputs words) with `grammar` (takes words, without epsilons, outputs its own symbols).

    Every state of both must be reachable and lead to an end; then so does every state of the result.
    """
    ahead = _LookAhead.of(lexicon, grammar)
    matches = _Matches.of(grammar)
    first = _offsets(lexicon)
    width = len(grammar.finals)
    number = np.full(len(lexicon.finals) * width, -1, np.int32)
    start = np.array([lexicon.start * width + grammar.start], np.int64)
    number[start] = 0
    pairs, sources, arcs, targets = [start], [], [], []
    frontier, count = start, 1
    while len(frontier):
        left, right = frontier // width, frontier % width
        at, chosen = _expand(first[left], first[left + 1])
        right, source = right[at], number[frontier][at]
        step, after = matches.follow(lexicon.arcs[chosen], right)
        source, target = source[after], step["next"].astype(np.int64) * width + matches.state
        known = number[target] >= 0
        fresh = np.unique(target[~known])
        fresh = fresh[ahead.possible(fresh // width, fresh % width)]
        number[fresh] = np.arange(count, count + len(fresh), dtype=np.int32)
        count += len(fresh)
        kept = number[target] >= 0
        sources.append(source[kept])
        arcs.append(step[kept])
        targets.append(target[kept])
        pairs.append(fresh)
        frontier = fresh
    every, found = np.concatenate(pairs), np.concatenate(arcs)
    found["next"] = number[np.concatenate(targets)]
    finals = (lexicon.finals[every // width] + grammar.finals[every % width]).astype(np.float32)
    return Fst.of(0, finals, np.concatenate(sources), found)


def _offsets(fst: Fst) -> Numbers:
    """Where the arcs of each state begin; one more number says where the last ones end."""
    return np.searchsorted(fst.sources, np.arange(len(fst.finals) + 1)).astype(np.int64)


def _expand(first: Numbers, last: Numbers) -> tuple[Numbers, Numbers]:
    """All numbers of the ranges first..last, and for each the range that it belongs to."""
    lengths = last - first
    owner = np.repeat(np.arange(len(first)), lengths)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return owner, first[owner] + within


@dataclass(slots=True)
class _Matches:
    """Finds G's arcs by state and word. `state` holds G's state after each arc that `follow` returned."""

    keys: Numbers
    arcs: Arcs
    words: int
    state: Numbers

    @classmethod
    def of(cls, grammar: Fst) -> _Matches:
        words = int(grammar.arcs["input"].max(initial=0)) + 1
        keys = grammar.sources.astype(np.int64) * words + grammar.arcs["input"]
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], grammar.arcs[order], words, np.zeros(0, np.int64))

    def follow(self, arcs: Arcs, right: Numbers) -> tuple[Arcs, Numbers]:
        """Join each arc of the lexicon with the arcs of G for its word; returns them, and which arc each comes from."""
        silent = np.flatnonzero(arcs["output"] == 0)
        speaking = np.flatnonzero(arcs["output"])
        key = right[speaking] * self.words + arcs["output"][speaking]
        key[arcs["output"][speaking] >= self.words] = -1
        first, last = np.searchsorted(self.keys, key, "left"), np.searchsorted(self.keys, key, "right")
        owner, chosen = _expand(first.astype(np.int64), last.astype(np.int64))
        taken = arcs[speaking[owner]].copy()
        taken["output"] = self.arcs["output"][chosen]
        taken["weight"] += self.arcs["weight"][chosen]
        self.state = np.concatenate([right[silent], self.arcs["next"][chosen].astype(np.int64)])
        return np.concatenate([arcs[silent], taken]), np.concatenate([silent, speaking[owner]])


@dataclass(frozen=True, slots=True)
class _LookAhead:
    """For each state of the lexicon the words that may come next, for each state of G the words that it takes.

    Sets are rows of bits; bit 0 stands for the end: without a word more, where G may end, too.
    """

    coming: Bits
    taken: Bits

    @classmethod
    def of(cls, lexicon: Fst, grammar: Fst) -> _LookAhead:
        words = np.unique(grammar.arcs["input"])
        size = (len(words) >> 6) + 1
        taken = _rows(grammar.sources, np.searchsorted(words, grammar.arcs["input"]) + 1, len(grammar.finals), size)
        taken[grammar.finals != NOT_FINAL, 0] |= np.uint64(1)
        output = lexicon.arcs["output"]
        speaking = np.isin(output, words)
        place = np.searchsorted(words, output[speaking]) + 1
        coming = _rows(lexicon.sources[speaking], place, len(lexicon.finals), size)
        coming[lexicon.finals != NOT_FINAL, 0] |= np.uint64(1)
        silent = output == 0
        sources, nexts = lexicon.sources[silent], lexicon.arcs["next"][silent]
        begins = np.flatnonzero(np.diff(sources, prepend=-1))
        while True:  # as often as the longest word has phones
            gathered = coming.copy()
            gathered[sources[begins]] |= np.bitwise_or.reduceat(coming[nexts], begins, axis=0)
            if np.array_equal(gathered, coming):
                return cls(coming, taken)
            coming = gathered

    def possible(self, left: Numbers, right: Numbers) -> NDArray[np.bool_]:
        """Whether these pairs of states lead anywhere."""
        answer = np.zeros(len(left), np.bool_)
        for begin in range(0, len(left), 1 << 18):  # keeps the rows that are compared at once small
            part = slice(begin, begin + (1 << 18))
            answer[part] = (self.coming[left[part]] & self.taken[right[part]]).any(axis=1)
        return answer


def _rows(sources: NDArray[np.int32], places: Numbers, count: int, size: int) -> Bits:
    """Rows of bits: in the row of each source the bit at its place."""
    rows = np.zeros((count, size), np.uint64)
    np.bitwise_or.at(rows, (sources, places >> 6), np.uint64(1) << (places & 63).astype(np.uint64))
    return rows
