"""A soak: a household's busy hour, 50 times as fast, for as long as is wanted; its memory is flat, and nothing drifts.

    script/soak [MINUTES]

A real Mosquitto, every service as a process of its own, and a simulated LG cloud; what the household does is in
residents.py. The exit code is 1 where anything was found, and it is said what, and where. From 15 minutes on, the
figures are written down like those of every benchmark.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from bench.household import BRIDGES, JUDGED, Ended, Household, Vitals, complaints, household
from bench.residents import HABITS, LIGHTS, PROBED, Family, Noticed, live
from bench.results import US, Report, percentile
from bench.simulated_account import truth
from hub.bus import Bus
from hub.together import together

SPEED = 50

EVERY = 10.0
"""Seconds between two looks at the processes."""

WARM = 1 / 3
"""Share of the run before anything is judged, WARMEST seconds at most: each habit is followed once at once, caches of
answers, of voices and of SQLite fill, and threads are made when they are first wanted."""

WARMEST = 600.0

HEAP = 8.0
"""MB by which the own memory of a process may grow from then on, however long that is. What hears goes up and down by
3 MB with what it hears, and of a bridge that was restarted some 2 MB wait for Python's collector."""

COUNTED = {"files": 3, "threads": 4}
"""What else must not grow, and by how much it may."""

SLOWER, SLACK = 1.5, 0.02
"""How many times as long, and seconds more, answers may take in the last third than in the first."""

LATE = 5.0
"""Seconds that a timer may be late: its bridge may be in the middle of a restart."""

KEPT = 50.0
"""MB that the state folder may have."""

SETTLES = 60.0
"""Seconds within which every state is right once nobody does anything any more."""

SHORTEST, REPORTED = 1.0, 15.0
"""Minutes of a soak at least, and from which on its figures are written down."""

DRAWN = {
    "memory of the bridges": BRIDGES,
    "memory of the others": tuple(name for name in JUDGED if name not in BRIDGES),
}
"""What is drawn together."""

EXPECTED = ("LG ThinQ 알림을 다시 연결해요.",)
"""Warnings that belong to the speed, by their end: when an appliance lives 50 times as fast, the bridge now and then
looks at it between its change and the push of it."""


class Look(NamedTuple):
    """What was seen at one time (seconds since the begin)."""

    at: float
    vitals: dict[str, Vitals]
    kept: float


@dataclass(slots=True)
class Course:
    """A soak: what was seen and noticed since `began` (the event loop's time), and what was found wrong."""

    began: float
    warm: float
    """Seconds from there on that are not judged."""
    looks: list[Look] = field(default_factory=list)
    noticed: Noticed = field(default_factory=Noticed)
    found: list[str] = field(default_factory=list)

    @property
    def judged(self) -> list[Look]:
        """What was seen after the warm-up."""
        return [look for look in self.looks if look.at >= self.warm]

    @property
    def span(self) -> float:
        """Seconds that are judged."""
        return self.judged[-1].at - self.judged[0].at

    def growth(self, name: str) -> float:
        """By how many MB the own memory of a process grew in that time."""
        return slope([(look.at, look.vitals[name].heap) for look in self.judged]) * self.span


async def watch(home: Household, course: Course) -> None:
    """Look at everything every EVERY seconds, until cancelled. Raises Ended."""
    clock = asyncio.get_running_loop().time
    while True:
        course.looks.append(Look(clock() - course.began, home.vitals(), home.kept()))
        await asyncio.sleep(course.began + len(course.looks) * EVERY - clock())


def slope(points: Sequence[tuple[float, float]]) -> float:
    """By how much the second grows with the first: the median of all pairs (Theil–Sen), which no outlier moves."""
    return statistics.median((b - a) / (t - s) for (s, a), (t, b) in combinations(points, 2))


