"""A trie over squashed text: every entry that starts at a position, in one walk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

V = TypeVar("V")


class Trie(Generic[V]):
    """Maps text to values; several values may share one text."""

    __slots__ = ("_root",)

    def __init__(self) -> None:
        self._root: dict[str, object] = {}

    def add(self, text: str, value: V) -> None:
        """Add one entry; the empty text is no entry."""
        if not text:
            return
        node = self._root
        for letter in text:
            node = node.setdefault(letter, {})  # type: ignore[assignment]
        values: list[V] = node.setdefault("", [])  # type: ignore[assignment]
        if value not in values:
            values.append(value)

    def texts(self) -> Iterator[str]:
        """Every text that has a value."""
        stack: list[tuple[str, dict[str, object]]] = [("", self._root)]
        while stack:
            text, node = stack.pop()
            for letter, then in node.items():
                if letter:
                    stack.append((text + letter, then))  # type: ignore[arg-type]
                else:
                    yield text

    def first_letters(self) -> frozenset[str]:
        """What entries begin with."""
        return frozenset(self._root)

    def matches(self, text: str, start: int) -> list[tuple[int, V]]:
        """Every entry that stands at `start`, as (end, value), shortest first."""
        found: list[tuple[int, V]] = []
        node = self._root
        for position in range(start, len(text)):
            step = node.get(text[position])
            if step is None:
                break
            node = step  # type: ignore[assignment]
            values: list[V] = node.get("", [])  # type: ignore[assignment]
            found.extend((position + 1, value) for value in values)
        return found
