"""From the end of a spoken command to the appliance that has obeyed, step by step.

    script/bench end-to-end

A whole satellite listens in real time to a room in which somebody says the hub's name, waits a moment, and says a
sample command. Mosquitto, the butler and the bridges are processes of their own; the appliances are a simulated
ThinQ cloud, whose latency is 0, and lamps on mock pins. Before each command its opposite is typed, so that there is a
state that changes. The end of speech is the last loud hundredth of a second of the sound file.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import partial
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import soundfile

from bench.noise import spoken_until
from bench.results import US, Report, percentile
from bench.services import Watch, announced, running
from bench.speech import home_graph
from hub.messages import Activity, Topic, Utterance
from hub.payloads import Value
from hub.samples import in_real_time, load_samples
from hub.settings.voice import SpeakerSettings, VoiceSettings
from hub.speech.kokoro import Kokoro, Manner
from hub.speech.mouth import Mouth
from hub.speech.recognizer import Recognizer
from hub.speech.service import Voice
from hub.speech.sound import FRAME_BYTES, FRAME_SECONDS, HISS, RATE, Frames
from hub.speech.synthesis import Spoken
from hub.together import together

ROUNDS = 4
"""How often each command is said, each time begun elsewhere in a frame."""

SHIFT = RATE // 100
"""Samples between the one place and the next."""

NAME, CALLER = "지니야", "jm_kumo"
"""What the hub is called, and the voice that calls it."""

PAUSE = 1.2
"""Seconds between the name and the command; the hub is attentive half a second after its name."""

PATIENCE = 9.0
"""Seconds after the beginning of the name within which something has to come of the command; both take five."""

BRIDGES = ("gpio", "thinq", "genie")

COMMANDS: dict[str, tuple[str, str, str, dict[str, Value]]] = {
    # what is said: its bridge, the opposite that is typed before, and the device and its state that are waited for
    "거실 에어컨 켜줘": ("thinq", "거실 에어컨 꺼줘", "living_ac", {"power": True}),
    "거실 에어컨 이십오 도로 맞춰줘": ("thinq", "거실 에어컨 22도로 맞춰줘", "living_ac", {"target_temperature": 25}),
    "에어컨 냉방 모드로 바꿔줘": ("thinq", "에어컨 제습 모드로 바꿔줘", "living_ac", {"mode": "cool"}),
    "공기청정기 켜줘": ("thinq", "공기청정기 꺼줘", "air_purifier", {"power": True}),
    "모든 불을 파란색으로 바꿔줘": ("gpio", "모든 불을 빨간색으로 바꿔줘", "living_light", {"color": "blue"}),
    "안방 불 꺼줘": ("gpio", "안방 불 켜줘", "bedroom_light", {"power": False}),
}  # fmt: skip

STEPS = ("waiting for the end of speech", "recognizing", "understanding", "carrying out")


class Room:
    """What a microphone hears in a quiet room in which now and then something is said."""

    def __init__(self) -> None:
        self.given = 0.0
        """When the last frame was given."""
        self._said = b""
        self._began: asyncio.Future[float] | None = None

    async def say(self, sound: bytes) -> float:
        """Begin to say it with the next frame, and tell when that began."""
        self._said, self._began = sound, asyncio.get_running_loop().create_future()
        return await self._began

    async def frames(self) -> Frames:
        """What the microphone gives, in real time."""
        async for frame in in_real_time(self._heard()):
            self.given = time.perf_counter()
            yield frame

    async def _heard(self) -> Frames:
        hiss = np.random.default_rng(0)
        while True:
            begins, said = self._began, np.frombuffer(self._said[:FRAME_BYTES], "<i2")
            self._said = self._said[FRAME_BYTES:]
            heard = hiss.normal(0, HISS, FRAME_BYTES // 2)
            heard[: len(said)] += said
            yield heard.round().clip(-32768, 32767).astype("<i2").tobytes()
            if begins is not None:
                begins.set_result(self.given - FRAME_SECONDS)
                self._began = None


async def measure(graph: Path, report: Report) -> None:
    """Say every command several times, and take the time at each place of its way."""
    recognizer, name = Recognizer(graph), Kokoro().speak(NAME, Manner(CALLER)) + bytes(2 * round(PAUSE * RATE))
    said = [sample for sample in load_samples() if sample.sentence in COMMANDS]
    took: defaultdict[str, list[list[float]]] = defaultdict(list)
    missed = Counter[str]()
    async with running("mosquitto") as hub:
        for service in (("butler",), *(("bridge", name) for name in BRIDGES)):
            await hub.start(*service)
        await announced(hub)
        room, watch = Room(), Watch(hub.broker)
        mouth = Mouth(Spoken([], Path()), None, SpeakerSettings())
        voice = Voice(hub.broker, VoiceSettings(satellite="bench"), recognizer, mouth)
        passed: dict[str, float] = {}

        def on_activity(activity: Activity) -> None:
            if activity == "thinking":  # the command is on its way
                passed.update(decided=room.given, recognized=time.perf_counter())

        voice.shown.watch = on_activity
        watch.bus.subscribe(Topic.intent("+"), lambda topic, payload: passed.update(understood=time.perf_counter()))
        async with watch.bus.running(), together([voice.run(room.frames())]):
            await watch.bus.connected.wait()
            await voice.bus.connected.wait()
            for sample, number in product(said, range(ROUNDS)):
                bridge, opposite, device, wanted = COMMANDS[sample.sentence]
                sound, _ = soundfile.read(sample.path, dtype="int16")
                before = bytes(2 * number * SHIFT) + name
                there = partial(watch.has, device, wanted)
                watch.bus.publish(Topic.UTTERANCE, Utterance(text=opposite, satellite="typed"))
                try:
                    await watch.until(lambda there=there: not there(), PATIENCE)
                    await asyncio.sleep(PAUSE)
                    begun = await room.say(before + sound.astype("<i2").tobytes())
                    ended = begun + len(before) / 2 / RATE + spoken_until(sound)
                    await watch.until(there, PATIENCE)
                except TimeoutError:
                    missed[sample.sentence] += 1
                    continue
                places = [ended, passed["decided"], passed["recognized"], passed["understood"], time.perf_counter()]
                took[bridge].append([(end - begin) * 1000 for begin, end in pairwise(places)])
    _tell(report, took)
    report.add("commands of which nothing came", US, f"of {len(said) * ROUNDS}", [missed.total()])
    print(f"{len(said)} commands were said {ROUNDS} times each; nothing came of {missed.total()} {dict(missed)}")


def _tell(report: Report, took: Mapping[str, list[list[float]]]) -> None:
    every = [steps for of_bridge in took.values() for steps in of_bridge]
    for what, chosen in {"": every, **{f", {bridge}": of_bridge for bridge, of_bridge in took.items()}}.items():
        whole = [sum(steps) for steps in chosen]
        report.add(f"end of speech → state{what}, median", US, "ms", whole)
        report.add(f"end of speech → state{what}, 95th percentile", US, "ms", [percentile(whole, 95)])
    for name, times in zip(STEPS, zip(*every, strict=True), strict=True):
        report.add(f"of which {name}, median", US, "ms", times)
        report.add(f"of which {name}, 95th percentile", US, "ms", [percentile(times, 95)])


def main() -> int:
    """Measure, print and write."""
    report = Report("end-to-end", "From the end of speech to the state of the appliance")
    with home_graph() as graph:
        asyncio.run(measure(graph, report))
    report.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
