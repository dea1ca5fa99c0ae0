"""One satellite: what its graph costs to build, what it takes while it hears and while nobody speaks, how late it is.

    script/bench voice

Each figure is of a whole `hub.speech.service.Voice` in a process of its own, in real time, on a real broker.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from rich.console import Console
from rich.table import Table

from bench.korean_corpus import CORPUS
from bench.korean_home import big_home
from bench.noise import spoken_until
from bench.processes import resident
from bench.results import percentile
from hub.address import BrokerAddress
from hub.broker import embedded_broker
from hub.bus import Bus
from hub.config import Settings
from hub.graph import home_graph
from hub.home import Home, load_home
from hub.messages import Topic, Understood, Utterance
from hub.samples import load_samples
from hub.settings.voice import SpeakerSettings, VoiceSettings
from hub.speech.mouth import Mouth
from hub.speech.recognizer import Recognizer
from hub.speech.service import Voice
from hub.speech.sound import FRAME_BYTES, FRAME_SECONDS, RATE, Frames
from hub.speech.synthesis import Spoken
from hub.together import together

IDLE = 30.0
"""Seconds of a quiet room."""

ROUNDS = 3
"""How often the samples are said."""

PORT = 18_832


def homes() -> list[Home]:
    """The home of the corpus, which has every kind of device, and one four times as large."""
    home = load_home(CORPUS / "home.yaml")
    return [home, big_home(home)]


@contextmanager
def watched() -> Iterator[list[float]]:
    """Fills in the most memory (MB) that this process's children take together."""
    most, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            most[0] = max(most[0], sum(map(resident, _children("self"))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield most
    ended.set()
    watcher.join()


def _children(process: str) -> Iterator[str]:
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = listed.read_text().split()
        except OSError:
            continue
        for child in children:
            yield child
            yield from _children(child)


async def measure(graph: Path) -> dict[str, Any]:
    """The figures of one satellite; the broker is there already."""
    started = time.perf_counter()
    recognizer = Recognizer(graph)
    loaded = time.perf_counter() - started
    address = BrokerAddress("127.0.0.1", PORT)
    mouth = Mouth(Spoken([], Path()), None, SpeakerSettings())
    voice = Voice(address, VoiceSettings(satellite="bench", wake=()), recognizer, mouth)
    bus, arrived = Bus(address, "bench"), asyncio.Queue[float]()

    def on_utterance(topic: str, payload: bytes) -> None:
        arrived.put_nowait(time.perf_counter())
        utterance = Utterance.from_payload(topic, payload)
        bus.publish(Topic.UNDERSTOOD, Understood(utterance_id=utterance.id, text=utterance.text, intents=[]))

    bus.subscribe(Topic.UTTERANCE, on_utterance)
    figures: dict[str, Any] = {"load": loaded}
    feed = _Feed()
    async with bus.running(), together([voice.run(feed.frames())]):
        await bus.connected.wait()
        await voice.bus.connected.wait()
        await feed.quiet(3)
        began, busy = time.perf_counter(), time.process_time()
        await feed.quiet(IDLE)
        figures["idle"] = (time.process_time() - busy) / (time.perf_counter() - began)
        late, computing = [], []
        for sample in load_samples() * ROUNDS:
            ended = await feed.say(_spoken(sample.path))
            with suppress(TimeoutError):  # in another home it may be refused
                async with asyncio.timeout(5):
                    at = await arrived.get()
                late.append(at - ended)
                computing.append(at - feed.given)
            await feed.quiet(1)
        figures["late"], figures["computing"] = late, computing
        figures["memory"] = resident()
    return figures


class _Feed:
    """A microphone in real time: a quiet room, and what is put before it."""

    def __init__(self) -> None:
        self.given = 0.0
        """When the last frame was given."""
        self._sound = b""
        self._empty = asyncio.Event()
        self._noise = np.random.default_rng(0)

    async def frames(self) -> Frames:
        due = time.perf_counter()
        while True:
            due += FRAME_SECONDS
            await asyncio.sleep(due - time.perf_counter())
            frame, self._sound = self._sound[:FRAME_BYTES], self._sound[FRAME_BYTES:]
            if not self._sound:
                self._empty.set()
            quiet = self._noise.normal(0, 4, (FRAME_BYTES - len(frame)) // 2).round().astype("<i2").tobytes()
            self.given = time.perf_counter()
            yield frame + quiet

    async def quiet(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def say(self, sound: bytes) -> float:
        """Say it, and tell when it ended."""
        self._sound = sound
        self._empty.clear()
        await self._empty.wait()
        return time.perf_counter() - FRAME_SECONDS + len(sound) % FRAME_BYTES / 2 / RATE


def _spoken(path: Path) -> bytes:
    """A sample up to the last of it that is loud."""
    samples, _ = soundfile.read(path, dtype="int16")
    return bytes(samples[: round(spoken_until(samples) * RATE)].astype("<i2").tobytes())


async def _compare() -> None:
    table = Table("", *(f"{len(home.devices)} devices in {len(home.rooms)} rooms" for home in homes()))
    columns = []
    for home in homes():
        with tempfile.TemporaryDirectory() as cache:
            settings = Settings.model_validate({"cache_dir": cache})
            began = time.perf_counter()
            with watched() as most:
                graph = await home_graph(settings, home)
            built = time.perf_counter() - began
            arcs = json.loads((graph / "manifest.json").read_text())["graph"]["arcs"]
            async with embedded_broker(PORT):
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "bench.voice", str(graph)), stdout=asyncio.subprocess.PIPE
                )
                told, _ = await process.communicate()
        figures = json.loads(told)
        late, computing = figures["late"], figures["computing"]
        columns.append(
            {
                "arcs of the graph": f"{arcs:,}",
                "building the graph (s)": f"{built:.1f}",
                "most memory while building (MB)": f"{most[0]:.0f}",
                "loading (s)": f"{figures['load']:.2f}",
                "memory of the satellite (MB)": f"{figures['memory']:.0f}",
                "processor while nobody speaks": f"{figures['idle']:.2%}",
                "samples heard": str(len(late)),
                "end of speech to utterance, median (ms)": f"{statistics.median(late) * 1000:.0f}",
                "… 95th percentile (ms)": f"{percentile(late, 95) * 1000:.0f}",
                "… of which computing, median (ms)": f"{statistics.median(computing) * 1000:.0f}",
                "… 95th percentile of computing (ms)": f"{percentile(computing, 95) * 1000:.0f}",
            }
        )
    for name in columns[0]:
        table.add_row(name, *(column[name] for column in columns))
    Console(width=120).print(table)


def main() -> int:
    """Compare homes of several sizes; with a graph, measure one satellite that hears with it."""
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(measure(Path(sys.argv[1])))))
    else:
        asyncio.run(_compare())
    return 0


if __name__ == "__main__":
    sys.exit(main())
