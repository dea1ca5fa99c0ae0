"""Whether what was heard is right: word for word, in meaning, or the opposite of what was said."""

from __future__ import annotations

from bench.corpus import OPPOSITES
from hub.butler.understanding import Understander
from hub.korean.jamo import squash


class Right:
    """Judges texts."""

    def __init__(self, understander: Understander) -> None:
        self._understander = understander

    def words(self, text: str, said: str) -> bool:
        """Whether every word is right."""
        return squash(text) == squash(said)

    def meaning(self, text: str, said: str) -> bool:
        """Whether the hub would do the same."""
        return self.words(text, said) or (bool(text) and self._meant(text) == self._meant(said))

    def opposite(self, text: str, said: str) -> bool:
        """Whether the opposite was heard: all the same, but for the verb, not 내려 for 올려 where both mean 26도."""
        others = (said.replace(one, other) for one, other in _both(said) if one in said)
        return not self.meaning(text, said) and any(self.meaning(text, other) for other in others)

    def _meant(self, text: str) -> object:
        understood = self._understander.understand(text, "living")
        return understood.intents or understood


def _both(said: str) -> list[tuple[str, str]]:
    return [pair for one, other in OPPOSITES for pair in ((one, other), (other, one))]
