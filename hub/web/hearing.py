"""One utterance that a page sends as sound: what it is while it goes on, and when it has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np

from hub.speech.loudness import QUIETEST, decibels
from hub.speech.recognizer import Decoder, Recognizer, Refused, Segment
from hub.speech.sound import FRAME_BYTES, HISS, RATE, Frames

LONGEST = 30.0
"""Seconds of one utterance; what is longer is cut off."""

QUIET = 0.15
"""Seconds of a quiet room before the sound, which begins in the middle of a word: the model needs them."""

PARTIAL_PAUSE = 0.2
"""Seconds between two partial results."""

PATIENCE = 20.0
"""Seconds without sound after which a page that holds the microphone is taken to be gone."""


class Heard:
    """All that was heard of an utterance; `loudness` is in decibels below the loudest sound there is."""

    def __init__(self, segments: list[Segment], loudness: float) -> None:
        taken = [segment for segment in segments if segment.refused is None and segment.text]
        told = taken or segments
        self.text = " ".join(segment.text for segment in told)
        self.confidence = min((segment.confidence for segment in told), default=0.0)
        self.unsure = any(segment.unsure for segment in taken)
        self.loudness = round(loudness, 1)
        refusals = (segment.refused for segment in segments if segment.refused is not None)
        self.refused = None if taken else next(refusals, Refused.TOO_SHORT)


class Sound:
    """The sound of one utterance on its way from a page: as much as is listened to."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._left = round(LONGEST * RATE) * 2

    def take(self, piece: bytes | None) -> None:
        """Some samples have come; None: the last have."""
        if piece is None:
            self._pieces.put_nowait(None)
        elif self._left > 0:
            self._pieces.put_nowait(piece[: self._left])
            self._left -= len(piece)

    async def frames(self) -> Frames:
        """A quiet room, then what comes until its end, or until nothing comes any more."""
        hiss = np.random.default_rng(0)
        yield _hissing(bytes(round(RATE * QUIET) * 2), hiss)
        rest = b""
        while (piece := await self._next()) is not None:
            rest += piece
            while len(rest) >= FRAME_BYTES:
                yield _hissing(rest[:FRAME_BYTES], hiss)
                rest = rest[FRAME_BYTES:]
        if len(rest) >= 2:
            yield _hissing(rest[: len(rest) // 2 * 2], hiss)

    async def _next(self) -> bytes | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._pieces.get()
        except TimeoutError:
            return None


def _hissing(frame: bytes, hiss: np.random.Generator) -> bytes:
    """The frame in the hiss of a room: the model has never heard the silence of zeros, as browsers send it."""
    samples = np.frombuffer(frame, "<i2")
    noisy: bytes = (samples + hiss.normal(0, HISS, len(samples))).round().clip(-32768, 32767).astype("<i2").tobytes()
    return noisy


async def hear(recognizer: Recognizer, sound: Sound, tell: Callable[[str], None]) -> Heard:
    """Listen to all of it. What is heard so far is told meanwhile, and nothing at the end."""
    decoder = recognizer.decoder()
    segments: list[Segment] = []
    loudest = QUIETEST
    told = 0.0
    async for frame in sound.frames():
        loudest = max(loudest, decibels(np.frombuffer(frame, "<i2")))
        segments += await recognizer.compute(decoder.accept, [frame])
        if (at := asyncio.get_running_loop().time()) - told >= PARTIAL_PAUSE:
            told = at
            tell(await _so_far(recognizer, decoder, segments))
    segments += await recognizer.compute(decoder.finish)
    tell("")
    return Heard(segments, loudest)


async def _so_far(recognizer: Recognizer, decoder: Decoder, segments: list[Segment]) -> str:
    partial = await recognizer.compute(decoder.partial)
    return " ".join(filter(None, [*(segment.text for segment in segments), partial.text])) or "…"
