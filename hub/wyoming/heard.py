"""What is known of a sound or a text that was recognized here a moment ago, and comes back by way of Home Assistant.

Between the services, Home Assistant carries sound alone, or text alone. It is remembered until they come back: so what
the satellite has understood is not recognized a second time, without the name before it; and the butler still asks
where the recognizer was not sure, and knows in which room somebody spoke.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from hub.recent import Recent
from hub.speech.recognizer import Segment
from hub.speech.sound import RATE

LASTS = 10.0
"""Seconds: by then a text has come back, or somebody else says the same."""

KEY_BYTES = RATE // 2 * 2
"""How much of a sound, from its beginning, tells it from all others: half a second."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a text: how sure the recognizer is of it, whether it may be the opposite, and where it was said."""

    confidence: float | None = None
    unsure: bool = False
    room: str | None = None


class Heard:
    """The last sounds and texts."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sounds: Recent[bytes, Segment] = Recent(20)
        self._texts: Recent[str, tuple[float, Facts]] = Recent(20)

    def keep(self, sound: bytes, segment: Segment) -> None:
        """This sound was recognized as this segment."""
        if len(sound) >= KEY_BYTES:
            self._sounds.put(sound[:KEY_BYTES], segment)

    def segment(self, sound: bytes) -> Segment | None:
        """What a sound was recognized as, by its first KEY_BYTES."""
        return self._sounds.get(sound[:KEY_BYTES])

    def note(self, text: str, confidence: float, *, unsure: bool) -> None:
        """Somebody's voice was recognized as this text."""
        self._texts.put(text, (self._clock(), Facts(confidence, unsure)))

    def locate(self, text: str, room: str | None) -> None:
        """This text was said in a room."""
        self._texts.put(text, (self._clock(), replace(self.facts(text), room=room)))

    def facts(self, text: str) -> Facts:
        """What is known of a text now."""
        at, facts = self._texts.get(text) or (0.0, Facts())
        return facts if self._clock() - at < LASTS else Facts()
