"""Pictures of Jipsa in a real Home Assistant, for docs/home-assistant.md.

    script/make-screenshots

The sample home runs on a Mosquitto, with simulated appliances and pins; Home Assistant joins it as
docs/home-assistant.md says, and Debian's Chromium looks at it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, async_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from brokers import TestBroker, free_port  # noqa: E402
from hass import Socket, TestHomeAssistant  # noqa: E402

from devices.homeassistant.ids import HUB  # noqa: E402
from hub.bridges import MAKERS, enabled  # noqa: E402
from hub.butler.service import Butler  # noqa: E402
from hub.config import BrokerSettings, WyomingSettings, load_settings  # noqa: E402
from hub.graph import shown_graph  # noqa: E402
from hub.home import load_home  # noqa: E402
from hub.household import household_lexicon  # noqa: E402
from hub.satellite import satellite  # noqa: E402
from hub.together import together  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"

CHROMIUM = "/usr/bin/chromium"

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

BRANDS = "https://brands.home-assistant.io/**"
"""Pictures of makers, from the Internet: they are left out."""

NOTHING = "<svg xmlns='http://www.w3.org/2000/svg'/>"

SETTLED = 4_000
"""Milliseconds in which a page of Home Assistant has drawn all its parts."""


@dataclass(frozen=True)
class Picture:
    """A page of Home Assistant: its path, whether a telephone looks at it, and what is typed to Assist there."""

    file: str
    path: str
    phone: bool = False
    typed: tuple[str, ...] = ()


async def make_screenshots(hass_command: Path) -> None:
    """Draw every picture anew."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        broker = TestBroker("mosquitto", folder)
        await broker.start()
        hass = TestHomeAssistant(hass_command, folder / "hass")
        await hass.start()
        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(hass.mqtt(broker.address))
                port = await _hub(stack, broker, folder)
                await hass.configure("wyoming", {"host": "127.0.0.1", "port": port})
                async with hass.socket() as socket:
                    await _assistant(socket)
                    await hass.until(lambda: _is_there(socket), 60)
                    await _draw(hass, await _pictures(socket))
        finally:
            await hass.stop()
            await broker.stop()


async def _hub(stack: AsyncExitStack, broker: TestBroker, folder: Path) -> int:
    """The butler, every bridge of the sample settings, and Wyoming, whose port is returned."""
    broker_settings = BrokerSettings(embedded=False, url=broker.url)
    wyoming = WyomingSettings(
        enabled=True, host="127.0.0.1", port=free_port(), satellite_port=free_port(), zeroconf=False
    )
    settings = load_settings(ROOT / "config" / "jipsa.yaml").model_copy(
        update={
            "broker": broker_settings, "state_dir": folder / "state", "cache_dir": folder / "cache", "wyoming": wyoming,
        }
    )  # fmt: skip
    home = load_home(settings.home)
    butler = Butler(broker.address, home, settings.language, household_lexicon(settings))
    bridges = [await stack.enter_async_context(MAKERS[name](settings, home)) for name in enabled(settings)]
    voice = await satellite(settings, await shown_graph(settings, home), stack, None)
    services = [butler.run(), voice.run(None), *(bridge.run() for bridge in bridges)]
    await stack.enter_async_context(together(services))
    await butler.ready({device.id for device in home.devices})
    assert voice.wyoming is not None
    await voice.wyoming.services.listening.wait()
    return wyoming.port


async def _assistant(socket: Socket) -> None:
    """An assistant in Home Assistant whose parts are all of this hub."""
    entries = await socket.call("config/entity_registry/list")
    ours = {
        entry["entity_id"].partition(".")[0]: entry["entity_id"] for entry in entries if entry["platform"] == "wyoming"
    }
    made = await socket.call(
        "assist_pipeline/pipeline/create", name="집사", language="ko", stt_engine=ours["stt"], stt_language="ko",
        conversation_engine=ours["conversation"], conversation_language="ko", tts_engine=ours["tts"], tts_language="ko",
        tts_voice=None, wake_word_entity=ours["wake_word"], wake_word_id="지니야",
    )  # fmt: skip
    await socket.call("assist_pipeline/pipeline/set_preferred", pipeline_id=made["id"])


async def _is_there(socket: Socket) -> bool:
    devices = await socket.call("config/device_registry/list")
    known = {tuple(identifier) for device in devices for identifier in device["identifiers"]}
    return {("mqtt", "jipsa_living_ac"), ("mqtt", HUB)} <= known


async def _pictures(socket: Socket) -> list[Picture]:
    devices = {
        own: device["id"]
        for device in await socket.call("config/device_registry/list")
        for kind, own in device["identifiers"]
        if kind == "mqtt"
    }
    return [
        Picture("overview", "/lovelace/0"),
        Picture("overview-phone", "/lovelace/0", phone=True),
        Picture("devices", "/config/devices/dashboard"),
        Picture("air-conditioner", f"/config/devices/device/{devices['jipsa_living_ac']}"),
        Picture(
            "assist", "/lovelace/0?conversation=1", typed=("거실 불 빨간색으로 켜줘", "안방도", "에어컨 26도로 맞춰줘")
        ),
        Picture("hub", f"/config/devices/device/{devices[HUB]}"),
    ]


async def _draw(hass: TestHomeAssistant, pictures: list[Picture]) -> None:
    PICTURES.mkdir(exist_ok=True)
    tokens = {
        "access_token": hass.token, "token_type": "Bearer", "refresh_token": "", "expires_in": 10**9,
        "expires": 10**13, "hassUrl": hass.url, "clientId": f"{hass.url}/",
    }  # fmt: skip
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for picture in pictures:
            size = PHONE if picture.phone else WIDE
            page = await browser.new_page(viewport=size, locale="ko-KR", timezone_id="Asia/Seoul")
            await page.add_init_script(f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(tokens))})")
            await _look(page, hass.url + picture.path)
            for sentence in picture.typed:
                field = page.locator("ha-assist-chat input")
                await field.fill(sentence)
                await field.press("Enter")
                await page.wait_for_timeout(SETTLED / 2)
            await page.screenshot(path=PICTURES / f"homeassistant-{picture.file}.png")
            await page.close()
        await browser.close()


async def _look(page: Page, url: str) -> None:
    await page.route(BRANDS, lambda route: route.fulfill(body=NOTHING, content_type="image/svg+xml"))
    await page.goto(url)
    await page.wait_for_selector("home-assistant-main", state="attached")
    await page.wait_for_timeout(SETTLED)


if __name__ == "__main__":
    asyncio.run(make_screenshots(Path(sys.argv[1])))
