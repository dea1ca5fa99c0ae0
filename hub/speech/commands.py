"""Which word groups in a row are a whole command: the grammar that the graph was made of, as a table."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from hub.grammar.acceptor import Acceptor


class Commands:
    """The commands of one home. Some 50,000 arcs take half a megabyte."""

    def __init__(self, accepted: Acceptor) -> None:
        self._numbers = {label: number for number, label in enumerate(sorted({label for _, _, label in accepted.arcs}))}
        table = np.array([(s, self._numbers[label], d) for s, d, label in accepted.arcs], np.int64).reshape(-1, 3)
        keys = table[:, 0] * len(self._numbers) + table[:, 1]
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._targets = table[order, 2].astype(np.int32)
        self._finals = accepted.finals
        self._open = frozenset(source for source, _, label in accepted.arcs if label)

    def complete(self, groups: Iterable[str]) -> bool:
        """Whether these word groups are a whole command (거실, 불, 켜줘), not the beginning of one (거실, 불)."""
        return not self._after_all(groups).isdisjoint(self._finals)

    def closed(self, groups: Iterable[str]) -> bool:
        """Whether they are a whole command that cannot go on: 타이머, 3분 may still become 타이머, 3분, 맞춰줘."""
        states = self._after_all(groups)
        return not states.isdisjoint(self._finals) and not any(state in self._open for state in states)

    def _after_all(self, groups: Iterable[str]) -> set[int]:
        states = self._silently({0})
        for group in groups:
            states = self._silently(self._after(states, group))
        return states

    def _silently(self, states: set[int]) -> set[int]:
        """The states and all that are reached from them without a word."""
        found, waiting = set(states), set(states)
        while waiting:
            waiting = self._after(waiting, "") - found
            found |= waiting
        return found

    def _after(self, states: set[int], label: str) -> set[int]:
        if label not in self._numbers:
            return set()
        keys = np.fromiter(states, np.int64) * len(self._numbers) + self._numbers[label]
        starts, ends = np.searchsorted(self._keys, keys), np.searchsorted(self._keys, keys, "right")
        return {int(target) for start, end in zip(starts, ends, strict=True) for target in self._targets[start:end]}
