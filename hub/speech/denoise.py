"""Noise suppression before everything else that hears: WebRTC's, by way of webrtc-noise-gain.

It takes a thousandth of a core of a PC, and in noise the recognizer understands more (docs/home-graph.md).
"""

from __future__ import annotations

from webrtc_noise_gain import AudioProcessor

from hub.speech.loudness import Floor
from hub.speech.sound import RATE, Frames
from hub.speech.tuning import NOISE_SUPPRESSION, NOISY_ROOM

BLOCK = RATE // 100 * 2
"""What the suppressor takes at a time: 10 ms."""


async def denoised(frames: Frames) -> Frames:
    """The frames with less noise, where there is noise; a last part of less than 10 ms is dropped."""
    processor, floor = AudioProcessor(0, NOISE_SUPPRESSION), Floor()
    rest = b""
    async for frame in frames:
        sound = rest + frame
        whole = len(sound) // BLOCK * BLOCK
        sound, rest = sound[:whole], sound[whole:]
        if not sound:
            continue
        blocks = [processor.Process10ms(sound[start : start + BLOCK]) for start in range(0, whole, BLOCK)]
        _, noise = floor.take(sound)
        yield b"".join(bytes(block.audio) for block in blocks) if noise > NOISY_ROOM else sound
