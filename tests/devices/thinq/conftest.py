"""A simulated ThinQ cloud under a clock that only the test moves, and the bridge between it and a broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from devices.thinq import account, bridge, watch
from devices.thinq.bridge import ThinqBridge
from devices.thinq.client import ThinqCloud
from devices.thinq.profile import ApplianceProfile
from devices.thinq.simulator.cloud import TOKEN, Simulator
from devices.thinq.state import merge
from devices.thinq.types import TYPES
from hub.address import BrokerAddress
from hub.messages import About, Intent, Topic

FIXTURES = Path(__file__).with_name("fixtures")


class Clock:
    """Monotonic seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def pass_minutes(self, minutes: float) -> None:
        self.seconds += minutes * 60


class Model:
    """One appliance as its fixture describes it."""

    def __init__(self, device_type: str) -> None:
        folder = FIXTURES / device_type
        self.raw_profile = json.loads((folder / "profile.json").read_text())
        self.raw_state = json.loads((folder / "state.json").read_text())
        read = ApplianceProfile.read(TYPES[f"DEVICE_{device_type.upper()}"], self.raw_profile)
        self.profile, *_ = read.devices
        self.state = merge({}, self.raw_state, read.sections)
        self.about = About(
            id=device_type,
            bridge="thinq",
            type=self.profile.kind.type,
            name="세탁기" if device_type == "washer" else "에어컨",
            properties=self.profile.properties(),
        )


@pytest.fixture
def model():
    return Model


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def simulator(clock: Clock) -> Simulator:
    return Simulator(clock=clock)


@pytest.fixture
async def base_url(simulator: Simulator) -> AsyncIterator[str]:
    async with simulator.serving() as url:
        yield url


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def cloud_at(session: aiohttp.ClientSession):
    def make(base_url: str, **changes: Any) -> ThinqCloud:
        account = {"access_token": TOKEN, "country": "KR", "client_id": "test", "language": "ko"} | changes
        return ThinqCloud(session, base_url=base_url, **account)

    return make


class House:
    """The bridge at work: ask it something, and see what the simulated cloud got of it."""

    def __init__(self, bridge: ThinqBridge, simulator: Simulator, listener: Any) -> None:
        self.bridge = bridge
        self.simulator = simulator
        self.listener = listener

    async def ask(self, intent: str, *targets: str, confirmed: bool = False, **slots: Any) -> dict[str, Any]:
        """The reply to an intent."""
        asked = Intent(intent=intent, slots=slots, targets=list(targets), confirmed=confirmed)
        self.listener.bus.publish(Topic.intent("thinq"), asked)
        reply: dict[str, Any] = await self.listener.object(Topic.reply(asked.id))
        return reply

    async def look(self) -> None:
        """Look at every appliance now."""
        await self.bridge.account.refresh_all(list(self.bridge.account.appliances.values()))

    async def state(self, device: str, **values: Any) -> dict[str, Any]:
        """The device's state on MQTT, as soon as it has these values."""
        found: dict[str, Any] = await self.listener.object(Topic.device(device, "state"), **values)
        return found

    async def available(self, device: str, online: bool) -> None:
        word = b"online" if online else b"offline"
        await self.listener.until(lambda topic, body: topic == Topic.device(device, "available") and body == word)

    def requests(self, path: str) -> list[Any]:
        return [request for request in self.simulator.requests if request.path == path]

    def controls(self, device: str) -> list[Any]:
        """The control requests that the cloud has got for a device."""
        return [request.body for request in self.requests(f"/devices/{device}/control")]


@pytest.fixture
def open_house(broker: BrokerAddress, listener: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch):
    """`async with open_house(base_url) as house:`, whose bridge looks at the appliances once and then when told to."""
    monkeypatch.setattr(account, "CONFIRM_SECONDS", (0.0,))
    monkeypatch.setattr(watch, "BACKOFF", (0.01, 0.02))
    monkeypatch.setattr(watch, "PATIENCE", 0.02)
    monkeypatch.setattr(bridge, "SETTLE_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(bridge, "BREATH_SECONDS", 0.0)

    @asynccontextmanager
    async def opened(base_url: str, poll_seconds: float = 3600, **settings: Any) -> AsyncIterator[House]:
        login = {"access_token": TOKEN, "client_id": "test", "push": False} | settings
        thinq = ThinqBridge(broker, base_url=base_url, poll_seconds=poll_seconds, **login)
        running = asyncio.create_task(thinq.run())
        try:
            yield House(thinq, simulator, listener)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    return opened


@pytest.fixture
async def house(open_house: Any, base_url: str) -> AsyncIterator[House]:
    """The sample home, with every appliance's state known."""
    async with open_house(base_url) as found:
        for device in found.simulator.appliances:
            await found.available(device, True)
        yield found
