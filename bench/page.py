"""The page in Chromium: first paint, weight, and how it keeps up with 200 devices and 50 changes a second.

    script/bench page

The whole hub with its simulated appliances runs in this process, so that the figures of a machine with few processors
are worse than those of a browser on another one. Chromium draws without a graphics processor here.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Page
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from brokers import TestBroker  # noqa: E402
from web.pages import PHONE, WIDE, Chromium, TestHub, chromium, running_hub  # noqa: E402
from web.test_jank import DEVICES, large_home, publish  # noqa: E402

OPENED = 5
"""How often the page is opened for a median."""

SECONDS = 5
"""For how long states change."""

A_SECOND = 50
"""How many states come in each."""

VIEWS = ("home", "conversation", "assistant", "charts", "setup")

PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"

WATCH = """() => {
    window.frames = []; window.tasks = [];
    new PerformanceObserver((list) => list.getEntries().forEach((task) => window.tasks.push(task.duration)))
        .observe({ type: "longtask" });
    const note = (at) => { window.frames.push(at); requestAnimationFrame(note); };
    requestAnimationFrame(note);
}"""


async def first_paint(browser: Chromium, hub: TestHub, size: dict[str, int]) -> float:
    """Milliseconds until something of the page is seen: the median of OPENED browsers without a cache."""
    found = []
    for _ in range(OPENED):
        page = await browser.open(hub.url, size)
        await page.wait_for_selector("#view .card")
        found.append(float(await page.evaluate(PAINT)))
        await page.context.close()
    return statistics.median(found)


async def spent(session: CDPSession) -> float:
    """Seconds that the page's thread has worked so far: of its own, not of the clock, so that others do not count."""
    metrics = await session.send("Performance.getMetrics")
    return next(float(metric["value"]) for metric in metrics["metrics"] if metric["name"] == "TaskDuration")


async def weights(browser: Chromium, hub: TestHub) -> tuple[int, int]:
    """Bytes of the page when it is opened, and with all its views; not compressed, without the data of charts."""
    page = await (await browser.context(PHONE)).new_page()
    bodies: list[Any] = []
    page.on("response", lambda response: bodies.append(response) if response.ok else None)
    await page.goto(hub.url)
    await page.wait_for_selector("#view .card")
    await page.wait_for_load_state("networkidle")
    opened = len(bodies)
    for view in VIEWS:
        await page.click(f'#tabs a[href="#/{view}"]')
        await page.wait_for_load_state("networkidle")
    sizes = [len(await response.body()) for response in bodies]
    await page.context.close()
    return sum(sizes[:opened]), sum(sizes)


async def under_load(page: Page, hub: TestHub, slower: int) -> tuple[float, float, int, float]:
    """While states change: share of a second that the page works, 95th percentile between frames (ms), long tasks."""
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})
    await page.evaluate(WATCH)
    before = await spent(session)
    for sent in range(SECONDS * A_SECOND):
        publish(hub, (sent * 7) % DEVICES, 1 + sent // DEVICES)
        await asyncio.sleep(1 / A_SECOND)
    busy = (await spent(session) - before) / SECONDS
    frames, tasks = await page.evaluate("() => [window.frames, window.tasks]")
    await session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    pauses = sorted(later - earlier for earlier, later in pairwise(frames))
    return busy, pauses[int(len(pauses) * 0.95)], len(tasks), max(tasks, default=0.0)


async def measure() -> None:
    """Print all of it."""
    console = Console()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        broker = TestBroker("amqtt", folder)
        await broker.start()
        async with running_hub(broker, folder) as hub, chromium() as browser:
            opened, whole = await weights(browser, hub)
            console.print(f"weight: {opened / 1000:.0f} kB opened, {whole / 1000:.0f} kB with all views")
            for name, size in (("phone", PHONE), ("wide", WIDE)):
                console.print(f"first paint, {name}, the sample home: {await first_paint(browser, hub, size):.0f} ms")
            table = Table(title=f"{DEVICES} devices, {A_SECOND} states a second")
            for column in ("", "first paint", "page works", "frames, 95 %", "tasks above 50 ms"):
                table.add_column(column, justify="left" if not column else "right")
            for name, size in (("phone", PHONE), ("wide", WIDE)):
                page = await large_home(hub, browser, size)
                paint = await first_paint(browser, hub, size)
                for slower in (1, 4):
                    busy, pause, tasks, longest = await under_load(page, hub, slower)
                    label = name if slower == 1 else f"{name}, {slower}× slower"
                    long = f"{tasks}, up to {longest:.0f} ms" if tasks else "none"
                    table.add_row(
                        label, f"{paint:.0f} ms" if slower == 1 else "", f"{busy:.0%}", f"{pause:.0f} ms", long
                    )
                await page.context.close()
            console.print(table)
        await broker.stop()


if __name__ == "__main__":
    asyncio.run(measure())
