"""Which word groups in a row are a whole command: the grammar that the graph was made of, as a table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.grammar.acceptor import Acceptor


class Commands:
    """The commands of one home. Some 50,000 arcs take half a megabyte, in memory and as a file."""

    def __init__(self, labels: list[str], arcs: NDArray[Any], finals: Iterable[int]) -> None:
        """`arcs` has a row for each: source, place in `labels`, target."""
        self._labels = labels
        self._arcs = arcs
        self._finals = frozenset(map(int, finals))
        self._numbers = {label: number for number, label in enumerate(labels)}
        keys = arcs[:, 0].astype(np.int64) * len(labels) + arcs[:, 1]
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._targets = arcs[order, 2]
        self._open = frozenset(arcs[arcs[:, 1] != self._numbers.get("", -1), 0].tolist())

    @classmethod
    def of(cls, accepted: Acceptor) -> Commands:
        """The commands that an acceptor accepts."""
        labels = sorted({label for _, _, label in accepted.arcs})
        numbers = {label: number for number, label in enumerate(labels)}
        rows = [(source, numbers[label], target) for source, target, label in accepted.arcs]
        return cls(labels, np.array(rows, np.int32).reshape(-1, 3), accepted.finals)

    def save(self, path: Path) -> None:
        """Write them as a file of numpy's (npz)."""
        labels = np.frombuffer("\n".join(self._labels).encode(), np.uint8)
        np.savez(path, labels=labels, arcs=self._arcs, finals=np.array(sorted(self._finals), np.int32))

    @classmethod
    def load(cls, path: Path) -> Commands:
        """Read what `save` wrote. Raises OSError, ValueError."""
        with np.load(path) as kept:
            return cls(kept["labels"].tobytes().decode().split("\n"), kept["arcs"], kept["finals"].tolist())

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
