"""Listening: from the frames of a microphone to spoken segments, by way of the gate and the end of speech.

Vosk waits for phones that it takes for silence, and takes a room's noise for speech; so the gate decides when somebody
has stopped, and the grammar whether what was said is whole. A whole command is over at once. Who stops in the middle
(거실 불 … 꺼줘) is given time, and what was said before the pause is heard again together with the rest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from hub.speech.denoise import denoised
from hub.speech.gate import Gate
from hub.speech.recognizer import Partial, Recognizer, Segment
from hub.speech.sound import RATE, Frames
from hub.speech.tuning import END_OF_COMMAND, END_OF_OPEN_COMMAND, END_OF_SPEECH, END_OF_WAKE


async def listen(current: Callable[[], Recognizer], frames: Frames, gate: Gate) -> AsyncIterator[Partial | Segment]:
    """Every spoken segment, and what is heard of it while it goes on. The recognizer sleeps while the gate is shut.

    Each utterance is heard by the recognizer that is the `current` one when it begins. The times of segments are those
    of the sound. When somebody else shuts the gate, what was being said is forgotten.
    """
    hearing = _Hearing(current(), 0)
    async for frame in denoised(frames):
        if not hearing.sounding and current() is not hearing.recognizer:
            hearing = _Hearing(current(), hearing.taken)
        if hearing.sounding and not gate.open:
            for heard in await hearing.recognizer.compute(hearing.dropped):
                yield heard
        passed = gate.take(frame)
        hearing.taken += len(frame)
        if passed:
            for heard in await hearing.recognizer.compute(hearing.hear, passed, not gate.silence):
                yield heard
        if hearing.sounding and gate.silence >= END_OF_COMMAND:
            for heard in await hearing.recognizer.compute(hearing.ended, gate.silence):
                yield heard
            if not hearing.sounding:
                gate.shut()
    if hearing.sounding:
        for heard in await hearing.recognizer.compute(hearing.ended, END_OF_SPEECH):
            yield heard


class _Hearing:
    """What was said since the gate opened. It computes in the recognizer's thread."""

    def __init__(self, recognizer: Recognizer, taken: int) -> None:
        self.recognizer = recognizer
        self._decoder = recognizer.decoder()
        self.taken = taken
        """Bytes of the sound so far."""
        self._frames: list[bytes] = []
        self._partial = Partial("")
        self._paused: list[Segment] | None = None
        """What was said before a silence that lasts."""

    @property
    def sounding(self) -> bool:
        """Whether something was said that is not concluded."""
        return bool(self._frames)

    def hear(self, passed: list[bytes], voiced: bool) -> list[Partial | Segment]:
        """Hear the frames that the gate has let through; `voiced`, whether the last of them is speech."""
        begins = not self._frames
        self._frames += passed
        if self._paused is not None:
            if not voiced:
                return []
            passed, begins, self._paused = self._frames, True, None
        if begins:
            self._decoder.begin((self.taken - sum(map(len, passed))) / 2 / RATE)
        if segments := self._decoder.accept(passed):
            self._forget()
            return list(segments)
        before, self._partial = self._partial, self._decoder.partial()
        return [self._partial] if self._partial != before else []

    def ended(self, silence: float) -> list[Partial | Segment]:
        """What was said before a silence of so many seconds; nothing yet where the speaker may go on.

        What turns out to be nothing is an empty partial.
        """
        if self._paused is None:
            self._paused = self._decoder.finish()
        if silence < END_OF_SPEECH and not any(self._is_over(segment, silence) for segment in self._paused):
            return []
        heard: list[Partial | Segment] = [*self._paused]
        if self._partial != Partial("") and not heard:
            heard = [Partial("")]
        self._forget()
        return heard

    def dropped(self) -> list[Partial | Segment]:
        """What is told when nobody is to know what was said."""
        self._decoder.finish()
        self._paused = []
        return self.ended(END_OF_SPEECH)

    def _is_over(self, segment: Segment, silence: float) -> bool:
        if segment.refused is not None:
            return False
        if not segment.text:
            return segment.called and silence >= END_OF_WAKE
        return silence >= END_OF_OPEN_COMMAND or self.recognizer.commands.closed(segment.text.split())

    def _forget(self) -> None:
        self._frames, self._paused, self._partial = [], None, Partial("")
