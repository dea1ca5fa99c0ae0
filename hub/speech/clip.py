"""A piece of sound to be played: what voices speak and tones are."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr


@dataclass(frozen=True, slots=True)
class Clip:
    """16-bit mono samples, little-endian, and how many of them make a second."""

    samples: bytes
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / 2 / self.rate

    @classmethod
    def from_wav(cls, wav: bytes | Path) -> Clip:
        """The first channel of a WAV file, from its bytes or its path. Raises soundfile.LibsndfileError."""
        sound, rate = soundfile.read(io.BytesIO(wav) if isinstance(wav, bytes) else wav, dtype="int16", always_2d=True)
        return cls(sound[:, 0].astype("<i2").tobytes(), rate)

    def to_wav(self) -> bytes:
        """The clip as a WAV file."""
        file = io.BytesIO()
        soundfile.write(file, np.frombuffer(self.samples, "<i2"), self.rate, "PCM_16", format="WAV")
        return file.getvalue()

    def at(self, rate: int) -> Clip:
        """The same sound with `rate` samples a second."""
        if rate == self.rate:
            return self
        return Clip(soxr.resample(np.frombuffer(self.samples, "<i2"), self.rate, rate).astype("<i2").tobytes(), rate)
