"""A home whose parts fail on purpose: Mosquitto and bridges are processes; butler and speaker are in the test's own."""

from __future__ import annotations

import asyncio
import gc
import os
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import pytest
from brokers import MOSQUITTO, free_port
from faults.processes import REPOSITORY, Service, jipsa, mosquitto, until

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.butler.service import Butler
from hub.follow import Exchange, Follower
from hub.home import load_home
from hub.messages import Topic, Utterance
from hub.together import end

GROWTH = 5_000_000
"""Bytes that a service may have more in memory after a fault."""


class House:
    """A broker, a butler, and somebody who speaks in every room and hears all that is answered."""

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.address = BrokerAddress(host, free_port())
        self.url = f"mqtt://{host}:{self.address.port}"
        self.broker = mosquitto(self.address.port, folder, host)
        self.butler = Butler(self.address, load_home(REPOSITORY / "config/home.yaml"))
        self.bus = Bus(self.address, "speaker")
        self.follower = Follower(self.bus, "+")
        self.states: Counter[str] = Counter()
        """How often each bridge said online, or offline."""
        self.bus.subscribe("jipsa/bridge/+/state", self._on_bridge)
        self._heard: list[tuple[str, bytes]] = []
        for topic in (Topic.say("+"), Topic.intent("+"), Topic.UNDERSTOOD, Topic.HOME, Topic.bridge("+", "log")):
            self.bus.subscribe(topic, lambda topic, payload: self._heard.append((topic, payload)))

    def heard(self, what: str) -> list[bytes]:
        """Every `say`, `intent`, `understood`, `home` or `log` so far."""
        return [payload for topic, payload in self._heard if what in topic.split("/")]

    def _on_bridge(self, topic: str, payload: bytes) -> None:
        self.states[f"{topic.split('/')[2]} {'online' if b'online' in payload else 'offline'}"] += 1

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[House]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.broker.kill)
            await self.broker.start()
            await stack.enter_async_context(self.bus.running())
            self._serving = asyncio.create_task(self.butler.run())
            stack.push_async_callback(end, self._serving)
            async with asyncio.timeout(20):
                await self.bus.connected.wait()
                await self.butler.bus.connected.wait()
            yield self

    @asynccontextmanager
    async def served_by(self, butler: Service) -> AsyncIterator[None]:
        """Have a butler that is a process of its own in the place of this one's."""
        await end(self._serving)
        try:
            await self.start_butler(butler)
            yield
        finally:
            await butler.kill()

    async def start_butler(self, butler: Service) -> None:
        """Start it, and wait until it serves."""
        before = len(self.heard("home"))
        await butler.start()
        await until(lambda: len(self.heard("home")) > before, 60)

    @asynccontextmanager
    async def running(self, service: Service, *devices: str) -> AsyncIterator[Service]:
        """Run it until the block is left; of a bridge, these devices are announced when the block begins."""
        await service.start()
        try:
            if devices:
                async with asyncio.timeout(60):
                    await self.butler.ready(devices)
            yield service
        finally:
            await service.kill()

    def genie(self, **environment: str) -> Service:
        """The assistant, which keeps its timers in a file."""
        return jipsa(self.folder / "genie", self.url, "bridge", "genie", **environment)

    async def say(self, sentence: str) -> Exchange:
        """Say it in a room of its own, and wait for the answer."""
        utterance = Utterance(text=sentence)
        return await self.follower.ask(utterance.model_copy(update={"satellite": f"room-{utterance.id}"}), 90)


@asynccontextmanager
async def serving(folder: Path, host: str = "127.0.0.1") -> AsyncIterator[House]:
    """A house with nothing but broker and butler; afterwards, nothing of it is left in this process."""
    if MOSQUITTO is None:
        pytest.skip("Mosquitto is not installed (apt install mosquitto)")
    tasks, descriptors = len(asyncio.all_tasks()), _descriptors()
    async with House(folder, host).serving() as house:
        yield house
    gc.collect()
    await until(lambda: len(asyncio.all_tasks()) <= tasks)
    await until(lambda: _descriptors() <= descriptors)


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # the folder that is listed is in the list


def timers(state: Path) -> Counter[int]:
    """How many seconds the timers have that are in the assistant's file, each as often as it was set."""
    with closing(sqlite3.connect(state / "assistant.db")) as file:
        rows = file.execute("SELECT json_extract(body, '$.seconds') FROM countdowns").fetchall()
    return Counter(int(seconds) for (seconds,) in rows)


def told(exchanges: dict[int, Exchange]) -> Counter[int]:
    """The timers, in seconds, of which it was answered that they run."""
    done = [number for number, exchange in exchanges.items() if (exchange.answered or "").endswith("시작했어요.")]
    return Counter(60 * number for number in done)
