"""What all tests share: real brokers, and a listener that waits for messages instead of sleeping."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

from brokers import MOSQUITTO, TestBroker
from clusters import NATS, TestCluster

from hub.address import BrokerAddress
from hub.bus import Bus

# A small machine that is busy with other things makes single examples slow; that is no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

HOME_BROKERS = (
    "amqtt",
    pytest.param(
        "mosquitto",
        marks=pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed (apt install mosquitto)"),
    ),
)
CLUSTER = pytest.param(
    "nats",
    marks=[
        pytest.mark.skipif(NATS is None, reason="NATS is not installed (apt install nats-server)"),
        pytest.mark.xdist_group("nats"),  # one cluster for all of them
    ],
)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestCluster]:
    """The cluster of all tests that take one; it starts with the first of them."""
    if NATS is None:
        pytest.skip("NATS is not installed (apt install nats-server)")
    found = TestCluster(tmp_path_factory.mktemp("nats"))
    yield found
    found.kill()


@pytest.fixture(params=[*HOME_BROKERS, CLUSTER])
async def any_broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TestBroker | TestCluster]:
    """A running broker; the test runs once with each kind."""
    if request.param == "nats":
        async with request.getfixturevalue("servers").serving() as cluster:
            yield cluster
        return
    broker = TestBroker(request.param, tmp_path)
    await broker.start()
    yield broker
    await broker.stop()


@pytest.fixture(params=HOME_BROKERS)
async def home_broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TestBroker]:
    """A running broker of those that homes have: one server, with QoS 2 and wills for who is cut off."""
    broker = TestBroker(request.param, tmp_path)
    await broker.start()
    yield broker
    await broker.stop()


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[BrokerAddress]:
    """The address of a running embedded broker."""
    running = TestBroker("amqtt", tmp_path)
    await running.start()
    yield running.address
    await running.stop()


class Listener:
    """Hears everything below `jipsa/` and lets a test wait for what it expects."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.heard: list[tuple[str, bytes]] = []
        self._news = asyncio.Event()
        bus.subscribe("jipsa/#", self._hear)

    def _hear(self, topic: str, payload: bytes) -> None:
        self.heard.append((topic, payload))
        self._news.set()

    async def until(self, wanted: Callable[[str, bytes], bool], within: float = 60) -> tuple[str, bytes]:
        """The first message, past or to come, for which `wanted` is true; TimeoutError after `within` seconds."""
        looked_at = 0
        async with asyncio.timeout(within):
            while True:
                self._news.clear()
                for topic, payload in self.heard[looked_at:]:
                    if wanted(topic, payload):
                        return topic, payload
                looked_at = len(self.heard)
                await self._news.wait()

    async def object(self, topic: str, **values: Any) -> dict[str, Any]:
        """The first JSON object on `topic` that has these values."""

        def wanted(heard: str, payload: bytes) -> bool:
            if heard != topic or not payload:
                return False
            found = json.loads(payload)
            return all(found.get(key) == value for key, value in values.items())

        _, payload = await self.until(wanted)
        found: dict[str, Any] = json.loads(payload)
        return found

    def all(self, topic: str) -> list[bytes]:
        """Every payload heard on `topic` so far."""
        return [payload for heard, payload in self.heard if heard == topic]


@pytest.fixture
async def listener(broker: BrokerAddress) -> AsyncIterator[Listener]:
    """A connected listener on the embedded broker."""
    found = Listener(Bus(broker, "listener"))
    async with found.bus.running():
        await found.bus.connected.wait()
        yield found


@pytest.fixture(scope="session")
def hass_command() -> Path:
    """The `hass` of a Home Assistant that is installed for the tests; where none can be, the test is skipped."""
    script = Path(__file__).parent.parent / "script/homeassistant"
    done = subprocess.run([script], capture_output=True, text=True, check=False)
    if done.returncode == 3 and not os.environ.get("JIPSA_HOMEASSISTANT"):
        pytest.skip(f"{done.stderr.strip()}: nothing was tried against the real Home Assistant")
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[TestBroker]:
    """A running Mosquitto."""
    if MOSQUITTO is None:
        pytest.skip("Mosquitto is not installed (apt install mosquitto)")
    running = TestBroker("mosquitto", tmp_path)
    await running.start()
    yield running
    await running.stop()
