"""Wake-word spotting as a Wyoming service: the name stands in the home graph, so the recognizer hears it.

While somebody speaks, the recognizer takes many a sound for the name for a moment (김장을, 가스레인지); it is sure only
when the sentence is over. Who goes on in one breath cannot wait for that. So when the name seems to have been said,
what was said until then is decoded once more, to its end: there is a confidence, and it is known what was said before.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence

from wyoming.wake import Detection, NotDetected

from hub.speech.denoise import denoised
from hub.speech.gate import Gate
from hub.speech.recognizer import Recognizer
from hub.speech.sound import FRAME_SECONDS, RATE, Frames
from hub.wyoming.audio import frames_of
from hub.wyoming.server import Connection

log = logging.getLogger(__name__)

LONGEST = 5.0
"""Seconds of sound that are decoded once more; in longer talk the name has to wait for the end of a sentence."""

SETTLE = 0.15
"""Seconds for which the name must seem to have been said before the first look."""

LOOK = 0.3
"""Seconds between two looks, as long as it seems so."""


async def detect(
    connection: Connection, current: Callable[[], Recognizer], names: Sequence[str], wanted: Sequence[str] | None
) -> None:
    """Listen to the sound that comes, and tell whenever it calls the hub; at its end, if it never did. Raises Gone.

    `names` are what the hub is called by. Where none of them is `wanted`, nothing is detected.
    """
    name = next((known for known in names if not wanted or known in wanted), None)
    detected = False
    async for at in calls(current, frames_of(connection)):
        if name is not None:
            log.info("called: %s", name)
            detected = True
            await connection.write(Detection(name, timestamp=round(at * 1000)))
    if not detected:
        await connection.write(NotDetected())


async def calls(current: Callable[[], Recognizer], frames: Frames) -> AsyncIterator[float]:
    """The moments at which somebody calls the hub, in seconds of the sound. The recognizer sleeps in silence."""
    gate, at = Gate(), 0.0
    spotter: _Spotter | None = None
    async for frame in denoised(frames):
        at += len(frame) / 2 / RATE
        passed = gate.take(frame)
        if passed:
            spotter = spotter or _Spotter(current())
            if await spotter.recognizer.compute(spotter.hear, passed):
                spotter = None
                yield at
        elif spotter is not None:
            if await spotter.recognizer.compute(spotter.end):
                yield at
            spotter = None
    if spotter is not None and await spotter.recognizer.compute(spotter.end):
        yield at


class _Spotter:
    """What was said since the gate opened. It computes in the recognizer's thread."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.recognizer = recognizer
        self._decoder = recognizer.decoder()
        self._sound: list[bytes] = []
        self._seems = 0.0
        self._next = SETTLE

    def hear(self, passed: list[bytes]) -> bool:
        """Hear the frames that the gate has let through; whether they call the hub."""
        self._sound += passed
        if segments := self._decoder.accept(passed):
            self._sound.clear()
            return any(segment.called for segment in segments)
        if not self._decoder.partial().called:
            self._seems, self._next = 0.0, SETTLE
            return False
        self._seems += sum(map(len, passed)) / 2 / RATE
        if self._seems < self._next or len(self._sound) * FRAME_SECONDS > LONGEST:
            return False
        self._next += LOOK
        return self._is_call()

    def end(self) -> bool:
        """Whether it was a call after all, now that the speaker is silent."""
        return any(segment.called for segment in self._decoder.finish())

    def _is_call(self) -> bool:
        decoder = self.recognizer.decoder()
        return any(segment.called for segment in [*decoder.accept(self._sound), *decoder.finish()])
