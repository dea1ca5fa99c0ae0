"""Sound on its way over Wyoming, in and out: from any rate to frames for the recognizer, and clips as events."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import soxr
from numpy.typing import NDArray
from wyoming.audio import AudioChunk, AudioFormat, AudioStop

from hub.speech.clip import Clip
from hub.speech.sound import FRAME_BYTES, HISS, RATE, Frames
from hub.wyoming.server import Connection, Gone

RATES = range(8_000, 192_001)
"""Samples per second that are understood."""

CHANNELS = range(1, 9)

CHUNK = 4_096
"""Bytes of sound in one event that is sent."""


async def frames_of(connection: Connection) -> Frames:
    """The sound that the client sends until it says that it stops; raises Gone where it hangs up before.

    The model has never heard the silence of zeros, which a microphone that is switched off gives: it becomes hiss.
    """
    hiss, rest = np.random.default_rng(0), b""
    async for samples in _resampled(connection):
        rest += (samples if samples.any() else hiss.normal(0, HISS, len(samples)).round().astype("<i2")).tobytes()
        whole = len(rest) // FRAME_BYTES * FRAME_BYTES
        for start in range(0, whole, FRAME_BYTES):
            yield rest[start : start + FRAME_BYTES]
        rest = rest[whole:]
    if rest:
        yield rest


async def _resampled(connection: Connection) -> AsyncIterator[NDArray[np.int16]]:
    known, stream = None, None
    while True:
        event = await connection.read()
        if AudioStop.is_type(event.type):
            if stream is not None:
                yield stream.resample_chunk(np.zeros(0, np.int16), last=True)
            return
        if not AudioChunk.is_type(event.type):
            continue
        chunk = chunk_of(event.data, event.payload)
        if known is None:
            known = (chunk.rate, chunk.channels)
            stream = soxr.ResampleStream(chunk.rate, RATE, 1, dtype="int16") if chunk.rate != RATE else None
        if known != (chunk.rate, chunk.channels):
            raise Gone("the sound changes its format")
        yield mono(chunk) if stream is None else stream.resample_chunk(mono(chunk))


def chunk_of(data: dict[str, object], payload: bytes | None) -> AudioChunk:
    """A piece of sound in a format that is understood: 16 bits, and whole samples of it. Raises Gone for any other."""
    rate, width, channels = data.get("rate"), data.get("width"), data.get("channels")
    if rate not in RATES or width != 2 or channels not in CHANNELS:
        raise Gone(f"no sound that is understood: rate {rate}, width {width}, channels {channels}")
    assert isinstance(rate, int)
    assert isinstance(channels, int)
    audio = payload or b""
    return AudioChunk(rate, 2, channels, audio[: len(audio) // (2 * channels) * 2 * channels])


def mono(chunk: AudioChunk) -> NDArray[np.int16]:
    """The mean of the channels, 16-bit."""
    samples = np.frombuffer(chunk.audio, "<i2")
    return samples if chunk.channels == 1 else samples.reshape(-1, chunk.channels).mean(axis=1).astype(np.int16)


async def write_clip(connection: Connection, clip: Clip) -> None:
    """Send a clip piece by piece, without the events before and behind it."""
    for start in range(0, len(clip.samples), CHUNK):
        await connection.write(AudioChunk(clip.rate, 2, 1, clip.samples[start : start + CHUNK]))


MONO = AudioFormat(rate=RATE, width=2, channels=1)
"""What microphone and loudspeaker are to others."""
