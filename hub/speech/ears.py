"""The ears of a satellite: whether it was called, for how long it listens, and who has closed them.

All times are those of the sound that comes in, in seconds, so they hold however fast it comes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hub.speech.sound import HISS, RATE, Frames
from hub.speech.tuning import LONGEST_ATTENTION, NO_SPEECH

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Closing:
    """Why the ears are closed, and until when at the latest."""

    reason: str
    until: float


class Ears:
    """Passes a microphone's frames on and keeps count of who is listened to."""

    def __init__(self, missed: Callable[[], None]) -> None:
        """`missed` is called when somebody called and then said nothing that was understood."""
        self._missed = missed
        self._now = 0.0
        self._until = 0.0
        self._latest = 0.0
        self._closed: dict[str, Closing] = {}

    @property
    def attentive(self) -> bool:
        """Whether somebody called a moment ago, so that a command needs no name."""
        return self._until > 0

    @property
    def closed(self) -> bool:
        """Whether nothing is heard now."""
        return bool(self._closed)

    def attend(self) -> None:
        """Somebody called: listen."""
        self._until, self._latest = self._now + NO_SPEECH, self._now + LONGEST_ATTENTION

    def heard(self) -> None:
        """Somebody speaks: listen on, though not forever."""
        if self.attentive:
            self._until = min(self._now + NO_SPEECH, self._latest)

    def rest(self) -> None:
        """What was wanted is known."""
        self._until = 0.0

    def close(self, owner: str, reason: str, seconds: float) -> None:
        """Hear nothing until the same owner opens the ears, or the time is over."""
        self._closed[owner] = Closing(reason, self._now + seconds)

    def open(self, owner: str) -> None:
        """The owner no longer wants them closed; those of others stay."""
        self._closed.pop(owner, None)

    async def frames(self, microphone: Frames) -> Frames:
        """The frames of a microphone; while the ears are closed, those of a quiet room: what was begun ends."""
        quiet = np.random.default_rng(0).normal(0, HISS, RATE).round().astype("<i2").tobytes()
        async for frame in microphone:
            self._now += len(frame) / 2 / RATE
            self._watch()
            yield quiet[: len(frame)] if self.closed else frame

    def _watch(self) -> None:
        for owner, closing in list(self._closed.items()):
            if self._now >= closing.until:
                log.warning("%s closed the microphone (%s) for too long; it is open again", owner, closing.reason)
                self.open(owner)
        if self.attentive and self._now >= self._until:
            self.rest()
            self._missed()
