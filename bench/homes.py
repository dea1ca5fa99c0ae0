"""A building: what 1,000 homes say in their busiest hour, through one broker, and how long it takes.

    script/bench homes

Every home has one connection, as the bridge of its own Mosquitto to the building's broker has, and publishes below
flats/<number>/ what HOUR says, at QoS 1, faster and faster; somebody in the building listens to all of it, and speaks
to homes, which answer. Homes and listener are processes of their own on the machine that the brokers run on, too.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import resource
import socket
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import aiomqtt

from bench.processes import resident
from bench.results import Report, percentile

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from brokers import MOSQUITTO, TestBroker
from clusters import NATS, TestCluster

HOMES = 1000

HOUR = {
    "device/sensor/state": 5 * 60,
    "bridge/any/health": 4 * 60,
    "device/light/state": 12 + 8,
    "utterance": 12,
    "understood": 12,
    "intent/any": 12,
    "reply/any": 12,
    "say/living": 12,
    "satellite/living/state": 4 * 12,
}
"""Messages that one home publishes in its busiest hour: five sensors and four bridges that report every minute, twelve
sentences with all that comes of each, and eight lights switched by hand."""

RETAINED = ("state", "health")

ASKED = 2
"""How often somebody outside speaks to each home in that hour."""

SPEEDS = (1, 4, 16)
"""How many times as fast as it happens."""

REPETITIONS, SECONDS = 3, 5.0

BODY = "x" * 150
"""As long as a usual payload, with its time."""

CONNECTING = 20
"""How many homes connect at a time."""

LATE = 10.0
"""Seconds after which a message that has not come is lost."""

Door = tuple[str, int]


def _client(door: Door, name: str) -> aiomqtt.Client:
    no_delay = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]  # as every service has
    return aiomqtt.Client(*door, identifier=name, timeout=60, keepalive=120, socket_options=no_delay)


def _body() -> str:
    return json.dumps({"at": time.monotonic(), "body": BODY})


async def _home(client: aiomqtt.Client, number: int, speed: float, until: float) -> int:
    """Publish as one home does until then; returns how often."""
    kinds, weights = list(HOUR), list(HOUR.values())
    rate, chance, published = sum(weights) * speed / 3600, random.Random(number), 0
    due = time.monotonic()
    while (due := due + chance.expovariate(rate)) < until:
        await asyncio.sleep(due - time.monotonic())
        (kind,) = chance.choices(kinds, weights)
        await client.publish(f"flats/{number}/jipsa/{kind}", _body(), qos=1, retain=kind.endswith(RETAINED))
        published += 1
    return published


async def _answer(client: aiomqtt.Client, number: int) -> None:
    async for message in client.messages:
        await client.publish(f"flats/{number}/answered", message.payload, qos=1)


async def _play(doors: Sequence[Door], qos: int, pipe: Connection) -> None:
    """All homes; takes speeds from the pipe, and gives back how much was published."""
    slots = asyncio.Semaphore(CONNECTING)
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as answering:
        clients = [_client(doors[number % len(doors)], f"flat-{number}") for number in range(HOMES)]

        async def connect(number: int) -> None:
            async with slots:
                await stack.enter_async_context(clients[number])
                await clients[number].subscribe(f"flats/{number}/asked", qos=qos)

        await asyncio.gather(*map(connect, range(HOMES)))
        tasks = [answering.create_task(_answer(client, number)) for number, client in enumerate(clients)]
        pipe.send(HOMES)
        while speed := await asyncio.to_thread(pipe.recv):
            until = time.monotonic() + SECONDS
            counts = await asyncio.gather(*(_home(client, n, speed, until) for n, client in enumerate(clients)))
            pipe.send(sum(counts))
        for task in tasks:
            task.cancel()


def _play_all(doors: Sequence[Door], qos: int, pipe: Connection) -> None:
    asyncio.run(_play(doors, qos, pipe))


class Building:
    """A broker with all homes at it, somebody who listens and asks, and what was measured there."""

    def __init__(self, broker: TestBroker | TestCluster, who: str, client: aiomqtt.Client, player: Connection) -> None:
        self.broker, self.who, self.client, self.player = broker, who, client, player
        self.took: list[float] = []
        """Seconds that messages took to the listener."""
        self.answered: list[float] = []
        """Seconds that homes took to answer."""
        self.figures: dict[tuple[str, str], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
        """By what and unit, for each rate."""
        self.lost: list[float] = []
        self._news = asyncio.Event()

    async def listen(self) -> None:
        """Take what comes, until it is cancelled."""
        async for message in self.client.messages:
            assert isinstance(message.payload, bytes)
            into = self.answered if message.topic.value.endswith("answered") else self.took
            into.append(time.monotonic() - json.loads(message.payload)["at"])
            self._news.set()

    async def play(self, speed: int) -> None:
        """Let all homes live for SECONDS, so many times as fast."""
        self.took, self.answered = [], []
        computed, began = _computed(self.broker.pids), time.monotonic()
        self.player.send(speed)
        asked = await self._ask(speed, began + SECONDS)
        published = await asyncio.to_thread(self.player.recv)
        lasted = time.monotonic() - began
        busy = (_computed(self.broker.pids) - computed) / lasted
        with suppress(TimeoutError):
            async with asyncio.timeout(LATE):
                while len(self.took) < published or len(self.answered) < asked:
                    self._news.clear()
                    await self._news.wait()
        self.lost.append(published - len(self.took) + asked - len(self.answered))
        rate = HOMES * sum(HOUR.values()) * speed // 3600
        self.figures["messages published", "a second"][rate].append(published / lasted)
        for share in (50, 95, 99):
            took = percentile(self.took, share) * 1000
            self.figures[f"from a home to the listener, {share}th percentile", "ms"][rate].append(took)
        answered = percentile(self.answered, 95) * 1000
        self.figures["from asking a home to its answer, 95th percentile", "ms"][rate].append(answered)
        self.figures["broker's processors", "% of one"][rate].append(100 * busy)

    async def _ask(self, speed: int, until: float) -> int:
        chance, due, asked = random.Random(0), time.monotonic(), 0
        while (due := due + chance.expovariate(ASKED * HOMES * speed / 3600)) < until:
            await asyncio.sleep(due - time.monotonic())
            await self.client.publish(f"flats/{chance.randrange(HOMES)}/asked", _body(), qos=1)
            asked += 1
        return asked


def _computed(pids: Sequence[int]) -> float:
    """Seconds that these processes have computed."""
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def _building(who: str, broker: TestBroker | TestCluster) -> AsyncIterator[Building]:
    """The broker with all homes connected, and with a listener."""
    qos, (here, there) = broker.address.qos, multiprocessing.Pipe()
    await broker.start()
    player = multiprocessing.get_context("spawn").Process(
        target=_play_all, args=(broker.doors, qos, there), daemon=True
    )
    try:
        async with _client(broker.doors[0], "building") as client:
            player.start()
            await asyncio.to_thread(here.recv)
            for topic in ("flats/+/jipsa/#", "flats/+/answered"):
                await client.subscribe(topic, qos=qos)
            building = Building(broker, who, client, here)
            listening = asyncio.create_task(building.listen())
            yield building
            listening.cancel()
            here.send(0)
            await asyncio.to_thread(player.join, 60)
    finally:
        await broker.stop()


async def _measure(report: Report, folder: Path) -> None:
    assert MOSQUITTO is not None, "Mosquitto is not installed (apt install mosquitto)"
    assert NATS is not None, "NATS is not installed (apt install nats-server)"
    cluster = TestCluster(folder)
    async with AsyncExitStack() as stack:
        stack.callback(cluster.kill)
        brokers = {"Mosquitto": TestBroker("mosquitto", folder), "NATS, 3 servers": cluster}
        buildings = [await stack.enter_async_context(_building(who, broker)) for who, broker in brokers.items()]
        for _ in range(REPETITIONS):
            for speed in SPEEDS:
                for building in buildings:
                    await building.play(speed)
        for building in buildings:
            report.add("lost messages", building.who, "", building.lost)
            report.add("broker's memory afterwards", building.who, "MB", [sum(map(resident, building.broker.pids))])
            for (what, unit), points in building.figures.items():
                report.add_curve(what, building.who, unit, "messages a second that homes want to publish", points)


def main() -> None:
    """Measure both brokers in turn."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a connection each
    report = Report("homes", f"What {HOMES:,} homes say in a busy hour, and up to {SPEEDS[-1]} times as fast")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(report, Path(folder)))
    report.finish()


if __name__ == "__main__":
    main()
