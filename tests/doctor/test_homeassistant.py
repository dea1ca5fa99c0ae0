"""Home Assistant: a real one that is as it should be, and then is not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from brokers import TestBroker
from doctors import case, results
from hass import TestHomeAssistant

from hub.bus import Bus

pytestmark = [pytest.mark.xdist_group("homeassistant"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hass(hass_command: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TestHomeAssistant]:
    running = TestHomeAssistant(hass_command, tmp_path_factory.mktemp("hass"))
    await running.start()
    yield running
    await running.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TestBroker]:
    running = TestBroker("mosquitto", tmp_path_factory.mktemp("broker"))
    await running.start()
    yield running
    await running.stop()


async def told(folder: Path, broker: str, more: str) -> list[str]:
    """What is found about Home Assistant, with how bad that is."""
    examined = case(folder, f"broker: {{embedded: false, url: '{broker}'}}\n{more}\n")
    return [f"{result.outcome}: {result.message}" for result in await results(examined, "homeassistant")]


async def test_it_is_looked_into(hass: TestHomeAssistant, mosquitto: TestBroker, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(hass.token)
    more = f"homeassistant: {{url: '{hass.url}', token_file: token}}"
    connected = f"ok: Home Assistant에 연결했어요: {hass.url}, 우리 집, 2025.4.4"
    assert await told(tmp_path, mosquitto.url, more) == [
        connected,
        "warning: Home Assistant가 음성 비서에 노출한 것이 없어요",
        "warning: Home Assistant에 MQTT 통합 구성요소가 없어서 집사의 기기가 거기 나타나지 않아요",
    ]
    async with hass.socket() as socket, Bus(mosquitto.address, "discovery").running() as bus:
        await socket.call("input_boolean/create", name="heater")
        exposed = {"assistants": ["conversation"], "entity_ids": ["input_boolean.heater"], "should_expose": True}
        await socket.call("homeassistant/expose_entity", **exposed)
        async with hass.mqtt(mosquitto.address):
            assert (await told(tmp_path, mosquitto.url, more))[2].startswith("warning: Home Assistant에 집사의 기기가")
            discovery = {
                "device": {"identifiers": ["jipsa_x"]}, "origin": {"name": "jipsa"},
                "components": {"power": {"platform": "switch", "unique_id": "jipsa_x_power", "command_topic": "x"}},
            }  # fmt: skip
            bus.publish("homeassistant/device/jipsa_x/config", json.dumps(discovery), retain=True)

            async def discovered() -> bool:
                return "jipsa_x_power" in await socket.entities()

            await hass.until(discovered)
            assert await told(tmp_path, mosquitto.url, more) == [
                connected,
                "ok: Home Assistant가 음성 비서에 노출한 것 가운데 1개를 쓸 수 있어요",
                "ok: Home Assistant에 집사의 기기가 엔티티 1개로 나타나 있어요",
            ]
            hidden = more.replace("}", ", discovery_prefix: null}")
            assert len(await told(tmp_path, mosquitto.url, hidden)) == 2
            bus.forget("homeassistant/device/jipsa_x/config")
            await bus.flush()
    assert hass.faults() == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("url: 'URL', token_file: token", "failure: Home Assistant가 토큰을 받지"),
        ("url: 'URL', token_file: gone", "failure: homeassistant.token_file: "),
        ("url: 'URL'", "failure: homeassistant: Home Assistant의 토큰이 없어요"),
        ("url: 'http://127.0.0.1:1', token_file: token", "failure: Home Assistant에 연결할 수 없어요"),
        ("enabled: false", "ok: Home Assistant는 꺼 두었어요"),
        ("enabled: true", "ok: Home Assistant에서 가져오는 기기가 없어요"),
    ],
)
async def test_what_is_wrong_is_said(
    hass: TestHomeAssistant, mosquitto: TestBroker, tmp_path: Path, more: str, said: str
) -> None:
    (tmp_path / "token").write_text("wrong")
    (found,) = await told(tmp_path, mosquitto.url, f"homeassistant: {{{more.replace('URL', hass.url)}}}")
    assert found.startswith(said)
