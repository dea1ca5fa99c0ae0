"""How loud a sound is, and how loud the room is in which it is heard."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.speech.sound import FRAME_SECONDS
from hub.speech.tuning import FLOOR_SECONDS

QUIETEST = -96.0
"""Decibels of silence: less does not fit into 16 bits."""


def decibels(samples: NDArray[Any]) -> float:
    """How loud 16-bit samples are, in decibels below the loudest sound there is."""
    power = float(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
    return max(QUIETEST, 10 * float(np.log10(power / 32768**2))) if power else QUIETEST


class Floor:
    """The noise of the room: the quietest frame of the last seconds.

    Differences of samples are measured: they leave out the rumble that makes noise seem to come and go.
    """

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=round(FLOOR_SECONDS / FRAME_SECONDS))

    def take(self, frame: bytes) -> tuple[float, float]:
        """The level of this frame and the floor, both in decibels. With the first frame they are the same."""
        level = decibels(np.diff(np.frombuffer(frame, "<i2").astype(np.int32)))
        self._levels.append(level)
        return level, min(self._levels)
