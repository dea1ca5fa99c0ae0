"""Hours of a living room at many times the speed, with commands at known places.

    script/bench hours [HOURS] [SPEED]

A whole satellite listens, on a real broker and with a butler. Minutes in which somebody calls the hub and says sample
commands follow minutes of noise, music and talk. Every command must be found, nothing invented, and memory stay as it
is. The commands are those of which the recognizer, asked for each alone, understands every word.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from bench.noise import KINDS, frames
from bench.processes import resident
from bench.speech import HOME, home_graph
from hub.address import BrokerAddress
from hub.broker import embedded_broker
from hub.bus import Bus
from hub.butler.service import Butler
from hub.home import load_home
from hub.korean.jamo import squash
from hub.messages import Topic, Utterance
from hub.samples import Sample, load_samples
from hub.settings.voice import SpeakerSettings, VoiceSettings
from hub.speech.gate import Gate
from hub.speech.kokoro import VOICES, Kokoro, Manner
from hub.speech.listening import listen
from hub.speech.mouth import Mouth
from hub.speech.recognizer import Recognizer, Segment
from hub.speech.service import Voice
from hub.speech.sound import FRAME_BYTES, FRAME_SECONDS, RATE, Frames
from hub.speech.synthesis import Spoken
from hub.together import together

CALL = "지니야"

Commands = Sequence[tuple[str, bytes]]
"""What is said, and its sound."""

PLACES = (8.0, 27.0, 46.0)
"""Seconds of a minute at which somebody calls."""

LATE = 8.0
"""Seconds after its beginning within which a command must be found."""


@dataclass(slots=True)
class Course:
    """What was said and found when (seconds of sound), how long it took, and the memory after each minute (MB)."""

    said: list[tuple[float, str]] = field(default_factory=list)
    found: list[tuple[float, str]] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    now: float = 0.0
    took: float = 0.0

    def missed(self) -> list[tuple[float, str]]:
        """What was said, and not found as it was said, or twice."""
        return [
            (at, text)
            for at, text in self.said
            if sum(at < when < at + LATE and squash(heard) == squash(text) for when, heard in self.found) != 1
        ]

    def invented(self) -> list[tuple[float, str]]:
        """What was found where nothing was said, or something else."""
        return [
            (when, heard)
            for when, heard in self.found
            if not any(at < when < at + LATE and squash(heard) == squash(text) for at, text in self.said)
        ]


async def understood(recognizer: Recognizer, samples: Iterable[Sample]) -> Commands:
    """The samples with the name before them, as far as they are understood word for word."""
    kokoro = Kokoro()
    names = [kokoro.speak(CALL, Manner(voice)) + _room(0.2) for voice in VOICES]
    found = []
    for sample in samples:
        spoken, _ = soundfile.read(sample.path, dtype="int16")
        for name in names:
            sound = name + spoken.astype("<i2").tobytes()
            if await _is_sure(recognizer, sound, squash(sample.sentence)):
                found.append((sample.sentence, sound))
                break
    return found


async def _is_sure(recognizer: Recognizer, sound: bytes, text: str) -> bool:
    """Whether it is understood wherever in a frame it begins: by chance does not count."""
    shifts = (_room(2 + hundredths / 100) + sound + _room(2) for hundredths in range(6))
    return all([await _heard(recognizer, shifted) == [text] for shifted in shifts])


async def _heard(recognizer: Recognizer, sound: bytes) -> list[str]:
    """What the hub would do, called by its name, or else why not."""
    called, texts = False, []
    async for it in listen(lambda: recognizer, _given(sound), Gate()):
        if isinstance(it, Segment):
            called = called or it.called
            texts.append(it.refused or (squash(it.text) if called else "not called"))
    return [text for text in texts if text]


def minutes(commands: Commands, noise: Sequence[bytes], course: Course) -> Iterator[bytes]:
    """Minutes of sound without an end: one with commands, one of noise, and so on."""
    other = itertools.cycle(noise)
    order = random.Random(0)
    for number in itertools.count():
        if number % 2:
            yield next(other)
            continue
        sound = bytearray(_room(60, number))
        for place in PLACES:
            text, spoken = order.choice(commands)
            start = int(place * RATE) * 2
            sound[start : start + len(spoken)] = spoken
            course.said.append((number * 60 + place, text))
        yield bytes(sound)


async def soak(
    recognizer: Recognizer, address: BrokerAddress, sound: Iterable[bytes], course: Course, speed: float
) -> None:
    """Let a satellite hear minutes of sound at `speed` times their own; the broker is there already."""
    ended = asyncio.Event()

    async def microphone() -> Frames:
        began, sent = time.monotonic(), 0
        for minute in sound:
            for start in range(0, len(minute), FRAME_BYTES):
                yield minute[start : start + FRAME_BYTES]
                sent += 1
                course.now = sent * FRAME_SECONDS
                await asyncio.sleep(max(0.0, began + course.now / speed - time.monotonic()))
            course.memory.append(resident())
        course.took = time.monotonic() - began
        ended.set()
        await asyncio.Event().wait()
        yield b""

    bus, seen = Bus(address, "soak"), set[str]()

    def on_utterance(topic: str, payload: bytes) -> None:
        utterance = Utterance.from_payload(topic, payload)
        if utterance.id not in seen:  # it is sent again until a butler has taken it
            seen.add(utterance.id)
            course.found.append((course.now, utterance.text))

    bus.subscribe(Topic.UTTERANCE, on_utterance)
    mouth = Mouth(Spoken([], Path()), None, SpeakerSettings())
    voice = Voice(address, VoiceSettings(satellite="soak", room="거실", wake=(CALL,)), recognizer, mouth)
    async with bus.running(), together([Butler(address, load_home(HOME)).run()]):
        await bus.connected.wait()
        async with together([voice.run(microphone())]):
            await ended.wait()
            await voice.bus.flush()


def _room(seconds: float = 2, seed: int = 0) -> bytes:
    """A quiet room."""
    return _bytes(np.random.default_rng(seed).normal(0, 4 / 32768, int(seconds * RATE)))


def _bytes(sound: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bytes:
    return b"".join(frames(sound, FRAME_BYTES))


async def _given(sound: bytes) -> Frames:
    for start in range(0, len(sound), FRAME_BYTES):
        yield sound[start : start + FRAME_BYTES]


async def _main(recognizer: Recognizer, hours: float, speed: float) -> int:
    port = 18_831
    commands = await understood(recognizer, load_samples())
    print(f"{len(commands)} commands, {len(load_samples())} asked for", flush=True)
    noise = [_bytes(make(60, seed)) for seed in range(3) for make in KINDS.values()]
    course = Course()
    sound = itertools.islice(minutes(commands, noise, course), round(hours * 60))
    async with embedded_broker(port):
        await soak(recognizer, BrokerAddress("127.0.0.1", port), sound, course, speed)
    missed, invented, memory = course.missed(), course.invented(), course.memory
    speed = course.now / course.took
    print(f"{len(course.said)} commands in {hours:g} h of sound, heard in {course.took:.0f} s (×{speed:.1f})")
    for what, which in (("not found", missed), ("invented", invented)):
        print(f"{what}: {len(which)}", *(f"{at:7.1f} s  {text}" for at, text in which), sep="\n  ")
    quarter = max(1, len(memory) // 4)
    parts = [memory[start : start + quarter] for start in range(0, len(memory), quarter)]
    print("memory (MB), highest in each quarter:", *(f"{max(part):.1f}" for part in parts))
    return 1 if missed or invented else 0


def main() -> int:
    """Soak, and print what came of it; 1 when a command was missed or invented."""
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    speed = float(sys.argv[2]) if len(sys.argv) > 2 else 20.0
    with home_graph() as graph:
        return asyncio.run(_main(Recognizer(graph), hours, speed))


if __name__ == "__main__":
    sys.exit(main())
