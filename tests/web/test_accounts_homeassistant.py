"""A real Home Assistant is connected on the page, and what it exposes comes into the home."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from brokers import TestBroker
from hass import TestHomeAssistant
from web.test_accounts import Place

from devices import bridge as bridges
from hub.web.calls import CallError

pytestmark = [pytest.mark.xdist_group("homeassistant"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hass(hass_command: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TestHomeAssistant]:
    running = TestHomeAssistant(hass_command, tmp_path_factory.mktemp("hass"), "demo:\n")
    await running.start()
    yield running
    await running.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    monkeypatch.setattr(bridges, "RESTART_PAUSE", 0.0)
    broker = TestBroker("amqtt", tmp_path)
    await broker.start()
    found = Place(broker, tmp_path)
    async with found.listener.bus.running(), found.bus.running():
        await found.bus.connected.wait()
        yield found
    await broker.stop()


async def test_what_it_exposes_comes_into_the_home(hass: TestHomeAssistant, place: Place) -> None:
    async with hass.socket() as socket:
        exposing = {"assistants": ["conversation"], "should_expose": True, "entity_ids": ["light.bed_light"]}
        await socket.call("homeassistant/expose_entity", **exposing)
    place.config.write_text(place.config.read_text() + "genie:\n  agent: {kind: homeassistant, language: en}\n")
    async with place.serving("homeassistant"):
        with pytest.raises(CallError, match="토큰을 받지 않아요"):
            await place.call("account.homeassistant", url=hass.url, token="wrong-token-9")
        found = await place.call("account.homeassistant", url=f" {hass.url}/ ", token=hass.token)
        assert (found["name"], found["version"], found["url"]) == ("우리 집", "2025.4.4", hass.url)
        assert found["devices"] >= 1
        assert found["restarted"] is False, "the assistant, which asks it, too, is not there"
        await place.listener.object("jipsa/device/ha_light_bed_light/state")
    kept = place.state / "homeassistant/token"
    assert kept.read_text() == f"{hass.token}\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert f"url: {hass.url}           # 어디" in place.config.read_text()
    told = (await place.call("account.state"))["homeassistant"]
    assert told == {"enabled": True, "url": hass.url, "token": True}
    heard = "".join(payload.decode() for _, payload in place.listener.heard)
    assert hass.token not in heard + "".join(place.told)