def thirds(values: Sequence[float]) -> tuple[Sequence[float], Sequence[float]]:
    """The first third and the last."""
    share = max(1, len(values) // 3)
    return values[:share], values[-share:]


def grown(course: Course) -> Iterator[str]:
    """Which process takes more and more of what."""
    for name in JUDGED:
        more = course.growth(name)
        if more > HEAP:
            yield f"{name}: memory grew by {more:.1f} MB in {course.span / 60:.1f} minutes ({HEAP:g} are allowed)"
        for what, allowed in COUNTED.items():
            first, last = map(min, thirds([getattr(look.vitals[name], what) for look in course.judged]))
            if last > first + allowed:
                yield f"{name}: {what} grew from {first} to {last} ({allowed} more are allowed)"
    if course.looks[-1].kept > KEPT:
        yield f"the state folder has {course.looks[-1].kept:.1f} MB ({KEPT:g} are allowed)"


def drifted(course: Course) -> Iterator[str]:
    """What became slower, was late, or never came."""
    took = [seconds for at, seconds in course.noticed.answers[PROBED] if at >= course.began + course.warm]
    first, last = map(statistics.median, thirds(took))
    if last > first * SLOWER + SLACK:
        yield f"{PROBED}: {first * 1000:.0f} ms in the first third, {last * 1000:.0f} ms in the last"
    for at, late in course.noticed.late:
        if late > LATE:
            yield f"a timer rang {late:.1f} s late, {at - course.began:.0f} s after the begin"


async def settled(home: Household, family: Family) -> list[str]:
    """What a page shows otherwise than it is, once nobody does anything any more."""
    loop = asyncio.get_running_loop()
    for light in LIGHTS:
        await family.switch(light)
    ends, wrong = loop.time() + SETTLES, ["nothing was looked at"]
    while wrong and loop.time() < ends:
        family.set_again()
        await asyncio.sleep(1)
        async with family.page() as page:
            shown = page.hello["devices"]
        wrong = [
            f"{device}: {name} is {value!r}, and the page shows {shown.get(device, {}).get('state', {}).get(name)!r}"
            for device, values in {**await truth(home.cloud), **family.said}.items()
            for name, value in values.items()
            if shown.get(device, {}).get("state", {}).get(name) != value
        ]
    return wrong


async def ready(home: Household) -> None:
    """Wait until every bridge is online, and all appliances are there."""
    bus, news = Bus(home.broker, "soak-ready"), asyncio.Event()
    missing = {f"jipsa/bridge/{bridge}/state" for bridge in BRIDGES}
    missing |= {f"jipsa/device/{device}/state" for device in await truth(home.cloud)}

    def note(topic: str, payload: bytes) -> None:
        if b'"offline"' not in payload:
            missing.discard(topic)
            news.set()

    for topic in ("jipsa/bridge/+/state", "jipsa/device/+/state"):
        bus.subscribe(topic, note)
    async with bus.running():
        try:
            async with asyncio.timeout(120):
                while missing:
                    news.clear()
                    await news.wait()
        except TimeoutError:
            raise Ended(f"never ready: {', '.join(sorted(missing))}") from None


async def soak(minutes: float, folder: Path) -> Course:
    """Let a household live for so long, with all that it keeps in `folder`. Raises Ended."""
    async with household(folder, SPEED) as home:
        await ready(home)
        course = Course(asyncio.get_running_loop().time(), min(minutes * 60 * WARM, WARMEST))
        family = Family(home, course.noticed)
        async with family.at_home():
            async with together([watch(home, course)]):
                await live(family, course.noticed, SPEED, minutes * 60)
            wrong = await settled(home, family)
    course.found += [*grown(course), *drifted(course), *course.noticed.faults, *wrong]
    logged = Counter(complaint for complaint in complaints(folder) if not complaint.endswith(EXPECTED))
    course.found += [f"logged {count} times: {complaint}" for complaint, count in logged.items()]
    return course


def milliseconds(noticed: Noticed) -> dict[str, list[float]]:
    """How long answers took, and how late timers were."""
    timed = {**noticed.answers, "a timer is late": noticed.late}
    return {what: [seconds * 1000 for _, seconds in times] for what, times in timed.items()}


def show(course: Course) -> None:
    """Print what happened, and how processes and answers were."""
    console, noticed, looks = Console(width=150), course.noticed, course.judged
    table = Table(title=f"{course.looks[-1].at / 60:.1f} minutes, {SPEED} times a busy hour")
    for column in ("what", "in a busy hour", "in an hour here", "happened"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for habit in HABITS:
        often = (f"{habit.hourly:g}", f"{habit.hourly * SPEED:,.0f}", f"{noticed.done[habit.what]:,}")
        table.add_row(habit.what, *often)
    console.print(table)
    columns = ("MB, first third", "last third", "own MB, first third", "last third", "grew MB")
    title = f"the last {course.span / 60:.1f} minutes"
    table = Table("process", *columns, "files", "threads", "CPU", title=title)
    for name in looks[0].vitals:
        vitals = [look.vitals[name] for look in looks]
        halves = [thirds([getattr(it, what) for it in vitals]) for what in ("memory", "heap")]
        medians = (f"{statistics.median(part):.1f}" for parts in halves for part in parts)
        ranges = [{getattr(it, what) for it in vitals} for what in ("files", "threads")]
        busy = (vitals[-1].computed - vitals[0].computed) / course.span
        counts = (f"{min(counts)}–{max(counts)}" for counts in ranges)
        table.add_row(name, *medians, f"{course.growth(name):+.2f}", *counts, f"{busy:.1%}")
    console.print(table)
    for what, took in milliseconds(noticed).items():
        p50, p95, p100 = (percentile(took, share) for share in (50, 95, 100))
        console.print(f"{what}: {len(took):,}, median {p50:.1f} ms, 95 % within {p95:.1f} ms, at most {p100:,.0f} ms")
    console.print(f"state folder: {course.looks[0].kept:.2f} MB at first, {looks[-1].kept:.2f} MB at the end")


def report(course: Course) -> None:
    """Write the figures down, with curves over the minutes."""
    minutes, step = course.looks[-1].at / 60, max(1, round(course.looks[-1].at / 60 / 12))
    told = Report("soak", f"{minutes:.0f} minutes of a busy hour, {SPEED} times as fast")
    for what, took in milliseconds(course.noticed).items():
        for share, who in ((50, "median"), (95, "95 % within"), (100, "at most")):
            told.add(what, who, "ms", [round(percentile(took, share), 2)])
    for what, names in DRAWN.items():
        for name in names:
            told.add("memory grew after the warm-up", name, "MB", [round(course.growth(name), 2)])
            memory = [(look.at, look.vitals[name].memory) for look in course.looks]
            told.add_curve(what, name, "MB", "minutes", by_minutes(memory, step))
    probed = [(at - course.began, round(seconds * 1000, 2)) for at, seconds in course.noticed.answers[PROBED]]
    told.add_curve(PROBED, US, "ms", "minutes", by_minutes(probed, step))
    told.finish()


def by_minutes(points: Iterable[tuple[float, float]], step: int) -> dict[int, list[float]]:
    """Values at seconds, together by the `step` minutes at whose end they were there."""
    found = defaultdict[int, list[float]](list)
    for at, value in points:
        found[(int(at / 60) // step + 1) * step].append(value)
    return found


def main() -> int:
    """Soak, and print what came of it; 1 when anything was found."""
    minutes = max(SHORTEST, float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)
    with tempfile.TemporaryDirectory(prefix="jipsa-soak-") as folder:
        try:
            course = asyncio.run(soak(minutes, Path(folder)))
        except Ended as error:
            print(f"FOUND {error}", *complaints(Path(folder)), sep="\n")
            return 1
    show(course)
    if minutes >= REPORTED:
        report(course)
    print(*(f"FOUND {fault}" for fault in course.found or ["nothing"]), sep="\n")
    return 1 if course.found else 0


if __name__ == "__main__":
    sys.exit(main())
