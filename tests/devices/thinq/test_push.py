"""LG's own MQTT client, over real TLS, against the simulated push: what it tells, and what becomes of it in trouble."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest

from devices.thinq import push as push_module
from devices.thinq.client import ThinqCloud
from devices.thinq.connection import system_root
from devices.thinq.push import Message, Push, read_message
from devices.thinq.simulator.cloud import TOKEN, Simulator
from devices.thinq.simulator.push import Authority

CLIENT = "test"


class Watch:
    """The push at work: what it told, and a way to wait for more."""

    def __init__(self, simulator: Simulator, cloud: ThinqCloud) -> None:
        self.simulator = simulator
        self.cloud = cloud
        self.messages: list[Message] = []
        self.states: list[bool] = []
        self._news = asyncio.Event()
        self.push = Push(cloud.api, CLIENT, simulator.root_ca, self._message, self._connected)

    def _message(self, message: Message) -> None:
        self.messages.append(message)
        self._news.set()

    def _connected(self, connected: bool) -> None:
        self.states.append(connected)
        self._news.set()

    async def until(self, wanted: Callable[[], Any]) -> None:
        async with asyncio.timeout(20):
            while not wanted():
                self._news.clear()
                if not wanted():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(0.02):
                            await self._news.wait()

    async def subscribed(self, *devices: str) -> None:
        client = self.simulator.push.clients
        await self.until(lambda: CLIENT in client and client[CLIENT].events >= set(devices))

    async def control(self, device: str, payload: dict[str, Any]) -> None:
        """Somebody else controls an appliance."""
        (listed,) = (one for one in await self.cloud.devices() if one.id == device)
        await self.cloud.control(listed, payload)

    def requests(self, path: str, method: str = "POST") -> int:
        return sum(request.path == path and request.method == method for request in self.simulator.requests)


@pytest.fixture
async def watching(clock: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(push_module, "BACKOFF", (0.01, 0.05))

    @asynccontextmanager
    async def opened(*devices: str, root: Any = None) -> AsyncIterator[Watch]:
        simulator = Simulator(clock=clock)
        async with simulator.serving(push=True) as url, aiohttp.ClientSession() as session:
            cloud = ThinqCloud(session, access_token=TOKEN, country="KR", client_id=CLIENT, base_url=url, language="ko")
            watch = Watch(simulator, cloud)
            watch.push.watch(devices)
            running = asyncio.create_task(watch.push.run())
            try:
                yield watch
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running

    return opened


ON = {"operation": {"airConOperationMode": "POWER_ON"}}


async def test_what_somebody_else_changes_is_pushed(watching: Any) -> None:
    async with watching("living_ac", "robot") as watch:
        await watch.subscribed("living_ac", "robot")
        await watch.control("living_ac", ON)
        await watch.until(lambda: watch.messages)
        (message,) = watch.messages
        assert (message.kind, message.device) == ("DEVICE_STATUS", "living_ac")
        assert message.report == {"operation": {"airConOperationMode": "POWER_ON"}}
        assert watch.push.connected


async def test_what_happens_is_pushed(watching: Any, clock: Any) -> None:
    async with watching("washer") as watch:
        await watch.subscribed("washer")
        washer = watch.simulator.appliances["washer"]
        washer.state[0]["remoteControlEnable"]["remoteControlEnabled"] = True
        await watch.control(
            "washer", {"location": {"locationName": "MAIN"}, "operation": {"washerOperationMode": "START"}}
        )
        clock.pass_minutes(60)
        await watch.simulator.tick()
        await watch.until(lambda: any(message.code == "WASHING_IS_COMPLETE" for message in watch.messages))


async def test_new_devices_are_watched_at_once_and_only_once(watching: Any) -> None:
    async with watching("living_ac") as watch:
        await watch.subscribed("living_ac")
        watch.push.watch(["living_ac", "robot"])
        await watch.subscribed("living_ac", "robot")
        assert watch.requests("/event/living_ac/subscribe") == 1


async def test_a_device_that_tells_nothing_is_asked_once(watching: Any) -> None:
    async with watching() as watch:
        watch.simulator.appliances["robot"].reportable = False
        watch.push.watch(["robot", "washer"])
        await watch.subscribed("washer")
        watch.push.watch(["robot", "washer", "living_ac"])
        await watch.subscribed("washer", "living_ac")
        assert watch.requests("/event/robot/subscribe") == 1


async def test_what_is_subscribed_already_is_no_failure(watching: Any) -> None:
    async with watching("living_ac") as watch:
        await watch.subscribed("living_ac")
        watch.push.missed()  # LG's cloud keeps what was subscribed to
        await watch.until(lambda: watch.requests("/event/living_ac/subscribe") == 2)
        await watch.until(lambda: watch.push.connected)
        await watch.control("living_ac", ON)
        await watch.until(lambda: watch.messages)


async def test_a_push_that_died_silently_is_made_anew(watching: Any) -> None:
    async with watching("living_ac") as watch:
        await watch.subscribed("living_ac")
        watch.simulator.push.silent = True
        await watch.control("living_ac", ON)
        watch.simulator.push.silent = False
        certificates = watch.requests("/client/certificate")
        watch.push.missed()
        await watch.until(lambda: watch.requests("/client/certificate") > certificates and watch.push.connected)
        assert watch.states == [True, False, True]
        await watch.control("living_ac", {"airConJobMode": {"currentJobMode": "FAN"}})
        await watch.until(lambda: watch.messages)
        assert watch.messages[-1].report == {"airConJobMode": {"currentJobMode": "FAN"}}


async def test_a_connection_that_is_cut_comes_back(watching: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_module, "RESUME_SECONDS", 0.05)
    async with watching("living_ac") as watch:
        await watch.subscribed("living_ac")
        watch.simulator.push.drop()
        await watch.until(lambda: watch.states == [True, False, True])
        await watch.control("living_ac", ON)
        await watch.until(lambda: watch.messages)


async def test_a_cloud_that_does_not_serve_is_asked_again(watching: Any) -> None:
    async with watching("living_ac") as watch:
        await watch.subscribed("living_ac")
        service, watch.simulator.subscriptions = watch.simulator.subscriptions, None
        watch.push.missed()
        await watch.until(lambda: watch.requests("/route", "GET") >= 3)
        assert not watch.push.connected
        watch.simulator.subscriptions = service
        await watch.until(lambda: watch.push.connected)


async def test_subscriptions_are_renewed(watching: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_module, "RENEW_SECONDS", 0.05)
    async with watching("living_ac") as watch:
        await watch.until(lambda: watch.requests("/event/living_ac/subscribe") >= 3)
        assert watch.requests("/client/certificate") == 1


async def test_what_happens_to_the_account_is_told(watching: Any) -> None:
    async with watching("living_ac") as watch:
        await watch.subscribed("living_ac")
        watch.simulator.subscriptions.tell_account("DEVICE_REGISTERED", "dryer")
        await watch.until(lambda: watch.messages)
        assert watch.messages == [Message("DEVICE_REGISTERED", "dryer")]


async def test_nobody_gets_in_without_a_certificate(watching: Any, tmp_path: Any) -> None:
    async with watching("living_ac") as watch:
        await watch.subscribed("living_ac")
        host, _, port = watch.simulator.push.address.removeprefix("mqtts://").partition(":")
        Authority().server(tmp_path)  # writes a certificate of another authority
        context = ssl.create_default_context(cafile=str(watch.simulator.root_ca))
        context.load_cert_chain(tmp_path / "server.pem")

        async def let_in() -> None:
            reader, writer = await asyncio.open_connection(host, int(port), ssl=context)
            try:
                await reader.readexactly(1)
            finally:
                writer.close()

        with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
            await let_in()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"3",
        b'"x"',
        b"{}",
        b'{"pushType": 3}',
        b'{"pushType": "X", "deviceId": 3}',
        b"{" * 9999,
    ],
)
def test_what_is_no_message_is_none(payload: bytes) -> None:
    assert read_message(payload) is None


def test_a_message_may_lack_its_report() -> None:
    assert read_message(json.dumps({"pushType": "DEVICE_STATUS", "deviceId": "x"}).encode()) == Message(
        "DEVICE_STATUS", "x"
    )
    assert read_message(b'{"pushType": "DEVICE_STATUS", "deviceId": "x", "report": "y"}') == Message(
        "DEVICE_STATUS", "x"
    )


def test_the_root_of_the_machine_is_found_or_not() -> None:
    assert system_root("no such root") is None
    found = system_root()
    assert found is None or found.startswith("-----BEGIN CERTIFICATE-----")
