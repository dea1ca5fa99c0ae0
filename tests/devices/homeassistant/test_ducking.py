"""Players of a real Home Assistant are lower while somebody speaks, and then as loud as they were, come what may."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from inwards import Hub, device, hub_with_home

import devices.attention
from devices.homeassistant.inward import LEVELS
from devices.homeassistant.inward_ducking import Levels
from hub.messages import Activity, SatelliteState, Topic

pytestmark = [pytest.mark.xdist_group("homeassistant"), pytest.mark.asyncio(loop_scope="module")]

WALKMAN, VIDEO = "media_player.walkman", "media_player.bedroom"
"""The first stands in 거실, as the home file says; where the second is, nobody knows."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(hass_command: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    async with hub_with_home(hass_command, tmp_path_factory.mktemp("ducking")) as running:
        await running.knows(WALKMAN, VIDEO)
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def hub(shared: Hub) -> AsyncIterator[Hub]:
    """The walkman plays at half its volume, and nobody speaks; afterwards nothing is left to be given back."""
    await shared.prepare("media_player.media_play", entity_id=WALKMAN)
    await set_volume(shared, 0.5)
    yield shared
    attend(shared, "idle")
    await kept(shared, None)


def attend(hub: Hub, activity: Activity, room: str | None = "거실", satellite: str = "living") -> None:
    hub.bus.publish(Topic.satellite(satellite), SatelliteState(state=activity, room=room), retain=True)


async def set_volume(hub: Hub, level: float, entity: str = WALKMAN) -> None:
    await hub.prepare("media_player.volume_set", entity_id=entity, volume_level=level)


async def kept(hub: Hub, level: float | None) -> None:
    """Wait until this is what a killed bridge would give the walkman back."""

    async def so() -> bool:
        path = hub.hass.folder / LEVELS
        return (json.loads(path.read_text()) if path.exists() else {}).get(WALKMAN) == level

    await hub.hass.until(so, 30)


async def test_lower_while_somebody_speaks(hub: Hub) -> None:
    attend(hub, "listening")
    await hub.shows(WALKMAN, volume_level=0.15)
    attend(hub, "thinking")
    await hub.prepare("media_player.media_next_track", entity_id=WALKMAN)
    await hub.shows(WALKMAN, volume_level=0.15)
    assert hub.state(WALKMAN)["volume"] == 50
    attend(hub, "speaking")
    attend(hub, "idle")
    await hub.shows(WALKMAN, volume_level=0.5)
    assert hub.state(WALKMAN)["volume"] == 50


async def test_only_where_somebody_speaks(hub: Hub) -> None:
    attend(hub, "listening", "안방", "bedroom")
    await hub.shows(VIDEO, volume_level=0.3)
    await hub.shows(WALKMAN, volume_level=0.5)
    attend(hub, "listening", None, "phone")
    await hub.shows(WALKMAN, volume_level=0.15)
    attend(hub, "offline", None, "phone")
    await hub.shows(WALKMAN, volume_level=0.5)
    await hub.shows(VIDEO, volume_level=0.3)
    attend(hub, "idle", "안방", "bedroom")
    await hub.shows(VIDEO, volume_level=1.0)


async def test_the_volume_is_said_meanwhile(hub: Hub) -> None:
    attend(hub, "listening")
    await hub.shows(WALKMAN, volume_level=0.15)
    assert await hub.say("거실 스피커 볼륨 올려줘") == "거실 스피커 소리를 60으로 키웠어요."
    await hub.shows(WALKMAN, volume_level=0.18)
    assert await hub.say("거실 스피커 볼륨 15로 맞춰줘") == "거실 스피커 소리를 15로 맞췄어요."
    await hub.shows(WALKMAN, volume_level=0.045)
    attend(hub, "idle")
    await hub.shows(WALKMAN, volume_level=0.15)
    assert hub.state(WALKMAN)["volume"] == 15


async def test_the_volume_is_turned_by_hand_meanwhile(hub: Hub) -> None:
    attend(hub, "listening")
    await hub.shows(WALKMAN, volume_level=0.15)
    await set_volume(hub, 0.8)
    assert hub.state(WALKMAN)["volume"] == 80
    attend(hub, "speaking")
    await hub.shows(WALKMAN, volume_level=0.24)
    attend(hub, "idle")
    await hub.shows(WALKMAN, volume_level=0.8)


