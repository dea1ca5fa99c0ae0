"""Names that were nearly said: 거시등 where the home has a 거실등.

Only names are ever matched by their likeness, never a verb, a number or a polarity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from rapidfuzz.distance import Levenshtein

from hub.korean.jamo import is_syllable, split

SHORTEST = 5
"""Jamo of the shortest name that is matched: shorter ones are all like each other."""

JAMO_A_SLIP = 10
"""For so many jamo of a name one may be wrong."""

_COUNTED = frozenset("0123456789영일이삼사오육칠팔구십백천만한두세네")


class Names:
    """Names of one home, kept by their length: a slip changes it little, so that few of many are compared."""

    def __init__(self, names: Iterable[str]) -> None:
        """`names` are squashed."""
        self._by_length: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        for name in names:
            jamo = _jamo(name)
            self._by_length[len(jamo)].append((jamo, name))

    def nearest(self, said: str) -> str | None:
        """The name that `said` is clearly nearest to; None when none is near, or two are.

        Distance is counted in jamo (거시등 and 거실등 differ in one). Numbers in a name must be said as they are.
        """
        heard = _jamo(said)
        if len(heard) < SHORTEST:
            return None
        most = max(1, len(heard) // JAMO_A_SLIP)
        lengths = range(len(heard) - most, len(heard) + most + 1)
        near = sorted(
            (distance, name)
            for jamo, name in chain.from_iterable(self._by_length.get(length, ()) for length in lengths)
            if (distance := Levenshtein.distance(heard, jamo, score_cutoff=most)) <= most
            and not _counts_otherwise(name, said)
        )
        if not near or (len(near) > 1 and near[1][0] == near[0][0]):
            return None
        return near[0][1]


def _jamo(text: str) -> str:
    return "".join("".join(split(letter)) if is_syllable(letter) else letter for letter in text)


def _counts_otherwise(name: str, said: str) -> bool:
    """Whether both may hold numbers, and not the same: 2층 is not 3층."""
    ours, theirs = ([letter for letter in text if letter in _COUNTED] for text in (name, said))
    return ours != theirs and (len(ours) == len(theirs) or any(letter.isdecimal() for letter in (*ours, *theirs)))
