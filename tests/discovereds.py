"""Messages in the shape in which firmware sends them, and a bridge that hears them over a real broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
from conftest import Listener

from devices.discovered.bridge import DiscoveredBridge
from hub.address import BrokerAddress
from hub.home import Home, Room
from hub.messages import Intent, Reply, Topic
from hub.together import end

FIXTURES = Path(__file__).parent / "devices/discovered/fixtures"
MAKERS = sorted(path.stem for path in FIXTURES.glob("*.json"))

HOME = Home(
    rooms=(
        Room(id="living", name="거실"),
        Room(id="bedroom", name="안방", aliases=("침실",)),
        Room(id="kitchen", name="주방", aliases=("부엌",)),
    )
)


def recorded(maker: str) -> dict[str, Any]:
    """What a maker's devices announce, and what they tell then."""
    found: dict[str, Any] = json.loads((FIXTURES / f"{maker}.json").read_text())
    return found


class Outside:
    """Somebody on the broker who is no part of the hub: devices, and what they are told."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self.told: list[tuple[str, str, int, bool]] = []
        self._news = asyncio.Event()
        self.answers: dict[tuple[str, str], list[tuple[str, Any]]] = {}
        """What a device tells after a command."""

    async def say(self, topic: str, payload: Any, retain: bool = True) -> None:
        body = payload if isinstance(payload, str | bytes) else json.dumps(payload, ensure_ascii=False)
        await self._client.publish(topic, body, qos=1, retain=retain)

    async def announce(self, maker: str) -> dict[str, Any]:
        """Say all that the devices of a maker say when they are there."""
        messages = recorded(maker)
        for topic, payload in messages["announced"].items():
            await self.say(topic, payload)
        for topic, payload in messages["told"]:
            await self.say(topic, payload)
        return messages

    async def obey(self, *filters: str) -> None:
        """Hear what is said there, and answer."""
        for wanted in filters:
            await self._client.subscribe(wanted, qos=2)

    async def listen(self) -> None:
        async for message in self._client.messages:
            topic, payload = message.topic.value, bytes(message.payload).decode()  # type: ignore[arg-type]
            self.told.append((topic, payload, message.qos, message.retain))
            for answer in self.answers.get((topic, payload), ()):
                await self.say(*answer)
            self._news.set()

    async def until(self, *wanted: tuple[str, str]) -> None:
        """Wait until these were said, in this order, among others."""
        async with asyncio.timeout(20):
            while True:
                self._news.clear()
                rest = iter([(topic, payload) for topic, payload, _, _ in self.told])
                if all(one in rest for one in wanted):
                    return
                await self._news.wait()


@asynccontextmanager
async def somebody(broker: BrokerAddress) -> AsyncIterator[Outside]:
    """Somebody on the broker."""
    async with aiomqtt.Client(broker.host, broker.port, identifier="outside") as client:
        found = Outside(client)
        listening = asyncio.create_task(found.listen())
        try:
            yield found
        finally:
            await end(listening)


class Discovering:
    """A running bridge, and who follows it."""

    def __init__(self, broker: BrokerAddress, listener: Listener) -> None:
        self.listener = listener
        self._broker = broker
        self.bridge: DiscoveredBridge

    @asynccontextmanager
    async def running(self, home: Home = HOME) -> AsyncIterator[DiscoveredBridge]:
        self.bridge = DiscoveredBridge(self._broker, home=home)
        serving = asyncio.create_task(self.bridge.run())
        try:
            await self.until(lambda bridge: bridge.announced.is_set())
            yield self.bridge
        finally:
            await end(serving)

    async def until(self, holds: Any) -> None:
        async with asyncio.timeout(20):
            while not holds(self.bridge):
                await asyncio.sleep(0.01)

    async def state(self, device: str, **values: Any) -> Mapping[str, Any]:
        """Wait until a device says that it is so."""
        found: Mapping[str, Any] = await self.listener.object(Topic.device(device, "state"), **values)
        return found

    async def do(self, intent: str, *targets: str, confirmed: bool = False, **slots: Any) -> Reply:
        sent = Intent(intent=intent, targets=list(targets), slots=slots, confirmed=confirmed)
        self.listener.bus.publish(Topic.intent("discovered"), sent)
        return Reply.model_validate(await self.listener.object(Topic.reply(sent.id)))
