"""The composition with look-ahead, held against every path of both sides, one by one."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hub.speech.compose import compose
from hub.speech.openfst import ARC, NOT_FINAL, Fst

Path = tuple[tuple[int, ...], tuple[int, ...], float]
Arcs = list[tuple[int, int, int, int, int]]


def paths(fst: Fst, longest: int = 8) -> Counter[Path]:
    """Every accepted path: input labels without epsilons, output labels without epsilons, weight."""
    found: Counter[Path] = Counter()
    stack: list[tuple[int, tuple[int, ...], tuple[int, ...], float, int]] = [(fst.start, (), (), 0.0, 0)]
    while stack:
        state, read, wrote, weight, length = stack.pop()
        if fst.finals[state] != NOT_FINAL:
            found[read, wrote, round(weight + float(fst.finals[state]), 3)] += 1
        if length < longest:
            for arc in fst.arcs[fst.sources == state].tolist():
                label, output, cost, after = arc
                stack.append(
                    (after, read + (label,) * (label > 0), wrote + (output,) * (output > 0), weight + cost, length + 1)
                )
    return found


def acyclic(arcs: Arcs, states: int) -> Fst:
    """An FST whose arcs only lead onwards; the last state is final."""
    forward = [(min(a, b), max(a, b), i, o, w) for a, b, i, o, w in arcs if a != b] + [
        (state, state + 1, 1, 0, 0) for state in range(states - 1)
    ]
    table = np.array([(i, o, w / 4, to) for _, to, i, o, w in forward], ARC)
    finals = np.full(states, NOT_FINAL, np.float32)
    finals[-1] = 0
    return Fst.of(0, finals, np.array([source for source, *_ in forward], np.int32), table)


def arcs(outputs: st.SearchStrategy[int], inputs: st.SearchStrategy[int]) -> st.SearchStrategy[Arcs]:
    place = st.integers(0, 3)
    return st.lists(st.tuples(place, place, inputs, outputs, st.integers(0, 4)), max_size=6)


@given(arcs(st.integers(0, 3), st.integers(0, 2)), arcs(st.integers(5, 7), st.integers(1, 3)))
def test_it_accepts_what_both_accept_together(left: Arcs, right: Arcs) -> None:
    lexicon, grammar = acyclic(left, 4), acyclic(right, 4)
    expected: Counter[Path] = Counter()
    for (read, words, cost), times in paths(lexicon).items():
        for (taken, wrote, more), again in paths(grammar).items():
            if words == taken:
                expected[read, wrote, round(cost + more, 3)] += times * again
    assert paths(compose(lexicon, grammar), longest=12) == expected


def test_every_state_of_the_result_leads_to_an_end() -> None:
    lexicon = acyclic([(0, 3, 1, 1, 0), (0, 2, 1, 2, 0), (1, 3, 1, 3, 0)], 4)
    grammar = acyclic([(0, 3, 1, 5, 0)], 4)
    result = compose(lexicon, grammar)
    leads = set(np.flatnonzero(result.finals != NOT_FINAL).tolist())
    for _ in range(len(result.finals)):
        leads |= set(result.sources[np.isin(result.arcs["next"], list(leads))].tolist())
    assert leads == set(range(len(result.finals)))
