"""The connection to a real Home Assistant: many calls at a time, errors, silence, death, and a missing package."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from conftest import Listener
from hass import TestHomeAssistant

from devices.homeassistant.bridge import HomeAssistantBridge
from devices.homeassistant.connection import connect
from devices.homeassistant.faults import (
    AwayError,
    HomeAssistantError,
    MissingError,
    RefusedError,
    SlowError,
    TokenError,
    reason,
)
from devices.homeassistant.inward import Access
from hub.address import BrokerAddress
from hub.together import together

pytestmark = [pytest.mark.xdist_group("homeassistant"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hass(hass_command: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TestHomeAssistant]:
    running = TestHomeAssistant(hass_command, tmp_path_factory.mktemp("hass"), "input_number:\n  a: {min: 0, max: 9}\n")
    await running.start()
    yield running
    await running.stop()


async def test_each_of_many_calls_gets_its_own_answer(hass: TestHomeAssistant) -> None:
    async with connect(hass.url, hass.token) as connection:

        async def refused(kind: str) -> str:
            with pytest.raises(RefusedError) as caught:
                await connection.call(kind)
            return caught.value.code

        found = await asyncio.gather(
            connection.call("get_config"), refused("nonsense"), connection.call("get_states"), refused("get_states/x")
        )
    assert found[0]["location_name"] == "우리 집"
    assert (found[1], found[3]) == ("unknown_command", "unknown_command")
    assert any(state["entity_id"] == "input_number.a" for state in found[2])


async def test_nothing_is_kept_of_commands_that_are_done(hass: TestHomeAssistant) -> None:
    async with connect(hass.url, hass.token) as connection:
        await asyncio.gather(*(connection.call("ping") for _ in range(50)))
        client: Any = connection._client
        kept = (connection._answers, client._ping_responses, client._result_responses, client._event_responses)
        assert not any(kept)


async def test_events_go_to_their_handler_until_they_are_unsubscribed(hass: TestHomeAssistant) -> None:
    heard: asyncio.Queue[Any] = asyncio.Queue()

    async def change(value: int) -> None:
        data = {"entity_id": "input_number.a", "value": value}
        await connection.call("call_service", domain="input_number", service="set_value", service_data=data)

    def trip(event: Any) -> None:
        heard.put_nowait(event)
        raise KeyError(event)  # a handler that trips over an event ends nothing

    async with connect(hass.url, hass.token) as connection:
        number = await connection.subscribe("subscribe_entities", trip, entity_ids=["input_number.a"])
        await change(5)
        first, second = [await heard.get() for _ in range(2)]
        assert set(first["a"]) == {"input_number.a"}
        assert second["c"]["input_number.a"]["+"]["s"] == "5.0"
        await connection.unsubscribe(number)
        await change(6)
        assert heard.empty()


async def test_a_late_answer_is_nobodys(hass: TestHomeAssistant) -> None:
    async with connect(hass.url, hass.token) as connection:
        with pytest.raises(SlowError):
            await connection.call("get_states", within=0)
        assert (await connection.call("get_config"))["state"] == "RUNNING"


async def test_a_token_that_is_not_accepted(hass: TestHomeAssistant) -> None:
    with pytest.raises(TokenError) as caught:
        async with connect(hass.url, "wrong"):
            pytest.fail("it got in")
    assert reason(caught.value) == "token"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://nowhere.invalid:8123", "https://{host}"])
async def test_nobody_is_there(hass: TestHomeAssistant, url: str) -> None:
    with pytest.raises(AwayError) as caught:
        async with connect(url.format(host=hass.url.removeprefix("http://")), hass.token):
            pytest.fail("it got in")
    assert reason(caught.value) == "away"


async def test_another_server(hass: TestHomeAssistant) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(AwayError):
            async with connect(f"http://127.0.0.1:{port}", hass.token):
                pytest.fail("it got in")


async def test_silence_is_noticed(hass: TestHomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.homeassistant.connection_client.SILENCE_SECONDS", 1.0)
    monkeypatch.setattr("devices.homeassistant.connection.PING_SECONDS", 0.2)
    lost = asyncio.Event()
    async with connect(hass.url, hass.token, lost.set) as connection:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2.5):
                await lost.wait()  # signs of life are enough
        process = hass._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            with pytest.raises(AwayError):
                await connection.call("get_config")
            await lost.wait()
        finally:
            os.kill(process.pid, signal.SIGCONT)
        with pytest.raises(AwayError):
            await connection.call("get_config")


async def test_death_is_noticed(hass: TestHomeAssistant) -> None:
    lost = asyncio.Event()
    async with connect(hass.url, hass.token, lost.set) as connection:
        stopping = asyncio.create_task(hass.stop())
        await lost.wait()
        with pytest.raises(AwayError):
            await connection.subscribe("subscribe_events", print)
        await stopping
    assert hass.faults() == []


@pytest.mark.asyncio(loop_scope="function")  # as its broker
async def test_the_package_is_missing(
    broker: BrokerAddress, listener: Listener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "homeassistant_api", None)
    monkeypatch.delitem(sys.modules, "devices.homeassistant.connection_client", raising=False)
    with pytest.raises(HomeAssistantError) as caught:
        async with connect("http://127.0.0.1:1", "token"):
            pytest.fail("it got in")
    assert isinstance(caught.value, MissingError)
    bridge = HomeAssistantBridge(broker, prefix=None, access=Access("http://127.0.0.1:1", "token", tmp_path))
    async with together([bridge.run()]):
        line = await listener.object("jipsa/bridge/homeassistant/log", level="error")
    assert "pip install 'jipsa[homeassistant]'" in line["message"]
