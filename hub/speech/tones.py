"""The tones: what the hub says without words."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

import numpy as np

from hub.speech.clip import Clip

RATE = 48_000
LOUDNESS = 0.25
FADE = 0.012  # seconds: without it a tone clicks


class Tone(StrEnum):
    """What a tone says."""

    WAKE = "wake"  # I am listening
    DONE = "done"  # I have heard
    SORRY = "sorry"  # I have not understood
    ALARM = "alarm"  # before what must not be missed


# Notes as (hertz, seconds): up is a question, down is regret.
NOTES: dict[Tone, tuple[tuple[float, float], ...]] = {
    Tone.WAKE: ((659.3, 0.07), (987.8, 0.1)),
    Tone.DONE: ((987.8, 0.08),),
    Tone.SORRY: ((440.0, 0.11), (329.6, 0.18)),
    Tone.ALARM: ((880.0, 0.12), (0.0, 0.06), (880.0, 0.12), (0.0, 0.06), (1174.7, 0.25)),
}


@cache
def tone(name: Tone) -> Clip:
    """The tone as sound."""
    samples = np.concatenate([_note(*note) for note in NOTES[name]])
    return Clip((samples * LOUDNESS * 32767).round().astype("<i2").tobytes(), RATE)


def _note(hertz: float, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    time = np.arange(int(seconds * RATE)) / RATE
    sound = np.sin(2 * np.pi * hertz * time) + 0.2 * np.sin(4 * np.pi * hertz * time)
    envelope = np.minimum(1, np.minimum(time, time[::-1]) / FADE)
    faded: np.ndarray[tuple[int], np.dtype[np.float64]] = sound / 1.2 * envelope
    return faded
