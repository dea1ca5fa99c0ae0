"""Left alone: what the ears make of sound that nobody means. Every command is one too many.

    script/bench alone [MINUTES]

Noise, music-like tones and prose are generated, MINUTES of them in all (30 where nothing is said). The recordings of
real people who want nothing come on top, where they are beside the repository, each of them clean and in noise.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.noise import KINDS, TALK, Sound, frames
from bench.speech import home_graph, recordings
from bench.ways import sound_of
from hub.speech.gate import Gate
from hub.speech.kokoro import VOICES, Kokoro, Manner, VoiceMissingError
from hub.speech.listening import listen
from hub.speech.recognizer import Recognizer, Segment
from hub.speech.sound import FRAME_BYTES, HISS, RATE

CHUNK = 300.0
"""Seconds of generated sound at a time."""


@dataclass(slots=True)
class Count:
    """What came of one kind of sound: seconds, with the gate open, of computing; segments, and the wrong ones."""

    seconds: float = 0.0
    open: float = 0.0
    computing: float = 0.0
    segments: int = 0
    called: int = 0
    commands: int = 0
    both: int = 0


def kinds(minutes: float) -> Iterator[tuple[str, Iterator[Sound]]]:
    """Each kind of sound, in pieces."""
    share = minutes * 60 / len(KINDS)
    for name, make in KINDS.items():
        yield name, (make(min(CHUNK, share - start), int(start)) for start in np.arange(0, share, CHUNK))
    for snr in (None, 20.0, 10.0, 5.0):
        files = [path for path, said in recordings().items() if not said]
        noise = "" if snr is None else f", {snr:.0f} dB"
        yield f"people who want nothing{noise}", (sound_of(path, snr) for path in files)
    try:
        kokoro = Kokoro()
    except VoiceMissingError:
        return
    for voice in VOICES:
        yield f"prose, {voice}", (_said(kokoro, line, voice) for line in TALK.read_text("utf-8").splitlines())


def _said(kokoro: Kokoro, line: str, voice: str) -> Sound:
    speech = np.frombuffer(kokoro.speak(line, Manner(voice)), "<i2") / 32768
    return speech + np.random.default_rng(len(line)).normal(0, HISS / 32768, len(speech))


async def counted(recognizer: Recognizer, sounds: Iterator[Sound]) -> Count:
    """Listen to sounds one after another, as to a microphone."""
    count, gate = Count(), Gate()

    async def microphone() -> AsyncIterator[bytes]:
        for sound in sounds:
            for frame in frames(sound, FRAME_BYTES):
                yield frame
                count.seconds += len(frame) / 2 / RATE
                count.open += gate.open * len(frame) / 2 / RATE
        for _ in range(40):
            yield bytes(FRAME_BYTES)

    began, sounds = time.process_time(), iter(list(sounds))
    async for heard in listen(lambda: recognizer, microphone(), gate):
        if isinstance(heard, Segment):
            command = heard.refused is None and bool(heard.text)
            count.segments += 1
            count.called += heard.called
            count.commands += command
            count.both += command and heard.called
            if command or heard.called:
                print(f"    {'(called) ' * heard.called}{heard.text}  {heard.refused or ''} {heard.confidence}")
    count.computing = time.process_time() - began
    return count


def main() -> int:
    """Count, and print the table."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 30
    with home_graph() as graph:
        recognizer = Recognizer(graph)
        table = Table("", "minutes", "gate open", "computing", "segments", "commands", "called", "called for a command")
        for name, sounds in kinds(minutes):
            print(name, flush=True)
            count = asyncio.run(counted(recognizer, sounds))
            shares = (f"{part / count.seconds:.1%}" for part in (count.open, count.computing))
            wrong = map(str, (count.segments, count.commands, count.called, count.both))
            table.add_row(name, f"{count.seconds / 60:.1f}", *shares, *wrong)
        Console(width=140).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
