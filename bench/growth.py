"""Growth: homes of 10 to 1,000 devices, and 1 to 20 satellites in one; how each figure grows, and how steeply.

    script/bench growth

Every size of every part is a process of its own (bench/growing.py), on a Mosquitto of its own. Where a figure is time
that one process computes, that is measured and not the clock's, so that what else goes on does not count.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiomqtt
from rich.console import Console
from rich.table import Table

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from brokers import MOSQUITTO, accepts, free_port
from faults.processes import Service, jipsa

from bench.growing import BATCH, Job, memory
from bench.growing_rooms import House, claims
from bench.grown import BRIDGES, SENTENCES, abouts, state
from bench.results import Curve, Report
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.messages import BridgeInfo, ServiceState, Topic

DEVICES = (10, 30, 100, 300, 1_000)
SATELLITES = (1, 2, 5, 10, 20)

BATCHES = 6
"""Of states that are counted."""

Figures = dict[str, Any]
Curves = defaultdict[tuple[str, str, str, str], dict[int, list[float]]]
"""By what, who, unit and of what the sizes are: the values at each size."""


class Part:
    """A process that measures one part."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def of(cls, name: str, job: Job) -> Part:
        """Start it."""
        pipe = asyncio.subprocess.PIPE
        command = [sys.executable, "-m", "bench.growing", name, job.model_dump_json()]
        environment = {**os.environ, "TERM": "dumb"}
        return cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, env=environment))

    async def told(self) -> Figures:
        """What it tells next."""
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError("a part has ended before it told its figures; see above")
        found: Figures = json.loads(line)
        return found

    def ask(self) -> None:
        """Have it go on."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")

    async def end(self) -> None:
        """No more is wanted of it."""
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def part(name: str, job: Job) -> AsyncIterator[Part]:
    """A part that is ended afterwards."""
    running = await Part.of(name, job)
    try:
        yield running
    finally:
        await running.end()


@asynccontextmanager
async def mosquitto(folder: Path) -> AsyncIterator[BrokerAddress]:
    """A broker of its own in a new folder, with the limits that Mosquitto is installed with."""
    if MOSQUITTO is None:
        raise SystemExit("Mosquitto is not installed (apt install mosquitto)")
    address = BrokerAddress("127.0.0.1", free_port())
    broker = Service([MOSQUITTO, "-c", _configured(folder, address.port)], folder / "mosquitto.log")
    async with broker.running():
        await accepts(address.port, within=20)
        yield address


def _configured(folder: Path, port: int) -> str:
    """The path of a configuration with the limits of ours."""
    folder.mkdir()
    shipped = (Path(__file__).parents[1] / "config/mosquitto/jipsa.conf").read_text("utf-8").splitlines()
    limits = [line for line in shipped if line.startswith(("max_", "set_"))]
    file = folder / "mosquitto.conf"
    file.write_text("\n".join([f"listener {port} 127.0.0.1", "allow_anonymous true", *limits, ""]))
    return str(file)


@asynccontextmanager
async def announced(devices: int, folder: Path) -> AsyncIterator[tuple[int, aiomqtt.Client]]:
    """The port of a broker that has all that is retained of a home, and a client of it."""
    async with (
        mosquitto(folder) as address,
        aiomqtt.Client(address.host, address.port, identifier="home") as client,
    ):
        known = abouts(devices)
        for bridge in BRIDGES:
            mine = [about.id for about in known if about.bridge == bridge]
            info = BridgeInfo(version="1", contract="1", devices=mine).to_payload()
            await client.publish(Topic.bridge(bridge, "info"), info, 1, retain=True)
            online = ServiceState(state="online").to_payload()
            await client.publish(Topic.bridge(bridge, "state"), online, 1, retain=True)
        for about in known:
            await client.publish(Topic.device(about.id, "about"), about.to_payload(), 1, retain=True)
            await client.publish(Topic.device(about.id, "state"), state(about, 0), 1, retain=True)
            await client.publish(Topic.device(about.id, "available"), b"online", 1, retain=True)
        yield address.port, client


async def of_devices(devices: int, folder: Path, curves: Curves) -> Path:
    """Everything that grows with the devices, at one size; returns the graph that was built."""

    def add(what: str, who: str, unit: str, values: list[float]) -> None:
        curves[what, who, unit, "devices"][devices] = values

    async with part("understanding", Job(devices=devices)) as understanding:
        figures = await understanding.told()
    for kind in SENTENCES:
        add("To understand a sentence", kind, "ms", figures["took"][kind])
    add("To make the home ready for sentences", "names", "ms", figures["ready"])
    async with announced(devices, folder / f"home-{devices}") as (port, client):
        async with part("butler", Job(devices=devices, port=port)) as butler:
            figures = await butler.told()
        add("To make the home ready for sentences", "after the last device", "ms", figures["ready"])
        add("Connected: until all devices are there", "butler", "ms", figures["there"])
        add("Memory of a process", "butler", "MB", [figures["memory"]])
        for who in ("mirror", "follower"):
            figures = await _states(devices, who, port, client)
            add("Connected: until all devices are there", who, "ms", figures["there"])
            add("States that are taken in a second", who, "a second", figures["rates"])
            add("Memory of a process", who, "MB", [figures["memory"]])
    async with part("graph", Job(devices=devices, folder=folder / f"graph-{devices}")) as builder:
        figures = await builder.told()
    add("To build the home graph", "what is listened for", "s", figures["listened"])
    add("To build the home graph", "the graph", "s", figures["built"])
    add("Memory of a process", "builder of the graph", "MB", figures["memory"])
    add("The home graph on the disk", "HCLG.fst", "MB", figures["size"])
    graph = figures["graph"]
    async with part("ears", Job(graph=graph)) as ears:
        figures = await ears.told()
    add("To load the home graph", "ears", "s", figures["loaded"])
    add("To hear a second of sound", "ears", "ms", figures["computing"])
    add("Memory of a process", "ears", "MB", figures["memory"])
    return Path(graph)


async def _states(devices: int, who: str, port: int, client: aiomqtt.Client) -> Figures:
    """What one who keeps states tells, while states change."""
    known, change = abouts(devices), 0
    async with part("keeping", Job(devices=devices, port=port, name=who)) as keeper:
        figures = await keeper.told()
        for _ in range(BATCHES):
            keeper.ask()
            await keeper.told()
            for number in range(BATCH):
                change += 1
                about = known[(change * 7) % devices]
                await client.publish(Topic.device(about.id, "state"), state(about, change), number % 50 == 0)
            await keeper.told()
        assert keeper.process.stdin is not None
        keeper.process.stdin.close()
        return {**figures, **await keeper.told()}


async def of_satellites(graph: Path, folder: Path, curves: Curves) -> None:
    """Everything that grows with the satellites: processes that go on while more come. They begin with `graph`."""
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(mosquitto(folder))
        quiet = await stack.enter_async_context(mosquitto(folder / "quiet"))
        for verbs in (["butler"], ["bridge", "gpio"]):
            service = jipsa(folder / verbs[-1], f"mqtt://{address.host}:{address.port}", *verbs)
            await stack.enter_async_context(service.running())
        house = House(Bus(address, "house"), json.loads((graph / "manifest.json").read_text("utf-8"))["phrases"])
        await stack.enter_async_context(house.bus.running())
        satellites: list[Part] = []
        for count in SATELLITES:
            while len(satellites) < count:
                name = f"room_{len(satellites)}"
                job = Job(port=address.port, folder=folder / "cache", graph=graph, name=name)
                satellites.append(await Part.of("satellite", job))
                stack.push_async_callback(satellites[-1].end)
            await house.listened_for(count)
            figures = {
                ("Memory of each satellite", "ears", "MB"): [memory(one.process.pid) for one in satellites],
                ("A changed home, until all satellites listen for it", "last", "s"): [await house.change(count)],
                ("One sentence in all rooms at once, until it is answered", "last", "ms"): await house.say(count),
                ("Who acts on a sentence that several hear", "decided", "ms"): await claims(count, quiet),
            }
            for (what, who, unit), values in figures.items():
                curves[what, who, unit, "satellites"][count] = values


def slopes(curve: Curve) -> list[float]:
    """How steep a curve is from each size to the next: 0 is constant, 1 is as the size, 2 is its square."""
    points = list(zip(curve.sizes, curve.medians, strict=True))
    return [math.log(later / value) / math.log(more / size) for (size, value), (more, later) in pairwise(points)]


def report(curves: Curves) -> None:
    """Print the figures and how steep they are, and write them with their picture."""
    told = Report("growth", "Growth: 10 to 1,000 devices, 1 to 20 satellites")
    for (what, who, unit, over), points in curves.items():
        told.add_curve(what, who, unit, over, points)
    told.finish()
    table = Table("what", "who", "from each size to the next it grows as n to the power of")
    for curve in told.curves:
        table.add_row(curve.what, curve.who, "  ".join(f"{slope:.2f}" for slope in slopes(curve)))
    Console(width=150).print(table)


async def measure(curves: Curves) -> None:
    """All sizes."""
    with tempfile.TemporaryDirectory() as temporary:
        graphs = [await of_devices(devices, Path(temporary), curves) for devices in DEVICES]
        await of_satellites(graphs[0], Path(temporary) / "satellites", curves)


def main() -> None:
    """Measure, and tell."""
    curves: Curves = defaultdict(dict)
    asyncio.run(measure(curves))
    report(curves)


if __name__ == "__main__":
    main()
