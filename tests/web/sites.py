"""The page's server on a broker on which nobody else is but what a test plays, and pages without a browser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from brokers import free_port
from conftest import Listener

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.config import BrokerSettings, Settings
from hub.settings.web import WebSettings
from hub.speech.recognizer import Recognizer
from hub.web.service import Web


@dataclass
class Visitor:
    """A page without a browser."""

    socket: aiohttp.ClientWebSocketResponse
    number: int = 0

    async def told(self, event: str, **values: Any) -> dict[str, Any]:
        """The next event of this kind with these values."""
        while True:
            message = await self.next()
            if message.get("event") == event and all(message.get(name) == value for name, value in values.items()):
                return message

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(20):
            found: dict[str, Any] = json.loads(await self.socket.receive_str())
        return found

    async def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        self.number += 1
        await self.socket.send_str(json.dumps({"call": name, "n": self.number, **arguments}))
        while True:
            message = await self.next()
            if message.get("n") == self.number:
                return message


class Site:
    """The page of a broker on which nobody else is, but what the test plays."""

    def __init__(self, web: Web, bus: Bus, listener: Listener, client: aiohttp.ClientSession) -> None:
        self.web = web
        self.bus = bus
        self.listener = listener
        self._client = client

    @asynccontextmanager
    async def visit(self, satellite: str = "web-00000001") -> AsyncIterator[Visitor]:
        url = f"{self.web.url}/ws?satellite={satellite}"
        async with self._client.ws_connect(url, origin=self.web.url, max_msg_size=0) as socket:
            yield Visitor(socket)


@asynccontextmanager
async def serving(
    broker: BrokerAddress,
    listener: Listener,
    folder: Path,
    recognizer: Callable[[], Recognizer] | None = None,
    *,
    port: int | None = None,
) -> AsyncIterator[Site]:
    """A page that is served, at this port or any; with a `recognizer` it hears."""
    settings = Settings(
        broker=BrokerSettings(embedded=False, url=f"mqtt://{broker.host}:{broker.port}"),
        web=WebSettings(port=port or free_port()), state_dir=folder / "state", cache_dir=folder / "cache",
    )  # fmt: skip
    bus = Bus(broker, "others")
    web = Web(settings, None, recognizer)
    async with web.serving(), bus.running(), aiohttp.ClientSession() as client:
        await bus.connected.wait()
        await web._bus.connected.wait()
        yield Site(web, bus, listener, client)
