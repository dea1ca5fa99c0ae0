"""What is heard of a bridge and said to it: a plain connection to the broker, which hides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiomqtt

from hub.address import BrokerAddress, client_to, payload_of
from hub.bus import PATIENCE as BROKER_PATIENCE
from hub.messages import INTENT_LIFETIME, ROOT, Topic
from hub.payloads import new_id
from hub.reach import Unheard
from hub.together import end

PATIENCE = INTENT_LIFETIME.total_seconds()
"""Seconds that a bridge may take for anything: who asked has given up by then."""

SETTLED = 0.5
"""Seconds for what comes though it should not, after what was asked later has been answered."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it came: `retained` where the broker had kept it, `qos` as it was sent (1 at most)."""

    topic: str
    payload: bytes
    retained: bool
    qos: int


class Wire:
    """A connection that keeps all that it hears of one bridge, of all devices, and of all replies."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.heard: list[Heard] = []
        self._client = client
        self._news = asyncio.Event()
        self._lost: aiomqtt.MqttError | None = None

    async def say(self, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
        """Publish something; the broker has it then."""
        await self._client.publish(topic, payload, qos=1, retain=retain)

    async def until(self, wanted: Callable[[], bool], patience: float = PATIENCE) -> bool:
        """Wait until what was heard makes `wanted` true; False where it has not in these seconds."""
        try:
            async with asyncio.timeout(patience):
                while not wanted():
                    if self._lost is not None:
                        raise self._lost
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    async def settle(self) -> None:
        """Wait for what may still come."""
        await self.until(lambda: False, SETTLED)

    def on(self, topic: str, since: int = 0) -> list[Heard]:
        """What was heard on a topic, from the message with this number on."""
        return [message for message in self.heard[since:] if message.topic == topic]

    async def listen(self, bridge: str) -> None:
        """Hear the bridge; all that the broker has kept of it has come then."""
        devices = (Topic.device("+", what) for what in ("about", "state", "available"))
        await self.hear(Topic.bridge(bridge, "#"), *devices, Topic.reply("+"))
        echo = Topic.bridge(f"check-{new_id()[:8]}", "request/echo")  # on which no bridge is
        await self.hear(echo)
        await self.say(echo, "{}")
        if not await self.until(lambda: bool(self.on(echo)), BROKER_PATIENCE):
            raise Unheard(f"{ROOT}/#")

    async def hear(self, *filters: str) -> None:
        """Subscribe to more topics."""
        for topic_filter in filters:
            await self._client.subscribe(topic_filter, qos=1)

    async def read(self) -> None:
        """Read until the connection is lost; whoever waits is told."""
        try:
            async for message in self._client.messages:
                payload = payload_of(message)
                self.heard.append(Heard(message.topic.value, payload, message.retain, message.qos))
                self._news.set()
        except aiomqtt.MqttError as error:
            self._lost = error
            self._news.set()


@asynccontextmanager
async def connected(address: BrokerAddress, bridge: str) -> AsyncIterator[Wire]:
    """A connection that hears this bridge. Raises MqttError where there is none, and when it is lost."""
    async with client_to(address, f"jipsa-check-{new_id()[:8]}", timeout=BROKER_PATIENCE) as client:
        wire = Wire(client)
        reader = asyncio.create_task(wire.read())
        try:
            await wire.listen(bridge)
            yield wire
        finally:
            await end(reader)


async def kept(address: BrokerAddress, bridge: str) -> dict[str, Heard]:
    """What the broker keeps of a bridge, of all devices, and of replies: by topic, as somebody new hears it."""
    async with connected(address, bridge) as fresh:
        return {message.topic: message for message in fresh.heard if message.retained}
