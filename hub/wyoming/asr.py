"""Recognition as a Wyoming service: what is no command of this home becomes no text.

Home Assistant ends a pipeline without text with `stt-no-text-recognized`: nothing is carried out, and satellites say
that nothing was understood.
"""

from __future__ import annotations

import logging

import numpy as np
from wyoming.asr import Transcript

from hub.speech.recognizer import Recognizer
from hub.speech.sound import FRAME_BYTES, HISS, RATE, Frames
from hub.wyoming.audio import frames_of
from hub.wyoming.heard import KEY_BYTES, Heard
from hub.wyoming.server import Connection

log = logging.getLogger(__name__)

LONGEST = 30.0
"""Seconds of sound that are listened to."""

LEAD = 0.15
"""Seconds of a quiet room before the sound, which may begin in the middle of a word: the model needs them."""


async def transcribe(connection: Connection, recognizer: Recognizer, heard: Heard) -> None:
    """Listen to the sound that comes, and answer what was said in it. Raises Gone.

    The client knows where speech begins and ends, so there is no gate: all of it is decoded, as it comes. Only what the
    satellite of this hub has sent has been understood already.
    """
    frames = frames_of(connection)
    begin = await _beginning(frames)
    known = heard.segment(begin)
    if known is not None:
        async for _ in frames:
            pass
        segments = [known]
    else:
        segments = [segment async for segment in recognizer.segments(_led(begin, frames))]
    taken = [segment for segment in segments if segment.refused is None and segment.text]
    text = " ".join(segment.text for segment in taken)
    for segment in segments:
        if segment not in taken:
            log.info("refused (%s): %s", segment.refused or "name only", segment.text)
    if taken:
        heard.note(text, min(segment.confidence for segment in taken), unsure=any(part.unsure for part in taken))
    await connection.write(Transcript(text, language="ko"))


async def _beginning(frames: Frames) -> bytes:
    """The first KEY_BYTES of a sound, or all of it where it has less; and what comes with them."""
    begin = b""
    while len(begin) < KEY_BYTES and (frame := await anext(frames, b"")):
        begin += frame
    return begin


async def _led(begin: bytes, frames: Frames) -> Frames:
    """A sound with a quiet room before it, and no more of it than LONGEST."""
    quiet = np.random.default_rng(0).normal(0, HISS, round(RATE * LEAD)).round().astype("<i2").tobytes()
    begin = quiet + begin
    for start in range(0, len(begin), FRAME_BYTES):
        yield begin[start : start + FRAME_BYTES]
    seconds = len(begin) / 2 / RATE
    async for frame in frames:
        yield frame
        seconds += len(frame) / 2 / RATE
        if seconds >= LONGEST:
            log.warning("only the first %.0f s of a sound are listened to", LONGEST)
            return
