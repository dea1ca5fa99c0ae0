"""What time it is, and what day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Final

from devices.commands import CommandError, Slots
from devices.genie.clock import say_day, say_time
from devices.genie.lunar import HOLIDAYS, LunarDay, NoLunarError, YearlyDay, to_lunar
from devices.genie.skill import Handler, Skill
from hub.messages import ErrorCode, Intent
from hub.texts import Language, has_text, text

NEAR_DAYS: Final = {"today": 0, "tomorrow": 1, "day_after_tomorrow": 2}
"""The words of the slot `day`, and how many days away they are."""


class DateSkill(Skill):
    """Questions about the time and the date."""

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"HassGetCurrentTime": self.time, "HassGetCurrentDate": self.date, "JipsaGetDay": self.day}

    async def time(self, intent: Intent) -> str:
        """What time it is."""
        return tell_time(self.desk.clock.now(), self.desk.language)

    async def date(self, intent: Intent) -> str:
        """What day it is."""
        return tell_date(intent.slots, self.desk.clock.now().date(), self.desk.language)

    async def day(self, intent: Intent) -> str:
        """When a day comes that has a name, or is counted by the moon."""
        return tell_day(intent.slots, self.desk.clock.now().date(), self.desk.language)


def tell_time(now: datetime, language: Language) -> str:
    """The answer to "what time is it"."""
    return text("genie.time", language, time=say_time(now, language))


def tell_date(slots: Slots, today: date, language: Language) -> str:
    """The answer to "what day is it": today, or the day of the slot `day` or `date`; raises CommandError for no day.

    With `calendar: lunar`, that day by the moon.
    """
    with _no_such_day(language):
        day = day_of(slots, today)
        told = say_lunar(to_lunar(day), language) if slots.get("calendar") == "lunar" else say_day(day, language)
    key = f"genie.date-{(day - today).days}"
    return text(key if has_text(key) else "genie.date", language, date=told)


def tell_day(slots: Slots, today: date, language: Language) -> str:
    """The answer to "when is that", and how long it is until then; raises CommandError for no day.

    Meant is a `holiday`, the `day_of_month` of a lunar `month`, or the slot `day` or `date`; the next one, or that of
    `year`, as far as it is from this one.
    """
    with _no_such_day(language):
        meant = _yearly(slots)
        day = day_of(slots, today) if meant is None else _coming(meant, slots.get("year"), today)
    days = (day - today).days
    key = "day_today" if days == 0 else "day_past" if days < 0 else "day_alone" if meant is None else "day_told"
    values = {"day": _name(slots, meant, day, language), "date": _say_day_of_year(day, today, language)}
    return text(f"genie.{key}", language, count=days, **values)


def _coming(meant: YearlyDay, year: object, today: date) -> date:
    return meant.next(today) if year is None else meant.in_year(today.year + _whole(year))


def _name(slots: Slots, meant: YearlyDay | None, day: date, language: Language) -> str:
    """What is asked for, as one says it."""
    if meant is None:
        return say_day(day, language)
    if slots.get("holiday") is not None:
        return text(f"genie.holiday-{slots['holiday']}", language)
    return say_lunar(LunarDay(meant.month, meant.day, leap=False), language)


def _say_day_of_year(day: date, today: date, language: Language) -> str:
    """A day, with its year where that is another one."""
    if day.year == today.year:
        return say_day(day, language)
    key = f"genie.year-{day.year - today.year}"
    return text(key if has_text(key) else "genie.year", language, year=day.year, date=say_day(day, language))


def say_lunar(day: LunarDay, language: Language) -> str:
    """A lunar day: `음력 10월 16일`, `음력 윤6월 8일`."""
    return text(f"genie.lunar{'_leap' if day.leap else ''}", language, month=day.month, day=day.day)


@contextmanager
def _no_such_day(language: Language) -> Iterator[None]:
    try:
        yield
    except NoLunarError:
        raise CommandError(ErrorCode.BAD_PAYLOAD, text("genie.no_lunar_day", language)) from None
    except (ValueError, OverflowError):
        raise CommandError(ErrorCode.BAD_PAYLOAD, text("genie.no_such_day", language)) from None


def _yearly(slots: Slots) -> YearlyDay | None:
    """The day of the slots that comes every year, if any; raises ValueError."""
    if (name := slots.get("holiday")) is not None:
        if not isinstance(name, str) or name not in HOLIDAYS:
            raise ValueError(f"no holiday: {name}")
        return HOLIDAYS[name]
    if (month := slots.get("month")) is None:
        return None
    return YearlyDay(_whole(month), _whole(slots.get("day_of_month")), lunar=True)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 1000:
        raise ValueError(f"no number of a day: {value}")
    return value


def day_of(slots: Slots, today: date) -> date:
    """The day of the slot `date` (ISO) or `day` (a word), today without either; raises ValueError, OverflowError."""
    if slots.get("date") is not None:
        return date.fromisoformat(str(slots["date"]))
    word = slots.get("day", "today")
    if not isinstance(word, str) or word not in NEAR_DAYS:
        raise ValueError(f"no day: {word}")
    return today + timedelta(days=NEAR_DAYS[word])
