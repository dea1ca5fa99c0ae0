"""The last keys and what became of them: how a receiver knows an id that it has already carried out."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The last `limit` keys and what became of them: how a receiver knows an id that it has already carried out."""

    def __init__(self, limit: int = 1_000) -> None:
        self._limit = limit
        self._items: OrderedDict[K, V] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        return key in self._items

    def get(self, key: K) -> V | None:
        """What `key` led to, or None when it is not remembered."""
        return self._items.get(key)

    def put(self, key: K, value: V) -> None:
        """Remember `key`; the oldest is forgotten beyond the limit."""
        self._items[key] = value
        self._items.move_to_end(key)
        if len(self._items) > self._limit:
            self._items.popitem(last=False)
