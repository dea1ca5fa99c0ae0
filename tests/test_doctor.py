"""The doctor, with a real broker and a real Home Assistant that is as it should be, and then is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from brokers import TestBroker, free_port
from hass import TestHomeAssistant

import hub.doctor
from hub.bus import Bus
from hub.config import Settings
from hub.doctor import Findings, doctor, examine

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


def settings_file(folder: Path, broker: str, more: str = "") -> Path:
    path = folder / "jipsa.yaml"
    path.write_text(f"language: ko\nstate_dir: state\nbroker: {{embedded: false, url: '{broker}'}}\n{more}")
    return path


async def outcomes(path: Path) -> dict[str, list[str]]:
    """Check → what it found, and how bad that is."""
    found: dict[str, list[str]] = {}
    for result in await examine(path):
        found.setdefault(result.check, []).append(f"{result.outcome}: {result.message}")
        assert (result.outcome != "warning") or result.remedy
    return found


async def test_all_is_well(
    hass: TestHomeAssistant, mosquitto: TestBroker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "token").write_text(hass.token)
    (tmp_path / "home.yaml").write_text("rooms: [{id: living, name: 거실}]\n")
    more = f"homeassistant: {{url: '{hass.url}', token_file: token}}\n"
    path = settings_file(tmp_path, mosquitto.url, more)
    found = await outcomes(path)
    assert found["broker"] == [f"ok: 브로커에 연결했어요: 127.0.0.1:{mosquitto.address.port}"]
    assert found["homeassistant"] == [
        f"ok: Home Assistant에 연결했어요: {hass.url}, 우리 집, 2025.4.4",
        "warning: Home Assistant가 음성 비서에 노출한 것이 없어요",
        "warning: Home Assistant에 MQTT 통합 구성요소가 없어서 집사의 기기가 거기 나타나지 않아요",
    ]
    async with hass.socket() as socket, Bus(mosquitto.address, "discovery").running() as bus:
        await socket.call("input_boolean/create", name="heater")
        exposed = {"assistants": ["conversation"], "entity_ids": ["input_boolean.heater"], "should_expose": True}
        await socket.call("homeassistant/expose_entity", **exposed)
        async with hass.mqtt(mosquitto.address):
            assert (await outcomes(path))["homeassistant"][2].startswith("warning: Home Assistant에 집사의 기기가")
            discovery = {
                "device": {"identifiers": ["jipsa_x"]}, "origin": {"name": "jipsa"},
                "components": {"power": {"platform": "switch", "unique_id": "jipsa_x_power", "command_topic": "x"}},
            }  # fmt: skip
            bus.publish("homeassistant/device/jipsa_x/config", json.dumps(discovery), retain=True)

            async def discovered() -> bool:
                return "jipsa_x_power" in await socket.entities()

            await hass.until(discovered)
            assert await doctor(path, as_json=True) == 0
            bus.forget("homeassistant/device/jipsa_x/config")
            await bus.flush()
    results: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {result["outcome"] for result in results} == {"ok"}
    assert [result["check"] for result in results] == [
        "settings", "home", "broker", "homeassistant", "homeassistant", "homeassistant", "thinq",
    ]  # fmt: skip
    assert any("1개를 쓸 수 있어요" in result["message"] for result in results)
    assert hass.faults() == []


@pytest.mark.parametrize(
    ("more", "check", "said"),
    [
        ("homeassistant: {url: 'URL', token_file: token}", "homeassistant", "failure: Home Assistant가 토큰을 받지"),
        ("homeassistant: {url: 'URL', token_file: gone}", "homeassistant", "failure: homeassistant.token_file: "),
        ("homeassistant: {url: 'URL'}", "homeassistant", "failure: homeassistant: Home Assistant의 토큰이 없어요"),
        ("homeassistant: {url: 'http://127.0.0.1:1', token_file: token}", "homeassistant",
         "failure: Home Assistant에 연결할 수 없어요"),
        ("homeassistant: {enabled: false}", "homeassistant", "ok: Home Assistant는 꺼 두었어요"),
        ("", "homeassistant", "warning: Home Assistant에서 가져오는 기기가 없어요"),
        ("thinq: {simulate: false}", "thinq", "failure: LG ThinQ 토큰이 없어요"),
        ("thinq: {enabled: false}", "thinq", "ok: LG ThinQ는 꺼 두었어요"),
        ("home: nowhere.yaml", "home", "failure: "),
        ("nonsense: 1", "settings", "failure: "),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said(
    hass: TestHomeAssistant, mosquitto: TestBroker, tmp_path: Path, more: str, check: str, said: str
) -> None:
    (tmp_path / "token").write_text("wrong")
    path = settings_file(tmp_path, mosquitto.url, more.replace("URL", hass.url))
    (found,) = (await outcomes(path))[check]
    assert found.startswith(said)


async def test_a_broker_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hub.doctor, "BROKER_SECONDS", 0.2)
    url = f"mqtt://127.0.0.1:{free_port()}"
    path = settings_file(tmp_path, url)
    assert await doctor(path, as_json=False) == 1
    said = capsys.readouterr().out
    assert "✗ 127.0.0.1" in said
    assert "  → 브로커가 켜져 있는지" in said
    path.write_text(path.read_text().replace("embedded: false", "embedded: true"))
    assert await doctor(path, as_json=False) == 0  # nobody said that it runs


async def test_a_check_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def endless(settings: Settings, found: Findings) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(hub.doctor, "TIME_LIMIT", 0.05)
    monkeypatch.setattr(hub.doctor, "CHECKS", {"endless": endless})
    found = await outcomes(settings_file(tmp_path, "mqtt://127.0.0.1:1"))
    assert found["endless"][0].startswith("failure: endless")
