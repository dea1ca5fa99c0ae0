"""Sound that nobody means: noise, music-like tones, prose, and any of it mixed into speech. The same on every run."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from hub.speech.sound import HISS, RATE

Sound = NDArray[np.float64]
"""Samples from -1 to 1 at RATE."""

TALK = Path(__file__).with_name("talk.txt")
"""Everyday sentences, one a line, none of them a command."""


def pink(seconds: float, seed: int) -> Sound:
    """Noise with as much power in every octave: rooms, rain and traffic are like it."""
    count = int(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=count))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    return loud(np.fft.irfft(spectrum, count))


def white(seconds: float, seed: int) -> Sound:
    """Noise with the same power everywhere: a hiss."""
    return loud(np.random.default_rng(seed).normal(size=int(seconds * RATE)))


def music(seconds: float, seed: int) -> Sound:
    """Chords and a tune of tones with overtones, with vibrato and a beat: as near to music as twenty lines come."""
    chooser = np.random.default_rng(seed)
    beat = chooser.uniform(0.18, 0.4)
    played = np.zeros(int(seconds * RATE))
    for number in range(int(seconds / beat)):
        count = int(RATE * beat * chooser.choice((1, 1, 2, 4)))
        time = np.arange(count) / RATE
        root = 110 * 2 ** (chooser.choice((0, 2, 4, 5, 7, 9, 11, 12, 14, 16)) / 12)
        notes = (2 * root, root, 1.5 * root) if number % 4 == 0 else (chooser.choice((2, 4)) * root,)
        for pitch in notes:
            wave = 2 * np.pi * pitch * (time + 0.0004 * np.sin(2 * np.pi * 5.5 * time))
            tone = sum(np.sin(overtone * wave) / overtone**1.5 for overtone in range(1, 7))
            start = int(number * beat * RATE)
            part = (tone * np.exp(-2 * time) * np.minimum(1, 200 * time))[: len(played) - start]
            played[start : start + len(part)] += part
    return loud(played)


def prose(seconds: float, seed: int) -> Sound:
    """Everyday Korean sentences that are no commands, read by espeak-ng in changing manners."""
    chooser = np.random.default_rng(seed)
    sentences = TALK.read_text("utf-8").splitlines()
    parts, length = [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prose.wav"
        while length < seconds:
            manner = ["-s", str(chooser.integers(120, 200)), "-p", str(chooser.integers(20, 80))]
            subprocess.run(["espeak-ng", "-v", "ko", *manner, "-w", path, str(chooser.choice(sentences))], check=True)
            samples, rate = soundfile.read(path)
            parts += [soxr.resample(samples, rate, RATE), np.zeros(int(chooser.uniform(0.2, 1.5) * RATE))]
            length += (len(parts[-2]) + len(parts[-1])) / RATE
    return loud(np.concatenate(parts)[: int(seconds * RATE)])


KINDS = {"white noise": white, "pink noise": pink, "music-like tones": music, "espeak-ng prose": prose}


def loud(sound: Sound, level: float = -26) -> Sound:
    """The sound at a mean level in decibels below the loudest there is, with the hiss of a room."""
    power = np.sqrt(np.mean(sound**2)) or 1.0
    hiss = np.random.default_rng(0).normal(0, HISS / 32768, len(sound))
    return np.clip(sound / power * 10 ** (level / 20) + hiss, -1, 1)


def mixed(speech: Sound, noise: Sound, snr: float) -> Sound:
    """Speech with noise `snr` decibels below its loudness while somebody speaks."""
    voiced = speech[np.abs(speech) > 0.02 * np.abs(speech).max()]
    level = np.sqrt(np.mean(voiced**2)) / np.sqrt(np.mean(noise**2)) / 10 ** (snr / 20)
    return np.clip(speech + np.resize(noise, len(speech)) * level, -1, 1)


def spoken_until(samples: NDArray[Any]) -> float:
    """When, in seconds, the last loud hundredth of a second ends."""
    size = RATE // 100
    hundredths = samples[: len(samples) // size * size].reshape(-1, size).astype(float)
    loudness = np.sqrt((hundredths**2).mean(axis=1))
    return float(np.nonzero(loudness > 0.03 * loudness.max())[0][-1] + 1) / 100


def frames(sound: Sound, size: int) -> Iterator[bytes]:
    """The sound as frames of `size` bytes of 16-bit samples."""
    samples = (sound * 32767).round().astype("<i2").tobytes()
    for start in range(0, len(samples), size):
        yield samples[start : start + size]
