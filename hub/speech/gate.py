"""The gate before the recognizer: it lets sound through while somebody speaks, and what was right before.

The detector is WebRTC's. It takes a hundredth of what the recognizer takes, so that the recognizer can sleep in
silence; what it lets through by mistake is refused there.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import webrtcvad

from hub.speech.loudness import QUIETEST, Floor, decibels
from hub.speech.sound import FRAME_SECONDS, RATE
from hub.speech.tuning import END_OF_SPEECH, GATE_ABOVE, GATE_BEFORE, GATE_MODE, GATE_VOICED

WINDOW_BYTES = RATE // 100 * 2
"""What the detector judges at a time: 10 ms."""


class Gate:
    """Takes every frame of a sound, in order, and says which of them are to be heard."""

    def __init__(self) -> None:
        self._detector = webrtcvad.Vad(GATE_MODE)
        self._floor = Floor()
        self._rest = b""
        self._before: deque[bytes] = deque(maxlen=round(GATE_BEFORE / FRAME_SECONDS))
        self.silence = 0.0
        """Seconds since anybody spoke."""
        self.open = False
        """Whether somebody speaks, or did a moment ago."""
        self.loudness = QUIETEST
        """The loudest frame of speech since the gate opened, in decibels below the loudest sound there is."""

    def take(self, frame: bytes) -> list[bytes]:
        """The frames that are to be heard now: none in silence, and with the first one those right before it."""
        stands_out = self._stands_out(frame)
        voiced = self._voiced(frame) and stands_out
        if voiced:
            level = decibels(np.frombuffer(frame, "<i2"))
            self.loudness = max(level, self.loudness if self.open else QUIETEST)
        self.silence = 0.0 if voiced else self.silence + len(frame) / 2 / RATE
        if self.open and self.silence < END_OF_SPEECH:
            return [frame]
        self._before.append(frame)
        self.open = voiced
        if not voiced:
            return []
        heard = list(self._before)
        self._before.clear()
        return heard

    def shut(self) -> None:
        """Close before the silence is long enough: what was said is whole, or not to be heard."""
        self.open = False
        self._before.clear()

    def _stands_out(self, frame: bytes) -> bool:
        """Whether a frame is louder than the room, which may be as noisy as speech is."""
        level, floor = self._floor.take(frame)
        return level > floor + GATE_ABOVE

    def _voiced(self, frame: bytes) -> bool:
        """Whether enough of a frame is speech; frames need not be whole windows."""
        sound = self._rest + frame
        whole = len(sound) // WINDOW_BYTES * WINDOW_BYTES
        self._rest = sound[whole:]
        windows = [sound[start : start + WINDOW_BYTES] for start in range(0, whole, WINDOW_BYTES)]
        voiced = sum(self._detector.is_speech(window, RATE) for window in windows)
        return bool(voiced > GATE_VOICED * len(windows))
