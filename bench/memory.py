"""Memory of a hub: of each of its services, of all in one process, and of what others take for less.

    script/bench memory

The services are those of a household (household.py) with 30 simulated appliances, right after their start and after
sentences; a hub in one process has the sample home. Beside them: the same acoustic model in plain Vosk, which only
hears, and Home Assistant as the tests have it, which hears nothing. Each figure is the process's own part (PSS) of all.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.household import ROOT, household
from bench.processes import memory, resident
from bench.results import US, Report
from bench.services import announced, running
from bench.soak import ready
from bench.ways import Job
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.follow import Follower
from hub.messages import Utterance

sys.path.append(str(ROOT / "tests"))

from brokers import TestBroker, free_port
from hass import TestHomeAssistant

REPETITIONS = 3

SENTENCES = ("거실 불 켜줘", "거실 에어컨 26도로 맞춰줘", "3분 타이머 맞춰줘", "지금 몇 시야", "거실 불 꺼줘") * 10

TOGETHER = "all services"


async def speak(broker: BrokerAddress) -> None:
    """Say every sentence, each when the one before was answered."""
    bus = Bus(broker, "memory")
    follower = Follower(bus, "memory")
    async with bus.running():
        await bus.connected.wait()
        for sentence in SENTENCES:
            await follower.ask(Utterance(text=sentence, satellite="memory", room="거실"), 30)


async def services() -> dict[str, tuple[float, float]]:
    """MB of each service after its start, and after the sentences; and of all together."""
    with tempfile.TemporaryDirectory() as folder:
        async with household(Path(folder), 1) as home:
            await ready(home)
            first = home.vitals()
            await speak(home.broker)
            then = home.vitals()
    found = {name: (first[name].memory, then[name].memory) for name in first if name not in {"cloud", "broker"}}
    return {**found, TOGETHER: tuple(map(sum, zip(*found.values(), strict=True)))}  # type: ignore[dict-item]


async def one_process() -> tuple[float, float]:
    """MB of a hub in one process after the sentences: PSS and RSS."""
    async with running("mosquitto", voice={"microphone": "off"}, web={"port": free_port()}) as hub:
        process = await hub.start("hub")
        await announced(hub)
        await speak(hub.broker)
        return memory(process.pid), resident(process.pid)


def vosk() -> float:
    """MB of a process that has heard one sound with the whole model."""
    sound = ROOT / "config/samples/living-ac-on.wav"
    job = Job(graph=Path(), words=[], sentences=[], files=[sound])
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(job.model_dump_json())
        file.flush()
        command = [sys.executable, "-m", "bench.ways", "open", file.name]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.strip().splitlines()[-1])["process"])


@asynccontextmanager
async def home_assistant(command: Path, folder: Path) -> AsyncIterator[int]:
    """The process of a Home Assistant that has nothing but what the tests need, and this hub's broker."""
    broker, hass = TestBroker("mosquitto", folder), TestHomeAssistant(command, folder / "hass")
    await broker.start()
    await hass.start()
    try:
        await hass.configure("mqtt", {"broker": broker.address.host, "port": broker.address.port})
        assert hass._process is not None
        yield hass._process.pid
    finally:
        await hass.stop()
        await broker.stop()


async def idle_home_assistant(command: Path) -> float:
    """MB of an idle Home Assistant."""
    with tempfile.TemporaryDirectory() as folder:
        async with home_assistant(command, Path(folder)) as process:
            return memory(process)


async def main(command: Path) -> None:
    """Measure and tell; `command` starts Home Assistant."""
    report = Report("memory", "Memory of a hub, beside what others take")
    first, then = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    alone: list[tuple[float, float]] = []
    for _ in range(REPETITIONS):
        for name, (begin, end) in (await services()).items():
            first[name].append(begin)
            then[name].append(end)
        alone.append(await one_process())
    for title, values in (("after the start", first), (f"after {len(SENTENCES)} sentences", then)):
        for name, found in values.items():
            report.add(f"a process for each service, {title}", name, "MB", found)
    what = "hearing, understanding, bridges and page in one process"
    report.add(what, US, "MB", [pss for pss, _ in alone])
    report.add(f"{what}, with all that it shares (RSS)", US, "MB", [rss for _, rss in alone])
    report.add(what, "plain Vosk, which only hears", "MB", [vosk() for _ in range(REPETITIONS)])
    report.add(what, "Home Assistant, idle, which hears nothing", "MB", [await idle_home_assistant(command)])
    report.finish()


if __name__ == "__main__":
    found = subprocess.run([ROOT / "script/homeassistant"], capture_output=True, text=True, check=True)
    asyncio.run(main(Path(found.stdout.strip())))
