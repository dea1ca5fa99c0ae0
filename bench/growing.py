"""What grows with the home, each part measured in a process of its own: python -m bench.growing PART JOB

prints lines of JSON: figures by their names. JOB is JSON: how many devices, and whatever else the part needs.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bench.grown import SENTENCES, abouts, rooms
from bench.processes import memory
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.config import Settings
from hub.home import Home, merge
from hub.messages import Topic

REPEATED = 9
"""How often a sentence is understood for one figure."""

TIMES = 3
"""How often anything else is done that takes no seconds."""

BATCH = 500
"""States that are published at a time; the next come when these were taken."""


class Job(BaseModel):
    """What a part needs: the size of the home, where the broker is, a folder, the path of a graph, a name."""

    devices: int = 0
    port: int = 0
    folder: Path = Path()
    graph: Path = Path()
    name: str = ""


def tell(**figures: Any) -> None:
    """Say figures to whoever started this process."""
    print(json.dumps(figures), flush=True)


async def understanding(job: Job) -> None:
    """The home made ready for sentences, and sentences of each kind (ms), each read anew."""
    from hub.butler.understanding import Understander

    Understander(Home()).understand("불 켜줘")  # what all homes share is there before
    announced, places = abouts(job.devices), Home(rooms(job.devices))
    before, ready = memory(), []
    for _ in range(TIMES):
        began = time.process_time()
        understander = Understander(merge(places, announced))
        ready.append((time.process_time() - began) * 1000)
    took: dict[str, list[float]] = {}
    for kind, sentences in SENTENCES.items():
        took[kind] = []
        for sentence in sentences:
            understander.understand(sentence, "room_0")
            for _ in range(REPEATED):
                understander.understand("", "room_0")  # or the sentence would be known from the last time
                began = time.process_time()
                understander.understand(sentence, "room_0")
                took[kind].append((time.process_time() - began) * 1000)
    tell(ready=ready, took=took, memory=memory() - before)


async def butler(job: Job) -> None:
    """The butler comes to a broker that has everything: until all is announced, and ready for sentences (ms); PSS."""
    from hub.butler.service import Butler
    from hub.butler.understanding import Understander

    Understander(Home())
    there, ready, taken = [], [], []
    for _ in range(TIMES):
        serving = Butler(BrokerAddress("127.0.0.1", job.port), Home(rooms(job.devices)))
        began = time.perf_counter()
        running = asyncio.create_task(serving.run())
        await serving.ready(f"device_{number}" for number in range(job.devices))
        there.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        await serving.house.caught_up()
        ready.append((time.perf_counter() - began) * 1000)
        taken.append(memory())
        running.cancel()
        await asyncio.wait([running])
    tell(there=there, ready=ready, memory=taken[0])  # the others have what those before them left


async def keeping(job: Job) -> None:
    """Who keeps the states of all devices (`mirror` or `follower`): until all are there (ms), and states a second.

    States come from somebody else, BATCH by BATCH, as long as lines of standard input ask for one more.
    """
    connected = []
    for _ in range(TIMES):
        bus = Bus(BrokerAddress("127.0.0.1", job.port), f"growing-{job.name}")
        kept = _keeper(job.name, bus)
        states = Arrivals(bus, Topic.device("+", "state"))
        began = time.perf_counter()
        running = asyncio.create_task(_run(bus))
        await states.until(job.devices)
        connected.append((time.perf_counter() - began) * 1000)
        assert len(kept()) == job.devices
        if len(connected) < TIMES:
            running.cancel()
            await asyncio.wait([running])
    tell(there=connected, memory=memory())
    rates = []
    while await asyncio.to_thread(sys.stdin.readline):
        before = time.process_time()
        tell(more=BATCH)
        await states.until(BATCH)
        rates.append(BATCH / (time.process_time() - before))
        tell(taken=BATCH)
    tell(rates=rates)
    running.cancel()


def _keeper(name: str, bus: Bus) -> Callable[[], dict[str, Any]]:
    """Who keeps the states of devices, made on this bus; returns what tells all that is kept."""
    if name == "mirror":
        from hub.web.mirror import Mirror

        mirror = Mirror(bus)
        return lambda: mirror.devices
    from hub.follow import Follower

    follower = Follower(bus, "growing")
    return lambda: follower.states


async def _run(bus: Bus) -> None:
    async with bus.running():
        await asyncio.Event().wait()


class Arrivals:
    """Counts what arrives on a bus, after all that was made before it has looked at it."""

    def __init__(self, bus: Bus, topic_filter: str) -> None:
        self._count = 0
        self._news = asyncio.Event()
        bus.subscribe(topic_filter, self._on_message)

    def _on_message(self, topic: str, payload: bytes) -> None:
        self._count += 1
        self._news.set()

    async def until(self, count: int) -> None:
        """Wait for so many more than were waited for before."""
        async with asyncio.timeout(60):
            while self._count < count:
                self._news.clear()
                await self._news.wait()
        self._count -= count


async def graph(job: Job) -> None:
    """The home graph, built anew: what is listened for (s), the graph (s), the builders' highest memory, its size."""
    from hub.graph import listened_for
    from hub.speech.graphs import ensure_graph
    from hub.speech.model import find_model

    settings = _settings(job)
    home = merge(Home(rooms(job.devices)), abouts(job.devices))
    began = time.perf_counter()
    accepted = await listened_for(settings, home)
    written = time.perf_counter()
    found = await ensure_graph(accepted, find_model(), settings.cache_dir, lambda done, of: None)
    built = time.perf_counter()
    tell(
        listened=[written - began],
        built=[built - written],
        memory=[resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6],
        size=[(found / "graph/HCLG.fst").stat().st_size / 1e6],
        steps=json.loads((found / "manifest.json").read_text("utf-8"))["seconds"],
        graph=str(found),
    )


