"""Brokers and the hub's services as processes of their own, as they run on a Pi, for benchmarks that talk to them.

async with running("mosquitto", home) as hub:
    await hub.start("butler")
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import as_installed
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.home import load_home
from hub.messages import Topic
from hub.payloads import Value, read_object

REPOSITORY = Path(__file__).parents[1]

sys.path.append(str(REPOSITORY / "tests"))

from brokers import MOSQUITTO, accepts, free_port  # noqa: E402 - the tests' own
from faults.processes import Service, mosquitto  # noqa: E402

HOME = REPOSITORY / "config/home.yaml"

BROKERS = ("mosquitto", "amqtt")

AMQTT = """\
import asyncio
from hub.broker import embedded_broker
async def serve():
    async with embedded_broker({port}):
        await asyncio.Event().wait()
asyncio.run(serve())
"""


@dataclass
class Hub:
    """A broker, and what was started beside it."""

    broker: BrokerAddress
    folder: Path
    stack: AsyncExitStack

    async def start(self, *verbs: str, under: tuple[str, ...] = ()) -> Service:
        """Run `jipsa-serve <verbs>` until the hub is left."""
        command = (sys.executable, *under, "-m", "hub.serve", *verbs, "--config", str(self.folder / "jipsa.yaml"))
        service = Service(command, self.folder / f"{'-'.join(verbs)}.log", **as_installed())
        return await self.stack.enter_async_context(service.running())


@asynccontextmanager
async def running(kind: str, home: Path = HOME, **settings: Any) -> AsyncIterator[Hub]:
    """A broker of its kind in a process, and settings for services that use it; `settings` are sections of them."""
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            hub = Hub(BrokerAddress("127.0.0.1", free_port()), Path(folder), stack)
            await stack.enter_async_context(_broker(kind, hub).running())
            await accepts(hub.broker.port, within=20)
            told = {
                "version": 2,
                "home": str(home),
                "state_dir": folder,
                "broker": {"embedded": False, "url": f"mqtt://127.0.0.1:{hub.broker.port}"},
                "gpio": {"pins": "mock"},
                **settings,
            }
            (hub.folder / "jipsa.yaml").write_text(json.dumps(told, ensure_ascii=False))
            yield hub


def _broker(kind: str, hub: Hub) -> Service:
    if kind == "amqtt":
        return Service([sys.executable, "-c", AMQTT.format(port=hub.broker.port)], hub.folder / "amqtt.log")
    if MOSQUITTO is None:
        raise SystemExit("Mosquitto is not installed: apt install mosquitto")
    return mosquitto(hub.broker.port, hub.folder)


async def announced(hub: Hub, home: Path = HOME) -> None:
    """Return when every device of the home is announced, and the butler has made it ready for sentences."""
    missing, bus, ready = {device.id for device in load_home(home).devices}, Bus(hub.broker, "ready"), asyncio.Event()

    def on_home(topic: str, payload: bytes) -> None:
        if not missing:
            ready.set()

    bus.subscribe(Topic.device("+", "about"), lambda topic, payload: missing.discard(topic.split("/")[2]))
    bus.subscribe(Topic.HOME, on_home)
    async with bus.running(), asyncio.timeout(60):
        await ready.wait()


class Watch:
    """Knows the state of every device. Its bus has to run."""

    def __init__(self, broker: BrokerAddress) -> None:
        self.bus = Bus(broker, "watch")
        self.states: dict[str, dict[str, Value]] = {}
        self._news = asyncio.Event()
        self.bus.subscribe(Topic.device("+", "state"), self._take)

    def has(self, device: str, wanted: Mapping[str, Value]) -> bool:
        """Whether the device's state is the wanted one."""
        return wanted.items() <= self.states.get(device, {}).items()

    async def until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        """Return when states have made the condition true; raises TimeoutError after some seconds."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def _take(self, topic: str, payload: bytes) -> None:
        self.states[topic.split("/")[2]] = read_object(topic, payload)
        self._news.set()
