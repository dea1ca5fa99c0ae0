"""A building: what 1,000 homes say in their busiest hour, through one broker, and how long it takes.

    script/bench homes [HOMES] [SECONDS]

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
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiomqtt
import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from brokers import MOSQUITTO, TestBroker
from clusters import NATS, TestCluster

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

SPEEDS = (1, 4, 8, 16)
"""How many times as fast as it happens."""

BODY = "x" * 150
"""As long as a usual payload, with its time."""

CONNECTING = 20
"""How many homes connect at a time."""


@dataclass
class Course:
    """What the listener saw: seconds that messages took, and that homes took to answer."""

    took: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)


def _client(port: int, name: str) -> aiomqtt.Client:
    no_delay = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]  # as every service has
    return aiomqtt.Client("127.0.0.1", port, identifier=name, timeout=60, keepalive=120, socket_options=no_delay)


async def _home(client: aiomqtt.Client, number: int, speed: float, until: float) -> int:
    """Publish as one home does until then; returns how often."""
    kinds, weights = list(HOUR), list(HOUR.values())
    rate, chance, published = sum(weights) * speed / 3600, random.Random(number), 0
    due = time.monotonic()
    while (due := due + chance.expovariate(rate)) < until:
        await asyncio.sleep(due - time.monotonic())
        (kind,) = chance.choices(kinds, weights)
        body = json.dumps({"at": time.monotonic(), "body": BODY})
        await client.publish(f"flats/{number}/jipsa/{kind}", body, qos=1, retain=kind.endswith(RETAINED))
        published += 1
    return published


async def _answer(client: aiomqtt.Client, number: int) -> None:
    async for message in client.messages:
        await client.publish(f"flats/{number}/answered", message.payload, qos=1)


async def _play(
    ports: Sequence[int], homes: int, qos: int, seconds: float, pipe: multiprocessing.connection.Connection
) -> None:
    """All homes; takes speeds from the pipe, and gives back how much was published."""
    slots = asyncio.Semaphore(CONNECTING)
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as answering:
        clients = [_client(ports[number % len(ports)], f"flat-{number}") for number in range(homes)]

        async def connect(number: int) -> None:
            async with slots:
                await stack.enter_async_context(clients[number])
                await clients[number].subscribe(f"flats/{number}/asked", qos=qos)

        await asyncio.gather(*map(connect, range(homes)))
        tasks = [answering.create_task(_answer(client, number)) for number, client in enumerate(clients)]
        pipe.send(homes)
        while speed := await asyncio.to_thread(pipe.recv):
            until = time.monotonic() + seconds
            counts = await asyncio.gather(*(_home(client, n, speed, until) for n, client in enumerate(clients)))
            pipe.send(sum(counts))
        for task in tasks:
            task.cancel()


def _play_all(*arguments: object) -> None:
    asyncio.run(_play(*arguments))  # type: ignore[arg-type]


async def _listen(client: aiomqtt.Client, course: Course) -> None:
    async for message in client.messages:
        at = json.loads(message.payload)["at"]  # type: ignore[arg-type]
        (course.answered if message.topic.value.endswith("answered") else course.took).append(time.monotonic() - at)


async def _ask(client: aiomqtt.Client, homes: int, speed: float, until: float) -> None:
    chance, due = random.Random(0), time.monotonic()
    while (due := due + chance.expovariate(ASKED * homes * speed / 3600)) < until:
        await asyncio.sleep(due - time.monotonic())
        number = chance.randrange(homes)
        await client.publish(f"flats/{number}/asked", json.dumps({"at": time.monotonic(), "body": BODY}), qos=1)


def _memory(pids: Sequence[int]) -> float:
    """MB that these processes have in memory."""
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _computed(pids: Sequence[int]) -> float:
    """Seconds that these processes have computed."""
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def _brokers(kind: str) -> AsyncIterator[tuple[list[int], int, list[int]]]:
    """A broker's ports, the QoS of subscriptions there, and its processes."""
    with tempfile.TemporaryDirectory() as folder:
        running = TestCluster(Path(folder)) if kind == "nats" else TestBroker("mosquitto", Path(folder))
        await running.start()
        try:
            yield running.ports, running.address.qos, running.pids
        finally:
            await running.stop()


async def measure(kind: str, homes: int, seconds: float, table: Table) -> None:
    """Add a row for each speed."""
    async with _brokers(kind) as (ports, qos, pids), _client(ports[0], "building") as client:
        empty = _memory(pids)
        here, there = multiprocessing.Pipe()
        player = multiprocessing.get_context("spawn").Process(
            target=_play_all, args=(ports, homes, qos, seconds, there), daemon=True
        )
        player.start()
        await asyncio.to_thread(here.recv)
        for topic in ("flats/+/jipsa/#", "flats/+/answered"):
            await client.subscribe(topic, qos=qos)
        course = Course()
        listening = asyncio.create_task(_listen(client, course))
        for speed in SPEEDS:
            course.took, course.answered = [], []
            computed, began = _computed(pids), time.monotonic()
            here.send(speed)
            await _ask(client, homes, speed, began + seconds)
            published = await asyncio.to_thread(here.recv)
            lasted = time.monotonic() - began
            busy = (_computed(pids) - computed) / lasted
            await asyncio.sleep(1)  # what is still on its way
            p50, p95, p99 = np.percentile(course.took, (50, 95, 99)) * 1000
            answer = np.percentile(course.answered, 95) * 1000 if course.answered else float("nan")
            table.add_row(
                kind, f"{speed}", f"{homes * sum(HOUR.values()) * speed / 3600:,.0f}", f"{published / lasted:,.0f}",
                f"{published - len(course.took)}", f"{p50:.1f}", f"{p95:.1f}", f"{p99:.1f}", f"{answer:.1f}",
                f"{busy:.0%}", f"{empty:.0f} → {_memory(pids):.0f}",
            )  # fmt: skip
        here.send(0)
        listening.cancel()
        await asyncio.to_thread(player.join, 60)


def main() -> None:
    """Measure each broker that is installed, and print a table."""
    homes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 20
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a connection each
    table = Table(title=f"{homes:,} homes, {os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}")
    for column in (
        "broker", "speed", "offered/s", "published/s", "lost", "p50 ms", "p95 ms", "p99 ms", "answer p95 ms",
        "broker's CPU", "memory MB",
    ):  # fmt: skip
        table.add_column(column, justify="right")
    for kind, installed in (("mosquitto", MOSQUITTO), ("nats", NATS)):
        if installed:
            asyncio.run(measure(kind, homes, seconds, table))
        Console(width=150).print(table if installed else f"{kind} is not installed")


if __name__ == "__main__":
    main()
