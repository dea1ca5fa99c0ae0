"""Pictures of the page outside, for docs/web.md and docs/remote.md.

    script/make-screenshots page

The sample home runs with its gate, and a page is served at another broker, as in tests/web/test_remote.py.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from web.outsides import Away, served_outside  # noqa: E402
from web.pages import PHONE, WIDE, Chromium, chromium  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"

SETTLED = 1_500
"""Milliseconds in which a view has drawn all its parts."""

TOLD = 8_000
"""Milliseconds after which lines that tell something are gone."""

CUT_OFF = 60_000
"""Milliseconds in which it is noticed that the home is not connected."""


async def say(page: Page, sentence: str) -> None:
    """Say a sentence, and wait for its answer."""
    field = page.locator("#talk input").first
    await field.fill(sentence)
    await field.press("Enter")
    await page.wait_for_selector("#talk .bubble .answer")
    await page.wait_for_timeout(SETTLED)


async def keep(page: Page, name: str) -> None:
    """Keep what is seen now."""
    await page.wait_for_timeout(SETTLED)
    await page.screenshot(path=PICTURES / f"remote-{name}.png")


async def draw(away: Away, browser: Chromium, size: dict[str, int], suffix: str) -> None:
    """Draw all pictures of one size, in a home of their own."""
    page = await browser.open(away.url, size)
    await page.wait_for_selector("#view article")
    await keep(page, f"home{suffix}")
    inside = await browser.open(away.hub.url, size)
    await say(page, "거실 불 파란색으로 켜줘")
    await say(page, "주방 콘센트 켜줘")
    await keep(page, f"asked{suffix}")
    question = inside.locator("#talk .bubble", has_text="밖에서")
    await question.wait_for()
    await keep(inside, f"asks{suffix}")
    await question.get_by_role("button", name="네", exact=True).click()
    await page.wait_for_timeout(TOLD)
    await page.click('#tabs a[href="#/conversation"]')
    await keep(page, f"conversation{suffix}")
    await page.click('#tabs a[href="#/home"]')
    away.line.cut()
    await page.wait_for_selector("#away .away", timeout=CUT_OFF)
    await keep(page, f"away{suffix}")


async def make_remote_pictures() -> None:
    """Draw every picture anew."""
    for size, suffix in ((PHONE, "-phone"), (WIDE, "")):
        with tempfile.TemporaryDirectory() as temporary:
            async with served_outside(Path(temporary)) as away, chromium() as browser:
                await draw(away, browser, size, suffix)


if __name__ == "__main__":
    asyncio.run(make_remote_pictures())
