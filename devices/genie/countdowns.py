"""Timers, plans, alarms and reminders that wait for their moment. They are kept in the store, and none is lost.

What runs for a while does so by a clock that never jumps; what was asked for a time of day follows the one on the wall.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import ValidationError

from devices.genie.clock import moment_of, wait, zone_of
from devices.genie.countdown import EVERY_DAY, FARTHEST, Countdown, Kind, next_shown
from devices.genie.skill import Desk
from devices.moments import seconds_until
from hub.payloads import Value
from hub.texts import text

log = logging.getLogger(__name__)

LOOK_AT_WALL = 10.0
"""Seconds between two looks at whether the clock on the wall was set."""

SET_BACK = 3600.0
"""Seconds by which that clock is set back so far that what comes again begins anew; less repeats nothing."""

Gone = Callable[[], Awaitable[None]]
"""To be awaited when a countdown has been told of and is not needed any more."""

Ring = Callable[[Countdown, Gone], Awaitable[None]]
"""Tells of what came due."""


class Countdowns:
    """All countdowns of one kind. `changed` is called after every change, before it is kept."""

    def __init__(self, desk: Desk, kind: Kind, changed: Callable[[], None]) -> None:
        self._desk = desk
        self._kind: Kind = kind
        self._changed = changed
        self._items: dict[str, Countdown] = {}
        self._ending: set[str] = set()
        self._overdue: set[str] = set()
        self._unsure: set[str] = set()  # taken up by a clock that was not right
        self._unkept: set[str] = set()
        self._full = False
        self._trusted = False
        self._wake = asyncio.Event()
        self._keeping = asyncio.Lock()

    @property
    def running(self) -> list[Countdown]:
        """Those that are not due yet, the first to end first."""
        now = self._desk.clock.now()
        there = (item for item in self._items.values() if item.id not in self._ending)
        return sorted(there, key=lambda item: self.left(item, now))

    def left(self, countdown: Countdown, now: datetime | None = None) -> float:
        """Seconds until it ends; negative where it should have ended before."""
        if countdown.at is not None:
            now = now or self._desk.clock.now()
            return seconds_until(moment_of(countdown.at, zone_of(now)), now)
        return countdown.left if countdown.ends is None else countdown.ends - self._desk.clock.monotonic()

    def ends_at(self, countdown: Countdown) -> datetime | None:
        """When it ends on the wall's clock; None while it is paused."""
        now = self._desk.clock.now()
        if countdown.at is not None:
            return moment_of(countdown.at, zone_of(now))
        in_utc = now.astimezone(UTC) + timedelta(seconds=self.left(countdown))
        return None if countdown.paused else in_utc.astimezone(now.tzinfo)

    def shown(self, countdown: Countdown, *what: str) -> dict[str, Value]:
        """One as JSON: `what` of its fields is set, where it was asked for, and when it is due."""
        due_at = self.ends_at(countdown)
        return {
            **countdown.model_dump(mode="json", include={"id", "satellite", "room", *what}, exclude_none=True),
            **({} if due_at is None else {"due_at": due_at.isoformat(timespec="milliseconds")}),
            "seconds_left": round(max(0.0, self.left(countdown)), 3),
            "paused": countdown.paused,
        }

    def overdue(self, countdown: Countdown) -> bool:
        """Whether it came due while the assistant was off, or had not found its broker and its satellites yet."""
        return countdown.id in self._overdue

    async def start(self, countdown: Countdown) -> Countdown:
        """Let it run; it is kept when this returns. Returns the one that has its id already, where there is one."""
        there = self._items.setdefault(countdown.id, countdown)
        if there is countdown and countdown.seconds is not None:
            countdown.ends = self._desk.clock.monotonic() + countdown.seconds
        await self._keep(there)
        return there

    async def replace(self, countdown: Countdown) -> Countdown:
        """Put one that is due at a time of the clock in the place of that which has its id; returns it."""
        self._items[countdown.id] = countdown
        await self._keep(countdown)
        return countdown

    async def cancel(self, *countdowns: Countdown) -> None:
        """End countdowns without a sound."""
        for countdown in countdowns:
            self._items.pop(countdown.id, None)
            self._ending.discard(countdown.id)
        await self._keep(*countdowns)

    async def pause(self, countdown: Countdown) -> None:
        """Let it stand still."""
        countdown.left, countdown.ends = self.left(countdown), None
        await self._keep(countdown)

    async def resume(self, countdown: Countdown) -> None:
        """Let it run on."""
        countdown.ends = self._desk.clock.monotonic() + countdown.left
        await self._keep(countdown)

    async def add(self, countdown: Countdown, seconds: int) -> None:
        """Lengthen it, or shorten it by a negative number."""
        if countdown.ends is None:
            countdown.left += seconds
        else:
            countdown.ends += seconds
        await self._keep(countdown)

    async def load(self) -> None:
        """Take up what is kept; what came due meanwhile rings as soon as `run` runs."""
        question = "SELECT body FROM countdowns WHERE kind = ? ORDER BY rowid"
        self._trusted = self._desk.clock.trusted()
        for (body,) in await self._desk.store.ask(question, (self._kind,)):
            try:
                self._take_up(Countdown.model_validate_json(body))
            except ValidationError as error:
                log.error("%s: no %s: %s", self._desk.store.path, self._kind, error.errors()[0]["msg"])
        self._changed()

    async def take_over(self, items: Iterable[Countdown]) -> bool:
        """Let run on what was kept elsewhere until now; returns whether it is kept here for good."""
        for item in items:
            if item.id not in self._items:
                self._take_up(item)
                self._unkept.add(item.id)
        await self._keep()
        return self._desk.store.lasting and not self._unkept

    def _take_up(self, item: Countdown) -> None:
        if item.ends_at is not None:
            # No more can be left than when it was kept: a Pi without a clock of its own may wake up in the past.
            left = min(item.left, seconds_until(item.ends_at, self._desk.clock.now()))
            item.ends = self._desk.clock.monotonic() + left
            if not self._trusted:
                self._unsure.add(item.id)
        self._items[item.id] = item

    async def run(self, ring: Ring) -> None:
        """Have what comes due told by `ring`, until cancelled."""
        offset = self._offset()
        async with asyncio.TaskGroup() as group:
            while True:
                self._follow_wall(self._offset() - offset)
                offset = self._offset()
                if not self._desk.settled:
                    self._overdue |= {item.id for item in self._due()}
                due = [self._once(item) for item in self._due()]
                self._ending |= {item.id for item in due}
                for item in due:
                    group.create_task(self._end(item, ring))
                if due or self._unkept:
                    await self._keep()
                self._wake.clear()
                await self._until_next()

    async def _end(self, countdown: Countdown, ring: Ring) -> None:
        try:
            await ring(countdown, partial(self.cancel, countdown))
        except Exception:
            log.exception("%s %s cannot be told of; it is tried again at the next start", self._kind, countdown.id)

    def _ready(self) -> list[Countdown]:
        """What ends by itself: by the wall only while that is right."""
        return [item for item in self.running if not item.paused and (item.at is None or self._trusted)]

    def _due(self) -> list[Countdown]:
        now = self._desk.clock.now()
        return [item for item in self._ready() if self.left(item, now) <= 0]

    def _once(self, item: Countdown) -> Countdown:
        """What comes due only now of what comes again, while the other goes on to its next day."""
        if item.at is None or not item.days:
            return item
        once = item.model_copy(update={"id": f"{item.id}-{item.at:%y%m%d}", "days": ()})
        if self.overdue(item):
            self._overdue = self._overdue - {item.id} | {once.id}
        now = self._desk.clock.now()
        item.at = next_shown(item.at, item.days, max(now, moment_of(item.at, zone_of(now)), key=datetime.timestamp))
        self._items[once.id] = once
        self._unkept |= {item.id, once.id}
        return once

    def _offset(self) -> float:
        return self._desk.clock.now().timestamp() - self._desk.clock.monotonic()

    def _follow_wall(self, jumped: float) -> None:
        """Do what has to be done where the wall's clock was set, by `jumped` seconds, or is known to be right now."""
        now = self._desk.clock.now()
        if not self._trusted and self._desk.clock.trusted():
            self._trusted = True
            self._put_right(now)
        if abs(jumped) < 1:
            return
        for item in self._items.values():
            if item.at is not None and item.days and jumped < -SET_BACK:
                item.at = next_shown(item.at, item.days, now)
                self._unkept.add(item.id)
            elif item.ends is not None and item.id not in self._unsure:
                self._unkept.add(item.id)  # to be kept with the end that the wall shows now

    def _put_right(self, now: datetime) -> None:
        for item in self._items.values():
            if item.guessed and item.at is not None:
                item.at, item.guessed = next_shown(item.at, item.days or EVERY_DAY, now), False
                self._unkept.add(item.id)
            elif item.id in self._unsure and item.ends is not None and item.ends_at is not None:
                left = seconds_until(item.ends_at, now)
                item.ends = min(item.ends, self._desk.clock.monotonic() + left)
        self._unsure.clear()

    async def _until_next(self) -> None:
        now = self._desk.clock.now()
        lefts = [self.left(item, now) for item in self._ready()[:1]]
        looks = [LOOK_AT_WALL] if self._items or self._unkept else []
        left = min(lefts + looks, default=None)
        await wait(self._desk.clock, self._wake, None if left is None else self._desk.clock.monotonic() + left)

    async def _keep(self, *countdowns: Countdown) -> None:
        """Write what was changed, these and what could not be written before."""
        self._unkept |= {item.id for item in countdowns}
        self._unsure -= self._unkept
        self._wake.set()
        self._changed()
        async with self._keeping:
            ids, self._unkept = self._unkept, set()
            try:
                await self._desk.store.change_all([self._row(item_id) for item_id in sorted(ids)])
                self._full = False
            except sqlite3.Error as error:
                self._unkept |= ids
                if not self._full:
                    self._desk.log("warning", text("genie.not_kept", self._desk.language, reason=error))
                self._full = True

    def _row(self, item_id: str) -> tuple[str, tuple[str, ...]]:
        item = self._items.get(item_id)
        if item is None:
            return "DELETE FROM countdowns WHERE id = ?", (item_id,)
        if item.ends is not None:
            ends_at = self.ends_at(item)
            item.left, item.ends_at = min(self.left(item), FARTHEST), ends_at and ends_at.astimezone(UTC)
        elif item.at is None:
            item.ends_at = None
        return "REPLACE INTO countdowns VALUES (?, ?, ?)", (item_id, self._kind, item.model_dump_json())
