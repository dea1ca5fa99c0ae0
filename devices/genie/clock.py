"""The clock: what time it is, what timers wait by, and how moments and durations are said."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from hub.korean.dates import say_date
from hub.korean.times import say_clock
from hub.korean.times import say_duration as say_korean_duration
from hub.texts import Language, has_text, text


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
