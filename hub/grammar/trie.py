"""A trie over squashed text: every entry that starts at a position, in one walk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

V = TypeVar("V")


class Trie(Generic[V]):
    """Maps text to values; several values may share one text."""

    __slots__ = ("_root",)

    def __init__(self) -> None:
        self._root: dict[str | None, object] = {}

    def add(self, text: str, value: V) -> None:
        """Add one entry; the empty text is no entry."""
        if not text:
            return
        node = self._root
        for letter in text:
            node = node.setdefault(letter, {})  # type: ignore[assignment]
        values: list[V] = node.setdefault(None, [])  # type: ignore[assignment]
        if value not in values:
            values.append(value)

    def pack(self) -> None:
        """Keep what entries end alike only once. Nothing can be added afterwards."""
        self._root = _packed(self._root, {})

    def texts(self) -> Iterator[str]:
        """Every text that has a value."""
        stack: list[tuple[str, dict[str | None, object]]] = [("", self._root)]
        while stack:
            text, node = stack.pop()
            for letter, then in node.items():
                if letter:
                    stack.append((text + letter, then))  # type: ignore[arg-type]
                else:
                    yield text

    def first_letters(self) -> frozenset[str]:
        """What entries begin with."""
        return frozenset(letter for letter in self._root if letter)

    def matches(self, text: str, start: int) -> list[tuple[int, V]]:
        """Every entry that stands at `start`, as (end, value), shortest first."""
        found: list[tuple[int, V]] = []
        node = self._root.get(text[start : start + 1])
        end = start
        while node is not None:
            end += 1
            if None in node:  # type: ignore[operator]
                found += [(end, value) for value in node[None]]  # type: ignore[index]
            node = node.get(text[end : end + 1])  # type: ignore[attr-defined]
        return found


def _packed(node: dict[str | None, object], same: dict[object, dict[str | None, object]]) -> dict[str | None, object]:
    for letter, then in node.items():
        node[letter] = _packed(then, same) if letter else tuple(then)  # type: ignore[arg-type]
    key = frozenset((letter, id(then) if letter else then) for letter, then in node.items())
    return same.setdefault(key, node)
