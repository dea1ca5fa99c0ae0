"""What is measured in the home over the last days, and how fast sentences are answered: for the charts of the page.

Numbers are kept, never words: of a sentence only when it was said and how long it took.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from pydantic import Field

from hub.payloads import Value
from hub.web.calls import Arguments, CallError, Calls, Page, read
from hub.web.history.file import Answered, HistoryFile, Point, Series
from hub.web.history.intake import MOST_SERIES, Intake
from hub.web.history.kinds import KINDS
from hub.web.history.track import MINUTE, Minute

HOUR: Final = 3_600

MOST_WAITING: Final = 60 * MOST_SERIES
"""Minutes of numbers that wait for a disk that cannot be written; of more the oldest are lost."""

MOST_LINES: Final = 8
"""Of a chart; more could not be told apart."""

MOST_POINTS: Final = 300
"""Of a line."""

STEPS: Final = (60, 300, 900, 2_700, 10_800)
"""Seconds from point to point: the least of these that does not make more than MOST_POINTS."""

SETTLED: Final = 600.0
"""Seconds after which a clock that was set is believed, and what is too old by it is dropped."""

log = logging.getLogger(__name__)

T = TypeVar("T")


class _Chart(Arguments):
    """Of one kind (none: the first that there is), and of these series (none: the first)."""

    kind: str | None = None
    hours: int = Field(default=24, ge=1, le=720)
    series: tuple[str, ...] = Field(default=(), max_length=MOST_LINES)


class _Latency(Arguments):
    """Of the last sentences, so many."""

    most: int = Field(default=50, ge=1, le=200)


class _Spans(NamedTuple):
    """From when to when a chart shows what was, in spans of `step` seconds; `daily`: put together to days."""

    begin: float
    end: float
    step: int
    daily: bool = False


class History:
    """Keeps the file `path`; `hear` is a listener for the mirror's events, `calls` is what pages may ask.

    The clocks give seconds: since 1970, and of one that is never set.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self.calls: Calls = {"history": self._on_chart, "history.latency": self._on_latency}
        self.kept = True
        """Whether the disk takes what is measured."""
        self._intake = Intake(clock, steady)
        self.hear = self._intake.hear
        self._file = HistoryFile(path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="history")
        self._steady = steady
        self._forgot_at = steady()
        self._minutes: list[tuple[Series, Minute]] = []
        self._sentences: list[Answered] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Write once a minute while the block lasts, and what is left at its end."""
        task = asyncio.create_task(self._keep(), name="history")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self.flush(whole=False)
            await self._in_thread(self._file.close)
            self._thread.shutdown(wait=False)

    async def flush(self, *, whole: bool = True) -> None:
        """Write the minutes that are whole, or what there is of the present one, too; what cannot be written waits."""
        minutes, sentences = self._intake.take(whole=whole)
        minutes, self._minutes = [*self._minutes, *minutes][-MOST_WAITING:], []
        sentences, self._sentences = [*self._sentences, *sentences][-MOST_WAITING:], []
        try:
            await self._forget()  # first: it makes room
            if minutes or sentences:
                await self._in_thread(lambda: self._file.write(minutes, sentences))
        except (OSError, sqlite3.Error) as error:
            self._minutes, self._sentences = minutes, sentences
            if self.kept:
                log.warning("%s: %s; the charts are not kept until it can be written", self._file.path, error)
            self.kept = False
        else:
            if not self.kept:
                log.info("%s: the charts are kept again", self._file.path)
            self.kept = True

    async def chart(self, kind: str, hours: int, wanted: Iterable[str] = ()) -> dict[str, Any]:
        """The series (`<device>/<property>`) of a kind, and lines of those that are `wanted`, or else of the first.

        A line has points `[at, mean, low, high]`, or `[at, used]` of a counter, every `step` seconds where something
        was known. Of a counter over more than two days they are days, as the clock here has them. Raises OSError and
        sqlite3.Error.
        """
        there = {f"{it.device}/{it.property}": it for it in await self._in_thread(self._file.series) if it.kind == kind}
        lines: dict[str, list[Point]] = {name: [] for name in wanted if name in there}
        lines = lines or {name: [] for name in list(there)[:MOST_LINES]}
        spans = _spans(self._intake.now(), hours, counts=KINDS[kind].counts)
        chosen = [there[name] for name in lines]
        for point in await self._in_thread(lambda: self._file.points(chosen, spans.begin, spans.end, spans.step)):
            lines[f"{point.series.device}/{point.series.property}"].append(point)
        drawn = _used if KINDS[kind].counts else _measured
        return {
            "begin": spans.begin,
            "end": spans.end,
            "step": 24 * HOUR if spans.daily else spans.step,
            "series": list(there),
            "lines": [{"series": name, "points": drawn(points, spans)} for name, points in lines.items()],
        }

    async def latency(self, most: int) -> dict[str, Any]:
        """The last sentences, the oldest first, and how long half of them took at most; milliseconds."""
        sentences = await self._in_thread(lambda: self._file.sentences(most))
        return {
            "sentences": [sentence._asdict() for sentence in sentences],
            "median": statistics.median(sentence.answered for sentence in sentences) if sentences else None,
        }

    async def _on_chart(self, page: Page, given: Mapping[str, Value]) -> Value:
        asked = read(_Chart, given)
        if asked.kind is not None and asked.kind not in KINDS:
            raise CallError("bad_call", f"kind: one of {', '.join(KINDS)} expected")
        try:
            there = {series.kind for series in await self._in_thread(self._file.series)}
            kinds = [kind for kind in KINDS if kind in there]
            kind = asked.kind or next(iter(kinds), None)
            chart = await self.chart(kind, asked.hours, asked.series) if kind else {"series": [], "lines": []}
        except (OSError, sqlite3.Error) as error:
            raise CallError("disk", f"{self._file.path}: {error}") from None
        known = {"kind": kind, "unit": KINDS[kind].unit, "counts": KINDS[kind].counts} if kind else {"kind": None}
        return {"kept": self.kept, "kinds": kinds, **known, **chart}

    async def _on_latency(self, page: Page, given: Mapping[str, Value]) -> Value:
        asked = read(_Latency, given)
        try:
            return {"kept": self.kept, **await self.latency(asked.most)}
        except (OSError, sqlite3.Error) as error:
            raise CallError("disk", f"{self._file.path}: {error}") from None

    async def _keep(self) -> None:
        while True:
            # The minute is over when it is written, so that each is written once.
            await asyncio.sleep(MINUTE - self._intake.now() % MINUTE)
            await self.flush()

    async def _forget(self) -> None:
        """Drop what is too old: once an hour, and not by a clock that may be wrong yet."""
        steady = self._steady()
        if steady - self._forgot_at >= HOUR and steady - self._intake.set_at >= SETTLED:
            self._forgot_at = steady
            now = self._intake.now()
            await self._in_thread(lambda: self._file.forget(now))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        # What was begun is finished, though nobody waits for it any more.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work))


def _spans(now: float, hours: int, *, counts: bool) -> _Spans:
    if counts and hours > 48:
        today = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: DTZ006 - here
        return _Spans((today - timedelta(days=hours // 24 - 1)).timestamp(), now, HOUR, daily=True)
    step = HOUR if counts else next(step for step in STEPS if hours * HOUR <= step * MOST_POINTS)
    return _Spans((now - hours * HOUR) // step * step + step, now, step)


def _measured(points: list[Point], spans: _Spans) -> list[tuple[float, ...]]:
    return [
        (at, round(mean, 3), round(low, 3), round(high, 3))
        for _, at, mean, low, high, _ in points
        if mean is not None and low is not None and high is not None
    ]


def _used(points: list[Point], spans: _Spans) -> list[tuple[float, ...]]:
    used: dict[float, float] = {}
    for point in points:
        at = float(point.at)
        if spans.daily:
            here = datetime.fromtimestamp(at)  # noqa: DTZ006 - days are those of the clock here
            at = here.replace(hour=0, minute=0, second=0).timestamp()
        used[at] = used.get(at, 0.0) + point.used
    return [(at, round(total, 3)) for at, total in used.items()]
