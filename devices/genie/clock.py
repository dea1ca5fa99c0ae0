"""The clock: what time and day it is, and what timers wait by."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, date, datetime
from typing import Protocol

from hub.korean.dates import say_date
from hub.korean.times import say_clock
from hub.korean.times import say_duration as say_korean_duration
from hub.texts import Language, text


class Clock(Protocol):
    """Time as the assistant sees it."""

    def now(self) -> datetime:
        """The time on the wall, in the local time zone; it may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever run forward."""
        ...

    async def sleep_until(self, moment: float) -> None:
        """Wait until `monotonic` is at `moment`."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """The local time."""
        return datetime.now(UTC).astimezone()

    def monotonic(self) -> float:
        """Seconds since the machine started."""
        return time.monotonic()

    async def sleep_until(self, moment: float) -> None:
        """Wait until `monotonic` is at `moment`."""
        await asyncio.sleep(max(0.0, moment - self.monotonic()))


def tell_time(now: datetime, language: Language) -> str:
    """The answer to "what time is it"."""
    spoken = say_clock(now.time()) if language == "ko" else f"{now.hour % 12 or 12}:{now:%M} {now:%p}"
    return text("genie.time", language, time=spoken)


def tell_date(today: date, language: Language) -> str:
    """The answer to "what day is it"."""
    spoken = say_date(today) if language == "ko" else f"{today:%A}, {today:%B} {today.day}"
    return text("genie.date", language, date=spoken)


def say_duration(seconds: float, language: Language, *, before_noun: bool = False) -> str:
    """A duration to the started second: `1시간 30분`, `1 hour 30 minutes`, and `90 minute` as in "90 minute timer"."""
    whole = max(0, -int(-seconds // 1))
    if language == "ko":
        return say_korean_duration(whole)
    minutes, rest = divmod(whole, 60)
    counts = ((minutes // 60, "hour"), (minutes % 60, "minute"), (rest, "second"))
    said = [f"{count} {unit if count == 1 or before_noun else unit + 's'}" for count, unit in counts if count]
    return " ".join(said) or "0 seconds"
