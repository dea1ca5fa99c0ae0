"""The bridge in JavaScript that docs/examples has: its lamp is spoken to, and seen, like all others."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import web.pages
from brokers import TestBroker
from faults.processes import Service
from hass import TestHomeAssistant
from playwright.async_api import expect
from speech.conftest import REPOSITORY, graph, recognizer, silent_mouth  # noqa: F401
from web.pages import CHROMIUM, TestHub, chromium, running_hub

from hub.bus import Bus
from hub.conformance.checks import examine
from hub.conformance.subject import Wishes
from hub.conformance.wire import kept
from hub.follow import Exchange, Follower
from hub.messages import Utterance
from hub.settings.voice import VoiceSettings
from hub.speech.recognizer import Recognizer
from hub.speech.service import Voice
from hub.speech.sound import wav_frames
from hub.together import together

EXAMPLE = REPOSITORY / "docs/examples/javascript"
LAMP = "bedroom_light"

pytestmark = [
    pytest.mark.skipif(shutil.which("npm") is None, reason="Node is not installed (apt install nodejs npm)"),
    pytest.mark.xdist_group("homeassistant"),
]


@pytest.fixture(scope="session")
def packages() -> Path:
    """A folder with the example and the packages that its lock file names, kept for the next time."""
    lock = (EXAMPLE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "jipsa" / f"javascript-{hashlib.sha256(lock).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    for file in EXAMPLE.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    if not (folder / "complete").exists():
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(npm, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        (folder / "complete").touch()
    return folder


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample settings; the lamp in the bedroom is on no pin."""
    folder = tmp_path / "given"
    shutil.copytree(web.pages.CONFIG, folder, ignore=shutil.ignore_patterns("samples"))
    home = (folder / "home.yaml").read_text()
    wired = ",\n     gpio: {kind: rgb_light, red: 12, green: 13, blue: 26}}"
    assert wired in home
    (folder / "home.yaml").write_text(home.replace(wired, "}"))
    monkeypatch.setattr(web.pages, "CONFIG", folder)
    return folder


@pytest.fixture
async def hub(mosquitto: TestBroker, packages: Path, config: Path, tmp_path: Path) -> AsyncIterator[TestHub]:
    """A hub whose home has the lamp, and the bridge in JavaScript."""
    bridge = Service(["node", str(packages / "bridge.mjs"), mosquitto.url], tmp_path / "bridge.log")
    await bridge.start()
    try:
        async with running_hub(mosquitto, tmp_path) as running:
            yield running
    finally:
        await bridge.kill()


async def spoken(hub: TestHub, sample: str, ears: Recognizer) -> Exchange:
    """What becomes of a sample sound."""
    address = hub.settings.broker.address()
    bus = Bus(address, "follower")
    follower = Follower(bus, "living")
    voice = Voice(address, VoiceSettings(satellite="living", room="거실"), ears, silent_mouth())
    async with bus.running(), together([voice.run(None)]):
        await bus.connected.wait()
        path = REPOSITORY / f"config/samples/{sample}.wav"
        (heard,) = [heard async for heard in voice.hear(wav_frames(path), source=path.name)]
        assert heard.utterance is not None
        return await follower.follow(heard.utterance.id)


async def typed(hub: TestHub, text: str) -> Exchange:
    bus = Bus(hub.settings.broker.address(), "typist")
    follower = Follower(bus, "living")
    async with bus.running():
        await bus.connected.wait()
        return await follower.ask(Utterance(text=text, satellite="living"))


async def test_its_lamp_obeys_a_spoken_sentence(hub: TestHub, recognizer: Recognizer) -> None:  # noqa: F811
    await hub.state(LAMP, power=True)
    exchange = await spoken(hub, "bedroom-light-off", recognizer)
    assert exchange.answered == "안방등을 껐어요."
    await hub.state(LAMP, power=False)


@pytest.mark.parametrize(
    ("sentence", "answer", "state"),
    [
        ("안방 불 30%로 해줘", "안방등 밝기를 30%로 맞췄어요.", {"power": True, "brightness": 30}),
        ("안방 불 빨간색으로 바꿔줘", "안방등에는 color 기능이 없어요.", {"power": True, "brightness": 100}),
    ],
)
async def test_it_answers(hub: TestHub, sentence: str, answer: str, state: dict[str, object]) -> None:
    exchange = await typed(hub, sentence)
    assert exchange.answered == answer
    await hub.state(LAMP, **state)


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (apt install chromium)")
async def test_it_is_on_the_page_and_in_home_assistant(hub: TestHub, hass_command: Path, tmp_path: Path) -> None:
    hass = TestHomeAssistant(hass_command, tmp_path / "hass")
    await hass.start()
    try:
        async with hass.mqtt(hub.settings.broker.address()), chromium() as browser:
            page = await browser.open(f"{hub.url}/#/home")
            switch = page.get_by_role("switch", name="안방등").first
            await expect(switch).to_have_attribute("aria-checked", "true", timeout=20_000)
            async with hass.socket() as socket, asyncio.timeout(60):
                while (light := (await hass.states()).get("light.bedroom_light", {})).get("state") != "on":
                    await asyncio.sleep(0.1)  # Home Assistant leaves out of a service what is not available yet
                assert light["attributes"]["friendly_name"] == "안방등"
                await socket.service("light.turn_off", "light.bedroom_light")
                await expect(switch).to_have_attribute("aria-checked", "false", timeout=20_000)
                await switch.click()
                await hub.state(LAMP, power=True)
                while (await hass.states())["light.bedroom_light"]["state"] != "on":
                    await asyncio.sleep(0.1)
    finally:
        await hass.stop()


async def test_it_keeps_the_contract(mosquitto: TestBroker, packages: Path, tmp_path: Path) -> None:
    bridge = Service(["node", str(packages / "bridge.mjs"), mosquitto.url], tmp_path / "bridge.log")
    await bridge.start()
    try:
        wishes = Wishes(device=LAMP, reconnect=True, restart=False)
        async with asyncio.timeout(60):
            while f"jipsa/device/{LAMP}/state" not in await kept(mosquitto.address, "js-lamps"):
                await asyncio.sleep(0.1)
        found = [verdict async for _, verdict in examine("js-lamps", mosquitto.address, wishes, "en")]
    finally:
        await bridge.kill()
    assert [verdict for verdict in found if verdict.outcome == "broken"] == []
    assert sum(verdict.outcome == "holds" for verdict in found) > 25
