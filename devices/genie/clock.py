"""The clock: what time it is, what timers wait by, and how moments and durations are said."""

from __future__ import annotations

import asyncio
import ctypes
import os
import time
from bisect import bisect_left
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from hub.korean.dates import say_date
from hub.korean.times import say_clock
from hub.korean.times import say_duration as say_korean_duration
from hub.texts import Language, has_text, text

LOCALTIME = Path("/etc/localtime")

RTC = Path("/dev/rtc0")
"""The clock that runs on while the machine is off; a Pi before the fifth has none."""

TRUSTED_AFTER = 15 * 60.0
"""Seconds after which the time is taken as it is: a home without the internet wants to be woken, too."""


class Clock(Protocol):
    """Time as the assistant sees it."""

    def now(self) -> datetime:
        """The time on the wall, in the local time zone; it may jump."""
        ...

    def trusted(self) -> bool:
        """Whether the time on the wall is right: a Pi knows it only once it has asked the internet."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever run forward."""
        ...

    async def sleep_until(self, moment: float) -> None:
        """Wait until `monotonic` is at `moment`."""
        ...


class SystemClock:
    """The clock of this machine."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._trusted = False

    def now(self) -> datetime:
        """The local time."""
        return datetime.now(local_zone())

    def trusted(self) -> bool:
        """Whether the time was put right since the start of the machine, or never had to be."""
        waited = self.monotonic() - self._since >= TRUSTED_AFTER
        self._trusted = self._trusted or waited or RTC.exists() or synchronised()
        return self._trusted

    def monotonic(self) -> float:
        """Seconds since the machine started."""
        return time.monotonic()

    async def sleep_until(self, moment: float) -> None:
        """Wait until `monotonic` is at `moment`."""
        await asyncio.sleep(max(0.0, moment - self.monotonic()))


def local_zone() -> tzinfo:
    """The time zone of this machine, as TZ or /etc/localtime say (tzset(3), localtime(5)), with its summer times.

    It is read each time: whoever changes it need not start the assistant anew.
    """
    named, kept = os.environ.get("TZ", "").removeprefix(":"), os.path.realpath(LOCALTIME)
    with suppress(OSError, ValueError, KeyError):  # what they say is no zone
        if name := named or kept.partition("/zoneinfo/")[2]:
            return ZoneInfo(name)
        with LOCALTIME.open("rb") as file:
            return ZoneInfo.from_file(file)
    return datetime.now(UTC).astimezone().tzinfo or UTC


def synchronised() -> bool:
    """Whether the kernel's clock is synchronised: where it is not, adjtimex(2) returns TIME_ERROR, which is 5."""
    state = ctypes.create_string_buffer(512)  # struct timex, of 208 bytes; without modes nothing is changed
    found: int = ctypes.CDLL(None).adjtimex(state)
    return 0 <= found < 5


def moment_of(shown: datetime, zone: tzinfo) -> datetime:
    """When clocks in `zone` show `shown` (which has no zone): the first time, where they show it twice.

    What they never show, since they are put forward over it, is the moment at which they are.
    """
    first, second = (shown.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    earliest, latest = int(second.timestamp()), int(first.timestamp())
    if earliest >= latest:
        return first
    seconds = range(earliest, latest)
    at = bisect_left(seconds, shown, key=lambda second: datetime.fromtimestamp(second, zone).replace(tzinfo=None))
    return datetime.fromtimestamp(earliest + at, zone)


def zone_of(now: datetime) -> tzinfo:
    """The zone in which `now` is told."""
    return now.tzinfo or UTC


async def wait(clock: Clock, event: asyncio.Event, latest: float | None) -> None:
    """Wait for an event, until `clock.monotonic` is at `latest` (None: for good)."""
    waits: list[asyncio.Task[object]] = [asyncio.create_task(event.wait())]
    if latest is not None:
        waits.append(asyncio.create_task(clock.sleep_until(latest)))
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiting in waits:
            waiting.cancel()


def say_moment(moment: datetime, now: datetime, language: Language) -> str:
    """A moment as one says it now, to the minute: `오후 7시`, `내일 오전 7시`, `tomorrow at 7:00 AM`."""
    moment = (moment + timedelta(seconds=30)).astimezone(now.tzinfo)
    days = (moment.date() - now.date()).days
    key = f"genie.moment-{days}"
    values = {"time": say_time(moment, language), "date": say_day(moment.date(), language)}
    return text(key if has_text(key) else "genie.moment", language, **values)


def say_time(moment: datetime, language: Language) -> str:
    """A time of day: `오후 7시`, `7:00 PM`."""
    return say_clock(moment.time()) if language == "ko" else f"{moment.hour % 12 or 12}:{moment:%M} {moment:%p}"


def say_day(day: date, language: Language) -> str:
    """A day of the year with its weekday."""
    return say_date(day) if language == "ko" else f"{day:%A}, {day:%B} {day.day}"


def say_duration(seconds: float, language: Language, *, before_noun: bool = False) -> str:
    """A duration to the started second: `1시간 30분`, `1 hour 30 minutes`, and `90 minute` as in "90 minute timer"."""
    whole = max(0, -int(-seconds // 1))
    if language == "ko":
        return say_korean_duration(whole)
    minutes, rest = divmod(whole, 60)
    counts = ((minutes // 60, "hour"), (minutes % 60, "minute"), (rest, "second"))
    said = [f"{count} {unit if count == 1 or before_noun else unit + 's'}" for count, unit in counts if count]
    return " ".join(said) or "0 seconds"
