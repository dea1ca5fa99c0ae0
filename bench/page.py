"""The page in Chromium: first paint, weight, and how it keeps up with 200 devices and 50 changes a second.

    script/bench page

The whole hub with its simulated appliances runs in this process, so that the figures of a machine with few processors
are worse than those of a browser on another one. Chromium draws without a graphics processor here.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Page

from bench.results import US, Report

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

SIZES = {"telephone": PHONE, "wide": WIDE}

SLOWER = (1, 4)
"""How many times slower than it is the browser is made."""

VIEWS = ("home", "conversation", "assistant", "charts", "setup")

PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"

WATCH = """() => {
    window.frames = []; window.tasks = [];
    new PerformanceObserver((list) => list.getEntries().forEach((task) => window.tasks.push(task.duration)))
        .observe({ type: "longtask" });
    const note = (at) => { window.frames.push(at); requestAnimationFrame(note); };
    requestAnimationFrame(note);
}"""


async def first_paint(browser: Chromium, hub: TestHub, size: dict[str, int]) -> list[float]:
    """Milliseconds until something of the page is seen, in each of OPENED browsers without a cache."""
    found = []
    for _ in range(OPENED):
        page = await browser.open(hub.url, size)
        await page.wait_for_selector("#view .card")
        found.append(float(await page.evaluate(PAINT)))
        await page.context.close()
    return found


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
    """Measure and tell."""
    report = Report("page", f"The page: weight, first paint, and {DEVICES} devices with {A_SECOND} states a second")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        broker = TestBroker("amqtt", folder)
        await broker.start()
        async with running_hub(broker, folder) as hub, chromium() as browser:
            for what, weight in zip(("opened", "with all views"), await weights(browser, hub), strict=True):
                report.add(f"weight, {what}", US, "kB", [weight / 1000])
            for name, size in SIZES.items():
                report.add(f"first paint of the sample home, {name}", US, "ms", await first_paint(browser, hub, size))
            for name, size in SIZES.items():
                page = await large_home(hub, browser, size)
                report.add(f"first paint of the large home, {name}", US, "ms", await first_paint(browser, hub, size))
                for slower in SLOWER:
                    where = name if slower == 1 else f"{name}, {slower} times slower"
                    busy, pause, tasks, longest = await under_load(page, hub, slower)
                    report.add(f"share of the time that it works, {where}", US, "%", [busy * 100])
                    report.add(f"pause between two frames, 95th percentile, {where}", US, "ms", [pause])
                    report.add(f"tasks above 50 ms, {where}", US, "", [tasks])
                    report.add(f"the longest of them, {where}", US, "ms", [longest])
                await page.context.close()
        await broker.stop()
    report.finish()


if __name__ == "__main__":
    asyncio.run(measure())