async def ears(job: Job) -> None:
    """Ears with a graph: loading (s), memory that it takes (MB), computing for a second of sound (ms)."""
    from hub.samples import load_samples
    from hub.speech.recognizer import Recognizer
    from hub.speech.sound import FRAME_SECONDS, wav_frames

    before, began = memory(), time.perf_counter()
    recognizer = Recognizer(job.graph)
    loaded, took = time.perf_counter() - began, []
    for sample in load_samples()[:6]:
        decoder, frames = recognizer.decoder(), [frame async for frame in wav_frames(sample.path)]
        start = time.process_time()
        decoder.accept(frames)
        decoder.finish()
        took.append((time.process_time() - start) * 1000 / (len(frames) * FRAME_SECONDS))
    tell(loaded=[loaded], memory=[memory() - before], computing=took)


async def satellite(job: Job) -> None:
    """A satellite that listens (to no microphone) and follows the home, until it is ended."""
    from hub.satellite import FollowsHome
    from hub.speech.mouth import Mouth
    from hub.speech.recognizer import Recognizer
    from hub.speech.service import Voice
    from hub.speech.synthesis import Spoken
    from hub.together import together

    address, settings = BrokerAddress("127.0.0.1", job.port), _settings(job)
    mouth = Mouth(Spoken([], Path()), None, settings.speaker)
    voice = Voice(address, settings.voice, Recognizer(job.graph), mouth)
    async with together([FollowsHome(voice, settings, job.graph).run()]):
        await voice.run(None)


def _settings(job: Job) -> Settings:
    return Settings.model_validate({"cache_dir": job.folder, "voice": {"satellite": job.name or "growing"}})


PARTS: dict[str, Callable[[Job], Awaitable[None]]] = {
    "understanding": understanding,
    "butler": butler,
    "keeping": keeping,
    "graph": graph,
    "ears": ears,
    "satellite": satellite,
}


if __name__ == "__main__":
    asyncio.run(PARTS[sys.argv[1]](Job.model_validate_json(sys.argv[2])))  # type: ignore[arg-type]
