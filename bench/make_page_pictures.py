"""Pictures of the page, for docs/web.md and the READMEs.

    script/make-screenshots page

The sample home runs with simulated appliances and pins, and with a day of measurements that are made up; Debian's
Chromium looks at its page.
"""

from __future__ import annotations

import asyncio
import math
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Page

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from brokers import TestBroker  # noqa: E402
from web.pages import PHONE, WIDE, TestHub, chromium, running_hub  # noqa: E402

from hub.web.history.file import DAY, HistoryFile, Series  # noqa: E402
from hub.web.history.track import Minute  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"

SAID = (
    "거실 불 파란색으로 켜줘",
    "거실 에어컨 26도로 맞춰줘",
    "5분 타이머 맞춰줘",
    "내일 아침 7시에 깨워줘",
    "쇼핑 목록에 우유 추가해줘",
    "세탁기 몇 분 남았어?",
)
"""What is said to the home before anybody looks."""

SETTLED = 1_200
"""Milliseconds in which a view has drawn all its parts."""


def warm_day() -> Iterator[tuple[Series, Minute]]:
    """Temperatures and dust of a summer's day: coolest at five, warmest at three in the afternoon."""
    end = time.time() // 60 * 60
    for at in range(int(end - DAY), int(end), 60):
        there = datetime.fromtimestamp(at, ZoneInfo("Asia/Seoul"))
        hour = (there.hour + there.minute / 60 - 9) / 24 * 2 * math.pi
        warmth = 27 + 2.5 * math.sin(hour) + 0.2 * math.sin(at / 700)
        dust = 22 + 12 * math.sin(hour * 2 + 1) ** 2 + 3 * math.sin(at / 1_100)
        for series, value in (
            (Series("living_ac", "current_temperature", "temperature"), warmth),
            (Series("living_ac", "pm25", "pm25"), dust),
            (Series("air_purifier", "pm25", "pm25"), dust * 0.6),
        ):
            yield series, Minute(at, value * 60, 60, value - 0.3, value + 0.3)


async def say(hub: TestHub, page: Page) -> None:
    """Say all of it, and have the last sentence opened."""
    for sentence in SAID:
        field = page.locator("#talk input").first
        await field.fill(sentence)
        await field.press("Enter")
        await page.wait_for_timeout(SETTLED)
    await hub.state("timers", count=1)


async def draw(page: Page, name: str, view: str) -> None:
    """Go to a view, have it drawn, and keep the picture."""
    await page.click(f'#tabs a[href="#/{view}"]')
    await page.wait_for_timeout(SETTLED)
    if view == "conversation":
        await page.locator("#view [aria-expanded]").nth(1).click()
        await page.wait_for_timeout(SETTLED)
    await page.screenshot(path=PICTURES / f"page-{name}.png")


async def make_page_pictures() -> None:
    """Draw every picture anew."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        broker = TestBroker("amqtt", folder)
        await broker.start()
        async with running_hub(broker, folder) as hub, chromium() as browser:
            file = HistoryFile(hub.settings.state_dir / "history.sqlite")
            file.write(list(warm_day()), [])
            file.close()
            phone = await browser.open(hub.url, PHONE)
            await say(hub, phone)
            wide = await browser.open(hub.url, WIDE)
            dark = await browser.open(hub.url, PHONE, color_scheme="dark")
            await wide.wait_for_timeout(SETTLED)
            for view in ("home", "conversation", "assistant", "charts", "setup"):
                await draw(phone, f"{view}-phone", view)
                await draw(wide, view, view)
            await draw(dark, "home-phone-dark", "home")
        await broker.stop()


if __name__ == "__main__":
    asyncio.run(make_page_pictures())
