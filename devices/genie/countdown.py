"""Countdowns: they run by a clock that never jumps, and outlive a restart in a small file.

What was asked for a time of day (`at`) follows the clock on the wall when that is set.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from devices.genie.clock import Clock
from devices.moments import seconds_until
from hub.messages import new_id

log = logging.getLogger(__name__)

LONGEST = 7 * 24 * 3600
"""Seconds that a timer may run."""

FARTHEST = 366 * 24 * 3600
"""Seconds that what is asked for a day and time may lie ahead."""

MOST = 50
"""Timers that may run at once."""

LOOK_AT_WALL = 60.0
"""Seconds between two looks at whether the clock on the wall was set."""


@dataclass(slots=True, eq=False)
class Countdown:
    """One timer: how long it was set for, whose it is, and when it ends (None while it is paused).

    `command` is the sentence that is to be carried out at its end, and `at` the time that was asked for, if it was one.
    """

    id: str
    seconds: int
    name: str | None
    satellite: str | None
    room: str | None
    ends: float | None
    paused_left: float = 0.0
    command: str | None = None
    at: datetime | None = None

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self.ends is None


class _Saved(BaseModel):
    id: str
    seconds: int = Field(ge=1, le=FARTHEST)
    name: str | None = None
    satellite: str | None = None
    room: str | None = None
    left: float = Field(le=FARTHEST, allow_inf_nan=False)
    ends_at: AwareDatetime | None = None
    command: str | None = None
    at: AwareDatetime | None = None


_VERSION: Literal[2] = 2


class _File(BaseModel):
    """Version 1, which knew no `command` and no `at`, is read as it stands."""

    version: Literal[1, 2] = 1
    timers: list[_Saved] = Field(default=[], max_length=MOST)


class Countdowns:
    """All timers of the home, in the file `path`. `changed` is called after every change, before it is saved."""

    def __init__(self, path: Path, clock: Clock, changed: Callable[[], None]) -> None:
        self.running: list[Countdown] = []
        self._path = path
        self._clock = clock
        self._changed = changed
        self._wake = asyncio.Event()
        self._saving = asyncio.Lock()

    def left(self, countdown: Countdown) -> float:
        """Seconds until it ends; negative where it should have ended before."""
        return countdown.paused_left if countdown.ends is None else countdown.ends - self._clock.monotonic()

    def ends_at(self, countdown: Countdown) -> datetime | None:
        """When it ends on the wall's clock; None while it is paused."""
        return None if countdown.paused else self._clock.now() + timedelta(seconds=self.left(countdown))

    async def start(
        self,
        seconds: int,
        name: str | None,
        satellite: str | None,
        room: str | None,
        *,
        command: str | None = None,
        at: datetime | None = None,
    ) -> Countdown:
        """Start a timer of `seconds`, or one that ends `at` a time."""
        ends = self._clock.monotonic() + (seconds if at is None else seconds_until(at, self._clock.now()))
        countdown = Countdown(new_id(), seconds, name, satellite, room, ends, command=command, at=at)
        self.running.append(countdown)
        await self._keep()
        return countdown

    async def cancel(self, *countdowns: Countdown) -> None:
        """End timers without a sound."""
        self.running = [countdown for countdown in self.running if countdown not in countdowns]
        await self._keep()

    async def pause(self, countdown: Countdown) -> None:
        """Let it stand still."""
        countdown.paused_left, countdown.ends = self.left(countdown), None
        await self._keep()

    async def resume(self, countdown: Countdown) -> None:
        """Let it run on."""
        countdown.ends = self._clock.monotonic() + countdown.paused_left
        await self._keep()

    async def add(self, countdown: Countdown, seconds: int) -> None:
        """Lengthen it, or shorten it by a negative number."""
        if countdown.ends is None:
            countdown.paused_left += seconds
        else:
            countdown.ends += seconds
        await self._keep()

    async def run(self, ring: Callable[[Countdown], None]) -> None:
        """Call `ring` for every timer that ends, the earliest first, until cancelled."""
        offset = self._offset()
        while True:
            if abs(self._offset() - offset) > 1:
                offset = self._offset()
                self._follow_wall()
                await self._keep()
            due = sorted((item for item in self.running if not item.paused and self.left(item) <= 0), key=self.left)
            for countdown in due:
                ring(countdown)
            if due:
                await self.cancel(*due)
            self._wake.clear()
            await self._until_next()

    def _offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    def _follow_wall(self) -> None:
        for countdown in self.running:
            if countdown.at is not None and countdown.ends is not None:
                countdown.ends = self._clock.monotonic() + seconds_until(countdown.at, self._clock.now())

    async def _until_next(self) -> None:
        waiting: list[asyncio.Task[object]] = [asyncio.create_task(self._wake.wait())]
        ends = [countdown.ends for countdown in self.running if countdown.ends is not None]
        if ends:
            look = self._clock.monotonic() + LOOK_AT_WALL
            waiting.append(asyncio.create_task(self._clock.sleep_until(min(*ends, look))))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    async def _keep(self) -> None:
        self._wake.set()
        self._changed()
        async with self._saving:
            saved = [
                _Saved(id=item.id, seconds=item.seconds, name=item.name, satellite=item.satellite, room=item.room,
                       left=min(self.left(item), FARTHEST), ends_at=self.ends_at(item),
                       command=item.command, at=item.at)
                for item in self.running
            ]  # fmt: skip
            content = _File(version=_VERSION, timers=saved).model_dump_json(indent=1)
            writing = asyncio.create_task(asyncio.to_thread(_write, self._path, content))
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:  # who stops the bridge still finds on disk what has rung
                await asyncio.wait([writing])
                raise
            except OSError as error:
                log.error("%s: timers will not outlive a restart (%s)", self._path, error.strerror)

    async def load(self) -> None:
        """Take up the timers of the file; those that ended meanwhile ring as soon as `run` runs."""
        try:
            content = await asyncio.to_thread(self._path.read_bytes)
            saved = _File.model_validate_json(content).timers
        except FileNotFoundError:
            return
        except OSError as error:
            log.error("%s: cannot be read (%s)", self._path, error.strerror)
        except ValidationError as error:
            aside = self._path.with_suffix(".broken")
            log.error("%s: no timers in it (%s); kept as %s", self._path, error.errors()[0]["msg"], aside)
            with suppress(OSError):
                self._path.replace(aside)
        else:
            self.running = [self._taken_up(item) for item in saved]

    def _taken_up(self, item: _Saved) -> Countdown:
        countdown = Countdown(
            item.id, item.seconds, item.name, item.satellite, item.room, None, item.left, item.command, item.at
        )
        if item.at is not None:
            countdown.ends = self._clock.monotonic() + seconds_until(item.at, self._clock.now())
        elif item.ends_at is not None:
            # No more can be left than when it was saved: a Pi without a clock of its own may wake up in the past.
            left = min(item.left, (item.ends_at - self._clock.now()).total_seconds())
            countdown.ends = self._clock.monotonic() + left
        return countdown


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