async def test_what_is_silent_is_left_alone(hub: Hub) -> None:
    await hub.prepare("media_player.media_pause", entity_id=WALKMAN)
    attend(hub, "speaking")
    await hub.prepare("media_player.volume_mute", entity_id=WALKMAN, is_volume_muted=True)
    await hub.prepare("media_player.media_play", entity_id=WALKMAN)
    await hub.shows(WALKMAN, volume_level=0.5)
    await hub.prepare("media_player.volume_mute", entity_id=WALKMAN, is_volume_muted=False)
    await hub.shows(WALKMAN, volume_level=0.15)


async def test_a_satellite_that_is_gone_is_not_waited_for(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.attention, "LONGEST", 0.5)
    attend(hub, "listening")
    await kept(hub, 0.5)
    await hub.shows(WALKMAN, volume_level=0.5)


async def test_the_bridge_is_stopped_meanwhile(hub: Hub) -> None:
    attend(hub, "listening")
    await hub.shows(WALKMAN, volume_level=0.15)
    await hub.stop_bridge()
    await hub.shows(WALKMAN, volume_level=0.5)
    attend(hub, "idle")
    hub.start_bridge()
    await hub.knows(WALKMAN)


async def test_home_assistant_goes_away_meanwhile(hub: Hub) -> None:
    attend(hub, "listening")
    await hub.shows(WALKMAN, volume_level=0.15)
    await hub.hass.stop()
    await hub.until(lambda: not hub.online(WALKMAN))
    attend(hub, "idle")
    await hub.hass.restart()
    await hub.knows(WALKMAN)
    await hub.shows(WALKMAN, volume_level=1.0)  # its demo begins anew: somebody else has set it
    await kept(hub, None)


BRIDGE = """
import asyncio, sys
from pathlib import Path
from devices.homeassistant.bridge import HomeAssistantBridge
from devices.homeassistant.inward import Access
from hub.address import BrokerAddress

access = Access(sys.argv[2], sys.argv[3], Path(sys.argv[4]), {sys.argv[5]: "거실"})
asyncio.run(HomeAssistantBridge(BrokerAddress("127.0.0.1", int(sys.argv[1])), prefix=None, access=access).run())
"""


@asynccontextmanager
async def bridge_of_its_own(hub: Hub) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bridge as a process; it is killed when the block is left."""
    where = (str(hub.broker.address.port), hub.hass.url, hub.hass.token, str(hub.hass.folder), device(WALKMAN))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BRIDGE, *where)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def test_the_bridge_is_killed_meanwhile(hub: Hub) -> None:
    await hub.stop_bridge()
    async with bridge_of_its_own(hub):
        await hub.until(lambda: hub.online(WALKMAN))
        attend(hub, "listening")
        await hub.shows(WALKMAN, volume_level=0.15)
    attend(hub, "idle")
    await kept(hub, 0.5)
    hub.start_bridge()
    await hub.shows(WALKMAN, volume_level=0.5)
    await hub.knows(WALKMAN)
    assert hub.state(WALKMAN)["volume"] == 50


async def test_what_cannot_be_kept_is_not_lowered(hub: Hub) -> None:
    path = hub.hass.folder / LEVELS
    path.unlink(missing_ok=True)
    path.mkdir()
    try:
        attend(hub, "listening")
        await hub.until(lambda: b"homeassistant-lowered" in hub.heard.get("jipsa/bridge/homeassistant/log", b""))
        await hub.prepare("input_number.set_value", entity_id="input_number.lamp", value=0)
        await hub.shows(WALKMAN, volume_level=0.5)
        attend(hub, "idle")
    finally:
        path.rmdir()


@pytest.mark.asyncio(loop_scope="function")
@pytest.mark.parametrize("content", ["", "[]", "{", "7", '{"a": "loud"}', '{"a": NaN}', '{"a": -1}', "\x00"])
async def test_a_damaged_file_is_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "folder" / LEVELS
    path.parent.mkdir()
    path.write_text(content)
    levels = Levels(path)
    assert levels.of == {}
    levels.of["media_player.a"] = 0.5
    await levels.keep()
    assert Levels(path).of == {"media_player.a": 0.5}


@pytest.mark.asyncio(loop_scope="function")
@pytest.mark.parametrize(
    ("told", "known"),
    [(0.15, 0.5), (0.133, 0.5), (0.48, 0.5), (0.5, 0.5), (0.3, 0.3), (0.7, 0.7), (0, 0), ("loud", "loud")],
)
async def test_a_volume_that_nobody_set(tmp_path: Path, told: Any, known: Any) -> None:
    levels = Levels(tmp_path / LEVELS)
    levels.of["media_player.a"] = 0.5
    assert levels.seen("media_player.a", {"volume_level": told, "x": 1}) == {"volume_level": known, "x": 1}
    assert ("media_player.a" in levels.of) == (known in {0.5, "loud"})
