"""The clock: what time and day it is, how moments and durations are said, and what timers wait by."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol

from devices.values import CommandError, Slots
from hub.korean.dates import say_date
from hub.korean.times import say_clock
from hub.korean.times import say_duration as say_korean_duration
from hub.messages import ErrorCode
from hub.texts import Language, has_text, text

_DAYS: Final = {"today": 0, "tomorrow": 1, "day_after_tomorrow": 2}


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
    return text("genie.time", language, time=_say_clock(now, language))


def tell_date(slots: Slots, today: date, language: Language) -> str:
    """The answer to "what day is it": today, or the day of the slot `day` or `date`; raises CommandError for no day."""
    try:
        day = _day_of(slots, today)
    except (ValueError, OverflowError):
        raise CommandError(ErrorCode.BAD_PAYLOAD, text("genie.no_such_day", language)) from None
    key = f"genie.date-{(day - today).days}"
    return text(key if has_text(key) else "genie.date", language, date=_say_date(day, language))


def _day_of(slots: Slots, today: date) -> date:
    if slots.get("date") is not None:
        return date.fromisoformat(str(slots["date"]))
    word = slots.get("day", "today")
    if not isinstance(word, str) or word not in _DAYS:
        raise ValueError(f"no day: {word}")
    return today + timedelta(days=_DAYS[word])


def say_moment(moment: datetime, now: datetime, language: Language) -> str:
    """A moment as one says it now, to the minute: `오후 7시`, `내일 오전 7시`, `tomorrow at 7:00 AM`."""
    moment = (moment + timedelta(seconds=30)).astimezone(now.tzinfo)
    days = (moment.date() - now.date()).days
    key = f"genie.moment-{days}"
    values = {"time": _say_clock(moment, language), "date": _say_date(moment.date(), language)}
    return text(key if has_text(key) else "genie.moment", language, **values)


def _say_clock(moment: datetime, language: Language) -> str:
    return say_clock(moment.time()) if language == "ko" else f"{moment.hour % 12 or 12}:{moment:%M} {moment:%p}"


def _say_date(day: date, language: Language) -> str:
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
