"""A whole hub with its page, and a real Chromium that looks at it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from axe_playwright_python.async_playwright import Axe
from brokers import free_port
from conftest import Listener
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from hub.address import BrokerAddress
from hub.bridges import Keeper, enabled
from hub.bus import Bus
from hub.butler.service import Butler
from hub.config import Settings, load_settings
from hub.home import load_home
from hub.household import household_lexicon
from hub.services import watch_home
from hub.speech.recognizer import Recognizer
from hub.together import together
from hub.web.service import Web

CONFIG = Path(__file__).parents[2] / "config"

CHROMIUM = shutil.which("chromium")

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (apt install chromium)")

expect.set_options(timeout=20_000)  # milliseconds, on a machine that is busy with other tests


class Broker(Protocol):
    """Where a hub finds its broker."""

    @property
    def url(self) -> str: ...

    @property
    def address(self) -> BrokerAddress: ...


PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@dataclass
class TestHub:
    """Butler, bridges and page of a copy of the sample settings, in `folder`; `listener` hears all of MQTT."""

    __test__ = False

    folder: Path
    config: Path
    settings: Settings
    web: Web
    butler: Butler
    listener: Listener
    follows: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.web.url

    async def state(self, device: str, **values: Any) -> dict[str, Any]:
        """The state of a device, once it has these values."""
        return await self.listener.object(f"jipsa/device/{device}/state", **values)


@asynccontextmanager
async def running_hub(
    broker: Broker,
    folder: Path,
    *,
    recognizer: Callable[[], Recognizer] | None = None,
    edit: Callable[[Path], None] = lambda config: None,
    **web: object,
) -> AsyncIterator[TestHub]:
    """Everything but the voice, whose `recognizer` the page may share; `web` are settings of the page.

    `edit` changes the copy of the sample settings, in its folder, before they are read.
    """
    shutil.copytree(CONFIG, folder / "config", ignore=shutil.ignore_patterns("samples", "mosquitto", "*.lock"))
    edit(folder / "config")
    config = folder / "config" / "jipsa.yaml"
    text = config.read_text().replace("embedded: true", "embedded: false").replace("mqtt://127.0.0.1:18830", broker.url)
    config.write_text(text)
    read = load_settings(config)
    page = read.web.model_copy(update={"port": free_port(), **web})
    settings = read.model_copy(update={"state_dir": folder / "state", "cache_dir": folder / "cache", "web": page})
    home = load_home(settings.home)
    lexicon = household_lexicon(settings)
    butler = Butler(broker.address, home, settings.language, lexicon, rules=settings.remote.rules)
    served = Web(settings, config, recognizer)
    bridges = [Keeper(name, settings, home, config) for name in enabled(settings)]
    listener = Listener(Bus(broker.address, "listener"))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(listener.bus.running())
        await stack.enter_async_context(served.serving())
        services = [butler.run(), watch_home(butler, settings), *(bridge.run() for bridge in bridges)]
        await stack.enter_async_context(together(services))
        async with asyncio.timeout(30):
            await butler.ready({device.id for device in home.devices})
        for device in home.devices:
            await listener.until(lambda topic, _, own=device.id: topic == f"jipsa/device/{own}/state")  # type: ignore[misc]
        yield TestHub(folder, config, settings, served, butler, listener)


@dataclass
class Chromium:
    """A browser, and what went wrong in its pages: errors of scripts, refusals of the content security policy."""

    browser: Browser
    faults: list[str] = field(default_factory=list)

    async def context(self, size: dict[str, int] = PHONE, **options: Any) -> BrowserContext:
        """A browser of its own, without cookies; in Seoul."""
        given = {"locale": "ko-KR", "timezone_id": "Asia/Seoul", "viewport": size, **options}
        return await self.browser.new_context(**given)

    async def open(self, url: str, size: dict[str, int] = PHONE, **options: Any) -> Page:
        """A page, in a browser of its own, that has drawn its first view."""
        page = await (await self.context(size, **options)).new_page()
        self.watch(page)
        await page.goto(url)
        await page.wait_for_selector("#tabs .tab")
        return page

    def watch(self, page: Page) -> None:
        """Note what goes wrong in a page."""
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)


@asynccontextmanager
async def chromium(*arguments: str) -> AsyncIterator[Chromium]:
    """A Chromium with these arguments. What went wrong in its pages, and was not taken from `faults`, is an error."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *arguments])
        try:
            running = Chromium(browser)
            yield running
        finally:
            await browser.close()
        assert not running.faults, running.faults


async def serious(page: Page) -> list[dict[str, Any]]:
    """The violations that axe-core finds there and calls serious or critical."""
    violations = (await Axe().run(page)).response["violations"]
    return [violation for violation in violations if violation["impact"] in {"serious", "critical"}]
